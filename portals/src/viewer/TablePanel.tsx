// A page of a table: rows asked for as they are wanted, columns chosen where there are many, sorted within the page.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../api/client";
import { rowsQuery } from "../api/looking";
import { plain } from "../pages/files/plain";
import { count, plural } from "../parts/format";
import { Failed, Loading } from "../parts/states";
import { cellText, compared } from "./cells";

const ROWS = 50;
const COLUMNS = 12; // shown at first
const MOST_COLUMNS = 60;

type Props = {
  organisation: string;
  frame: string;
  hdu: number;
  columns: Schemas["ColumnList"];
  first: number;
  turnTo: (first: number) => void;
};

export function TablePanel({ organisation, frame, hdu, columns, first, turnTo }: Props) {
  const [chosen, choose] = useState<number[]>(() => columns.items.slice(0, COLUMNS).map((each) => each.number));
  const [sort, setSort] = useState<{ column: number; isFalling: boolean } | null>(null);
  const page = useQuery(rowsQuery(organisation, frame, hdu, { first, rows: ROWS, column: chosen }));
  const of = new Map(columns.items.map((each) => [each.number, each]));
  const last = Math.max(1, columns.rows - ((columns.rows - 1) % ROWS));
  const told = page.data;
  const place = sort && told ? told.columns.indexOf(sort.column) : -1;
  const rows = (told?.rows ?? []).map((cells, i) => ({ number: (told?.first ?? 1) + i, cells }));
  if (sort && place >= 0) rows.sort((a, b) => compared(a.cells[place] ?? null, b.cells[place] ?? null, sort.isFalling));
  return (
    <section className="panel table-panel" aria-label="Rows">
      <div className="panel-head">
        <h2>
          {plural(columns.rows, "row")}, {plural(columns.items.length, "column")}
        </h2>
        <div className="row" role="group" aria-label="Pages">
          <button type="button" disabled={first <= 1} onClick={() => turnTo(Math.max(1, first - ROWS))}>
            Before
          </button>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const wanted = Number(new FormData(event.currentTarget).get("first"));
              if (Number.isInteger(wanted)) turnTo(Math.min(Math.max(1, wanted), Math.max(1, columns.rows)));
            }}
          >
            <label>
              <span className="unseen">First row</span>
              <input key={first} name="first" inputMode="numeric" defaultValue={first} size={9} />
            </label>
          </form>
          <button type="button" disabled={first + ROWS > columns.rows} onClick={() => turnTo(Math.min(last, first + ROWS))}>
            Next
          </button>
        </div>
      </div>
      {columns.items.length > COLUMNS ? <ColumnChoice columns={columns.items} chosen={chosen} choose={choose} /> : null}
      {page.error ? <Failed error={page.error} retry={() => void page.refetch()} /> : null}
      {told ? (
        <>
          <div className="scroll" tabIndex={0} role="group" aria-label="Cells of the table">
            <table className="cells" aria-busy={page.isFetching}>
              <thead>
                <tr>
                  <th className="num">Row</th>
                  {told.columns.map((number) => {
                    const column = of.get(number);
                    const isSorted = sort?.column === number;
                    return (
                      <th key={number} className={column?.is_number ? "num" : undefined} aria-sort={isSorted ? (sort.isFalling ? "descending" : "ascending") : undefined}>
                        <button
                          type="button"
                          className="quiet"
                          title={plain(column?.comment ?? "") || undefined}
                          onClick={() => setSort(isSorted && sort.isFalling ? null : { column: number, isFalling: isSorted })}
                        >
                          <bdi>{plain(column?.name ?? String(number))}</bdi>
                          {isSorted ? (sort.isFalling ? " ↓" : " ↑") : ""}
                        </button>
                        <small>
                          <bdi>{plain(column?.unit ?? "") || "\u00a0"}</bdi>
                        </small>
                      </th>
                    );
                  })}
                </tr>
              </thead>
              <tbody>
                {rows.map(({ number, cells }) => (
                  <tr key={number}>
                    <th scope="row" className="num">
                      {count(number)}
                    </th>
                    {cells.map((cell, i) => (
                      <td key={told.columns[i]} className={of.get(told.columns[i] ?? 0)?.is_number ? "num" : undefined}>
                        <bdi>{cellText(cell, of.get(told.columns[i] ?? 0)?.display)}</bdi>
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <small>
            {rows.length ? `Rows ${count(told.first)} to ${count(told.first + rows.length - 1)} of ${count(told.total)}.` : "There are no rows here."}
            {sort ? " Sorted within these rows." : ""}
          </small>
        </>
      ) : page.error ? null : (
        <Loading lines={8} />
      )}
    </section>
  );
}

type ChoiceProps = { columns: Schemas["TableColumnFacts"][]; chosen: number[]; choose: (chosen: number[]) => void };

function ColumnChoice({ columns, chosen, choose }: ChoiceProps) {
  return (
    <details className="column-choice">
      <summary>
        {chosen.length} of {plural(columns.length, "column")} shown
      </summary>
      <div className="row" role="group" aria-label="Columns shown">
        {columns.map((each) => (
          <label key={each.number} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(each.number)}
              disabled={!chosen.includes(each.number) ? chosen.length >= MOST_COLUMNS : chosen.length === 1}
              onChange={(event) =>
                choose(event.target.checked ? [...chosen, each.number].sort((a, b) => a - b) : chosen.filter((number) => number !== each.number))
              }
            />
            <bdi>{plain(each.name)}</bdi>
          </label>
        ))}
      </div>
    </details>
  );
}
