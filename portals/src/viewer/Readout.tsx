// The value and the place on the sky of the pixel under the pointer; windows that were asked for are kept a while.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { pixelsQuery } from "../api/queries";
import { position } from "../parts/format";

const WINDOW = 32;
const RESTS_MS = 60;

type Props = { organisation: string; frame: string; hdu: number; plane: number; pixel: { x: number; y: number } | null };

export function Readout({ organisation, frame, hdu, plane, pixel }: Props) {
  const corner = pixel && {
    x: Math.floor((pixel.x - 1) / WINDOW) * WINDOW + 1,
    y: Math.floor((pixel.y - 1) / WINDOW) * WINDOW + 1,
  };
  const rested = useRested(corner ? `${corner.x},${corner.y}` : "");
  const [x = 0, y = 0] = rested.split(",").map(Number);
  const told = useQuery({ ...pixelsQuery(organisation, frame, hdu, plane, { x, y, size: WINDOW }), enabled: rested !== "" });
  const data = told.data;
  const row = pixel && data ? pixel.y - data.y : -1;
  const column = pixel && data ? pixel.x - data.x : -1;
  const value = data?.values[row]?.[column];
  const known = row >= 0 && data?.values[row] !== undefined && column >= 0 && column < data.width;
  return (
    <dl className="facts readout" aria-label="Under the pointer">
      <div>
        <dt>Pixel</dt>
        <dd className="num">{pixel ? `${pixel.x}, ${pixel.y}` : "–"}</dd>
      </div>
      <div>
        <dt>Value</dt>
        <dd className="num" data-known={known}>
          {known ? (value === null ? "undefined" : `${Number(value?.toPrecision(7))} ${data?.unit ?? ""}`) : "–"}
        </dd>
      </div>
      <div>
        <dt>RA, Dec (ICRS)</dt>
        <dd className="num">{known ? position(data?.ra_deg?.[row]?.[column], data?.dec_deg?.[row]?.[column]) : "–"}</dd>
      </div>
    </dl>
  );
}

function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), RESTS_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
