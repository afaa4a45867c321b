// Finding frames: facets and fields beside, a table or gallery of what was found, and what can be done with it.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Images, Table2 } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import type { FrameFilter } from "../../api/keys";
import { framesQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { count, plural } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { FrameFacets } from "./FrameFacets";
import { FrameGallery } from "./FrameGallery";
import { FrameTable } from "./FrameTable";
import { MakeDataset } from "./MakeDataset";
import { asCommand, asPython } from "./queryWords";

export default function FramesPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/frames" });
  const { sort: sorted, view, ...filter } = useSearch({ from: "/inside/$organisation/frames" });
  const navigate = useNavigate({ from: "/$organisation/frames" });
  const sort = sorted ?? "-start_at";
  const frames = useInfiniteQuery(framesQuery(organisation, filter, sort));
  const [chosen, setChosen] = useState<ReadonlyMap<string, Schemas["Frame"]>>(new Map());
  const [aside, setAside] = useState(false);
  const first = frames.data?.pages[0];

  const change = (changed: FrameFilter) => void navigate({ search: (before) => ({ ...before, ...changed }) });
  function choose(frame: Schemas["Frame"]) {
    const next = new Map(chosen);
    if (!next.delete(frame.id)) next.set(frame.id, frame);
    setChosen(next);
  }

  return (
    <div className="frames-page">
      <PageHead
        title="Frames"
        under={first?.count == null ? "…" : `${first.count_is_exact === false ? "about " : ""}${plural(first.count, "frame")}`}
      >
        <button type="button" className="narrow-only" aria-expanded={aside} onClick={() => setAside(!aside)}>
          Search
        </button>
        <CopyButton name="Copy as Python" text={asPython(organisation, filter)} />
        <CopyButton name="Copy as CLI" text={asCommand(organisation, filter)} />
        <button
          type="button"
          aria-pressed={view === "gallery"}
          onClick={() => void navigate({ search: (before) => ({ ...before, view: view ? undefined : "gallery" }) })}
        >
          {view ? <Table2 size={16} aria-hidden="true" /> : <Images size={16} aria-hidden="true" />}
          {view ? "Table" : "Gallery"}
        </button>
      </PageHead>
      {chosen.size ? (
        <div className="chosen" role="status">
          <strong>{count(chosen.size)} chosen</strong>
          <MakeDataset
            organisation={organisation}
            files={[...new Set([...chosen.values()].map((frame) => frame.file))]}
          />
          <button type="button" onClick={() => setChosen(new Map())}>
            Choose none
          </button>
        </div>
      ) : null}
      <div className={aside ? "with-facets open" : "with-facets"}>
        <FrameFacets organisation={organisation} filter={filter} change={change} />
        <div className="found">
          <Shown of={frames} lines={10}>
            {(data) => {
              const items = data.pages.flatMap((page) => page.items);
              if (!items.length) {
                return (
                  <Empty title="No frame fits">
                    <p>Take a condition away, or bring frames in.</p>
                    <button type="button" onClick={() => void navigate({ search: {} })}>
                      Show all frames
                    </button>
                  </Empty>
                );
              }
              const more = {
                has: frames.hasNextPage,
                failed: frames.isFetchNextPageError ? frames.error : null,
                fetch: () => {
                  if (!frames.isFetchingNextPage) void frames.fetchNextPage();
                },
              };
              return view === "gallery" ? (
                <FrameGallery organisation={organisation} frames={items} more={more} />
              ) : (
                <FrameTable
                  organisation={organisation}
                  frames={items}
                  more={more}
                  chosen={chosen}
                  choose={choose}
                  sort={sort}
                  sortBy={(name) => void navigate({ search: (before) => ({ ...before, sort: name }) })}
                />
              );
            }}
          </Shown>
        </div>
      </div>
    </div>
  );
}
