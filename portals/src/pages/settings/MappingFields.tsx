// How an instrument's headers are read, to be typed: for each fact the keywords to try, and values under other names.
import { Fragment } from "react";
import { FACTS, keywordsText, type Mapping, valuesText } from "./mapping";

export function MappingFields({ mapping, wrong }: { mapping: Mapping | undefined; wrong: string[] }) {
  return (
    <div className="entry-form">
      <div className="mapping">
        <b>What</b>
        <b>Keywords to try first, in order</b>
        <b>Values under other names, one a line: Red=R</b>
        {FACTS.map((fact) => (
          <Fragment key={fact}>
            <code>{fact}</code>
            <input
              name={`keywords ${fact}`}
              aria-label={`Keywords of ${fact}`}
              maxLength={1000}
              defaultValue={keywordsText(mapping, fact)}
            />
            <textarea
              name={`values ${fact}`}
              aria-label={`Values of ${fact}`}
              aria-invalid={wrong.includes(fact)}
              rows={valuesText(mapping, fact).split("\n").length}
              maxLength={5000}
              defaultValue={valuesText(mapping, fact)}
            />
          </Fragment>
        ))}
      </div>
      {wrong.length ? (
        <p className="wrong" role="alert">
          Each line is a value of a header, “=”, and its other name; not so for {wrong.join(", ")}.
        </p>
      ) : null}
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
