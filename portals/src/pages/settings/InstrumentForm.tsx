// An instrument, how its headers are read, and reading them again after that was changed.
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { useIngestAgain, useSaveInstrument } from "../../api/equipment";
import { plural } from "../../parts/format";
import { useSettled } from "../../parts/useSettled";
import { EquipmentForm, type InUse } from "./EquipmentForm";
import { MappingFields } from "./MappingFields";
import { MappingTrial } from "./MappingTrial";
import { type Mapping, readMapping, wrongFacts } from "./mapping";

type InstrumentFormProps = InUse & {
  organisation: string;
  instrument: Schemas["Instrument"] | undefined;
  telescopes: Schemas["Telescope"][];
};

const TYPING_MS = 400;

export function InstrumentForm({ organisation, instrument, telescopes, ...inUse }: InstrumentFormProps) {
  const save = useSaveInstrument(organisation, instrument?.slug);
  const again = useIngestAgain(organisation);
  const before = instrument?.header_mapping;
  const [typed, setTyped] = useState<Mapping>(before ?? {});
  const [wrong, setWrong] = useState<string[]>([]);
  const settled = useSettled(typed, TYPING_MS);
  const saved = save.isSuccess && instrument;
  return (
    <EquipmentForm
      one="instrument"
      thing={instrument}
      on={{ name: "telescope", choices: telescopes }}
      save={save}
      error={again.error}
      blocked={wrong.length > 0}
      {...inUse}
      leave={saved ? "Close" : undefined}
      typed={(fields) => {
        const missed = wrongFacts(fields);
        setWrong(missed);
        if (!missed.length) setTyped(readMapping(fields, before));
      }}
      read={(fields) => {
        const { word, number, list } = fields;
        return {
          name: word("name"),
          telescope: instrument?.telescope ?? word("telescope"),
          width_px: number("width"),
          height_px: number("height"),
          pixel_scale_arcsec: number("scale"),
          filters: list("filters"),
          header_mapping: readMapping(fields, before),
        };
      }}
      saved={instrument ? again.reset : undefined}
      fields={<DetectorFields instrument={instrument} />}
      more={
        <>
          <details open={Boolean(instrument)}>
            <summary>How its headers are read</summary>
            <MappingFields mapping={before} wrong={wrong} />
            {instrument ? <MappingTrial organisation={organisation} instrument={instrument.slug} mapping={settled} /> : null}
          </details>
          {again.data ? <p role="status">{plural(again.data.files, "file")} are read again.</p> : null}
          {saved && !again.data ? (
            <p role="status">Saved. What came before is as it was read: read it again to apply this.</p>
          ) : null}
        </>
      }
      acts={
        instrument ? (
          <button type="button" disabled={again.isPending} onClick={() => again.mutate(instrument.slug)}>
            Read its files again
          </button>
        ) : null
      }
    />
  );
}

function DetectorFields({ instrument }: { instrument: Schemas["Instrument"] | undefined }) {
  return (
    <>
      <label>
        Width, pixels
        <input name="width" type="number" min={1} max={1e6} defaultValue={instrument?.width_px ?? ""} />
      </label>
      <label>
        Height, pixels
        <input name="height" type="number" min={1} max={1e6} defaultValue={instrument?.height_px ?? ""} />
      </label>
      <label>
        Scale, ″ a pixel
        <input name="scale" type="number" step="any" min={0} defaultValue={instrument?.pixel_scale_arcsec ?? ""} />
      </label>
      <label>
        Filters, with commas between
        <input name="filters" maxLength={5000} defaultValue={instrument?.filters.join(", ")} />
      </label>
    </>
  );
}
