// A table that is scrolled sideways where it is too wide; its heads are words, numbers' heads, or for ears alone.
import type { ReactNode } from "react";

export type Head = string | { num: string } | { unseen: string };

export function Table({ name, heads, children }: { name: string; heads: Head[]; children: ReactNode }) {
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={name}>
      <table>
        <thead>
          <tr>
            {heads.map((head) =>
              typeof head === "string" ? (
                <th key={head}>{head}</th>
              ) : "num" in head ? (
                <th key={head.num} className="num">
                  {head.num}
                </th>
              ) : (
                <th key={head.unseen}>
                  <span className="unseen">{head.unseen}</span>
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
