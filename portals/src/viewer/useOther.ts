// The frame that one blinks with: which of its images, and how it lies on this one.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { skyQuery } from "../api/looking";
import { hdusQuery } from "../api/queries";
import type { Grid } from "./geometry";
import { type Affine, aligned, type Mesh, meshOf } from "./skyMesh";

const BLINK_MS = 800;

export type Other = { frame: string; hdu: number; grid: Grid; planes: number; onto: Affine | null; bySky: boolean | null };

/** `bySky` is null while it is not known whether both are on the sky. */
export function useOther(organisation: string, frame: string | undefined, hdu: number, mesh: Mesh | null, byPixels: boolean): Other | null {
  const hdus = useQuery({ ...hdusQuery(organisation, frame ?? ""), enabled: frame !== undefined });
  const images = hdus.data?.items.filter((each) => each.tiles) ?? [];
  const image = images.find((each) => each.index === hdu) ?? images[0];
  const sky = useQuery({ ...skyQuery(organisation, frame ?? "", image?.index ?? 0), enabled: frame !== undefined && image !== undefined && !byPixels && mesh !== null });
  const onto = useMemo(() => (mesh && sky.data && !byPixels ? aligned(mesh, meshOf(sky.data)) : null), [mesh, sky.data, byPixels]);
  return useMemo(
    () =>
      frame !== undefined && image
        ? {
            frame,
            hdu: image.index,
            grid: { width: image.width_px ?? 1, height: image.height_px ?? 1, tilePx: image.tiles?.size_px ?? 256, zooms: image.tiles?.zooms ?? 1 },
            planes: image.planes ?? 1,
            onto,
            bySky: byPixels || mesh === null ? false : sky.isPending ? null : onto !== null,
          }
        : null,
    [frame, image, onto, byPixels, mesh, sky.isPending],
  );
}

/** Whether it is the other frame's turn; slower than what could hurt anybody. */
export function useBlink(isWanted: boolean): boolean {
  const [isOther, set] = useState(false);
  useEffect(() => {
    set(false);
    if (!isWanted) return;
    const timer = setInterval(() => set((before) => !before), BLINK_MS);
    return () => clearInterval(timer);
  }, [isWanted]);
  return isOther;
}
