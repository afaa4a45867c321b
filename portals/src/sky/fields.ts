// Where on the sky the frames of a query are: one field for all that look at the same place.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "../api/client";
import { type FrameFilter, keys } from "../api/keys";

export type Field = {
  frame: string; // the first of them
  all: string[];
  object: string | null;
  raDeg: number;
  decDeg: number;
  radiusDeg: number; // 0 where only the header's position is known
};
export type Fields = { fields: Field[]; frames: number; placeless: number; isWhole: boolean };

const MOST = 3000; // frames that are looked through
const PAGE = 1000;
const SAME = 10; // places to a degree: closer ones cannot be told apart on a map of the whole sky

export function gather(frames: Iterable<Schemas["Frame"]>): { fields: Field[]; placeless: number } {
  const found = new Map<string, Field>();
  let placeless = 0;
  for (const frame of frames) {
    const [raDeg, decDeg] = [frame.center_ra_deg ?? frame.ra_deg, frame.center_dec_deg ?? frame.dec_deg];
    if (raDeg === null || decDeg === null) {
      placeless += 1;
      continue;
    }
    const radiusDeg = frame.radius_deg ?? 0;
    const key = `${Math.round(raDeg * SAME)} ${Math.round(decDeg * SAME)} ${frame.object ?? ""}`;
    const field = found.get(key);
    if (field) {
      field.all.push(frame.id);
      field.radiusDeg = Math.max(field.radiusDeg, radiusDeg);
    } else {
      found.set(key, { frame: frame.id, object: frame.object, raDeg, decDeg, radiusDeg, all: [frame.id] });
    }
  }
  return { fields: [...found.values()], placeless };
}

/** The fields of a query's first frames; frames themselves are not kept. */
export const fieldsQuery = (organisation: string, filter: FrameFilter, sort: string) =>
  queryOptions({
    queryKey: keys.skyFields(organisation, filter, sort),
    queryFn: async (): Promise<Fields> => {
      const frames: Schemas["Frame"][] = [];
      let cursor: string | undefined;
      do {
        const page = await answer(
          api.GET("/api/v1/organisations/{organisation}/frames", {
            params: { path: { organisation }, query: { ...filter, sort, limit: PAGE, cursor } },
          }),
        );
        frames.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor && frames.length < MOST);
      return { ...gather(frames), frames: frames.length, isWhole: !cursor };
    },
    staleTime: 60_000,
  });
