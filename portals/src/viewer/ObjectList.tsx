// The catalogue's objects in the picture as a list: for who has no pointer, and to go to one.
import type { UseQueryResult } from "@tanstack/react-query";
import type { Schemas } from "../api/client";
import { plural } from "../parts/format";
import { Shown } from "../parts/states";

const LISTED = 100;

type Props = { of: UseQueryResult<Schemas["HduObjects"]>; go: (x: number, y: number) => void };

export function ObjectList({ of, go }: Props) {
  return (
    <section className="panel" aria-label="Objects in the picture">
      <Shown of={of} lines={3}>
        {({ items, count }) =>
          items.length ? (
            <details open={items.length <= 12}>
              <summary>{plural(count, "object")} of the catalogue in the picture</summary>
              <ul className="object-list">
                {items.slice(0, LISTED).map((each) => (
                  <li key={`${each.name} ${each.x} ${each.y}`}>
                    <button type="button" className="link" onClick={() => go(each.x, each.y)}>
                      {each.name}
                    </button>
                    <small>
                      {each.kind}
                      {each.magnitude == null ? "" : `, ${each.magnitude.toFixed(1).replace("-", "−")} mag`}
                    </small>
                  </li>
                ))}
              </ul>
              {items.length > LISTED ? <small>The brightest {LISTED} are listed.</small> : null}
            </details>
          ) : (
            <p>No object of the catalogue (Messier, NGC, IC, bright stars) is in the picture.</p>
          )
        }
      </Shown>
    </section>
  );
}
