// An instrument, how its headers are read, and reading them again after that was changed.
import { Fragment } from "react";
import type { Schemas } from "../../api/client";
import { useIngestAgain, useSaveInstrument } from "../../api/equipment";
import { plural } from "../../parts/format";
import { written } from "../../parts/forms";
import { Empty, Failed } from "../../parts/states";
import { FACTS, keywordsText, readMapping, valuesText } from "./mapping";

type InstrumentFormProps = {
  organisation: string;
  instrument: Schemas["Instrument"] | undefined;
  telescopes: Schemas["Telescope"][];
  close: () => void;
};

export function InstrumentForm({ organisation, instrument, telescopes, close }: InstrumentFormProps) {
  const save = useSaveInstrument(organisation, instrument?.slug);
  const again = useIngestAgain(organisation);
  const wrong = save.error ?? again.error;
  if (!telescopes.length)
    return (
      <Empty title="It has to be on a telescope">
        <p>Add a telescope first.</p>
      </Empty>
    );
  const saved = save.isSuccess && instrument;
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        const { word, number, list, has } = written(event);
        save.mutate(
          {
            name: word("name"),
            telescope: instrument?.telescope ?? word("telescope"),
            width_px: number("width"),
            height_px: number("height"),
            pixel_scale_arcsec: number("scale"),
            filters: list("filters"),
            header_mapping: {
              ...readMapping(word),
              time_offset_s: number("offset") ?? 0,
              use_translator: has("translator"),
            },
          },
          { onSuccess: () => (instrument ? undefined : close()) },
        );
      }}
    >
      <h3>{instrument ? `Change ${instrument.name}` : "A new instrument"}</h3>
      <div className="row">
        <label>
          Name
          <input name="name" required maxLength={200} defaultValue={instrument?.name} />
        </label>
        {instrument ? null : (
          <label>
            Telescope
            <select name="telescope" required>
              {telescopes.map((each) => (
                <option key={each.slug} value={each.slug}>
                  {each.name}
                </option>
              ))}
            </select>
          </label>
        )}
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
      </div>
      <details open={Boolean(instrument)}>
        <summary>How its headers are read</summary>
        <Mapping mapping={instrument?.header_mapping} />
      </details>
      {wrong ? <Failed error={wrong} /> : null}
      {again.data ? <p role="status">{plural(again.data.files, "file")} are read again.</p> : null}
      {saved && !again.data ? <p role="status">Saved. What came before is as it was read: read it again to apply this.</p> : null}
      <div className="row">
        <button type="submit" className="first" disabled={save.isPending}>
          {instrument ? "Save" : "Add"}
        </button>
        {instrument ? (
          <button type="button" disabled={again.isPending} onClick={() => again.mutate(instrument.slug)}>
            Read its files again
          </button>
        ) : null}
        <button type="button" onClick={close}>
          {saved ? "Close" : "Leave it"}
        </button>
      </div>
    </form>
  );
}

function Mapping({ mapping }: { mapping: Schemas["HeaderMapping"] | undefined }) {
  return (
    <div className="entry-form">
      <div className="mapping">
        <b>What</b>
        <b>Keywords to try first, in order</b>
        <b>Values under other names: Red=R, Blue=B</b>
        {FACTS.map((fact) => (
          <Fragment key={fact}>
            <code>{fact}</code>
            <input
              name={`keywords ${fact}`}
              aria-label={`Keywords of ${fact}`}
              maxLength={1000}
              defaultValue={keywordsText(mapping, fact)}
            />
            <input
              name={`values ${fact}`}
              aria-label={`Values of ${fact}`}
              maxLength={5000}
              defaultValue={valuesText(mapping, fact)}
            />
          </Fragment>
        ))}
      </div>
      <div className="row">
        <label>
          Added to its clock, s
          <input name="offset" type="number" step="any" defaultValue={mapping?.time_offset_s ?? 0} />
        </label>
        <label className="check">
          <input type="checkbox" name="translator" defaultChecked={mapping?.use_translator ?? true} /> known instruments&apos;
          own translators
        </label>
      </div>
    </div>
  );
}
