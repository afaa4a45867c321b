// An HDU that is numbers rather than a picture: its curve, and the rows of its table.
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "../api/client";
import { columnsQuery } from "../api/looking";
import { Shown } from "../parts/states";
import { CurvePanel } from "./CurvePanel";
import { HduChoice } from "./HduChoice";
import type { ViewerSearch } from "./search";
import { TablePanel } from "./TablePanel";

type Props = {
  organisation: string;
  frame: string;
  hdus: Schemas["Hdu"][];
  hdu: Schemas["Hdu"];
  search: ViewerSearch;
  change: (changed: ViewerSearch) => void;
};

export function NumbersView(props: Props) {
  const { hdus, hdu, change } = props;
  return (
    <div className="numbers">
      <HduChoice hdus={hdus} hdu={hdu} change={change} />
      {hdu.kind === "table" ? <Tabulated {...props} /> : <CurvePanel key={hdu.index} columns={null} {...props} />}
    </div>
  );
}

function Tabulated(props: Props) {
  const { organisation, frame, hdu, search, change } = props;
  const columns = useQuery(columnsQuery(organisation, frame, hdu.index));
  return (
    <Shown of={columns} lines={8}>
      {(told) => (
        <>
          {told.items.some((each) => each.is_number) && told.rows ? <CurvePanel key={hdu.index} columns={told} {...props} /> : null}
          <TablePanel
            key={`rows ${hdu.index}`}
            organisation={organisation}
            frame={frame}
            hdu={hdu.index}
            columns={told}
            first={search.from ?? 1}
            turnTo={(first) => change({ from: first > 1 ? first : undefined })}
          />
        </>
      )}
    </Shown>
  );
}
