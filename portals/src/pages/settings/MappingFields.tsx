// How an instrument's headers are read, to be typed: for each fact the keywords to try, and values under other names.
import { Fragment } from "react";
import { FACTS, keywordsText, type Mapping, valuesText } from "./mapping";

export function MappingFields({ mapping }: { mapping: Mapping | undefined }) {
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
