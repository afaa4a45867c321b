// Finding frames: facets and fields beside, a table, gallery or map of what was found, and what can be done with it.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Images, Orbit, Table2, Telescope } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Schemas } from "../../api/client";
import type { FrameFilter } from "../../api/keys";
import { frameCountQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { count, plural } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Loading } from "../../parts/states";
import { FrameFacets } from "./FrameFacets";
import { FrameGallery } from "./FrameGallery";
import { FrameTable } from "./FrameTable";
import { MakeDataset } from "./MakeDataset";
import { asCommand, asPython } from "./queryWords";
import { useFrameWindow } from "./useFrameWindow";

const SkyMap = lazy(() => import("../../sky/SkyMap"));
const VIEWS = [
  { view: undefined, name: "Table", Icon: Table2 },
  { view: "gallery", name: "Gallery", Icon: Images },
  { view: "sky", name: "Sky", Icon: Orbit },
  { view: "aladin", name: "Aladin", Icon: Telescope },
] as const;

export default function FramesPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/frames" });
  const { sort: sorted, view, ...filter } = useSearch({ from: "/inside/$organisation/frames" });
  const navigate = useNavigate({ from: "/$organisation/frames" });
  const sort = sorted ?? "-start_at";
  const found = useQuery(frameCountQuery(organisation, filter)).data;
  const [chosen, setChosen] = useState<ReadonlyMap<string, Schemas["Frame"]>>(new Map());
  const [aside, setAside] = useState(false);

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
        under={found?.count == null ? "…" : `${found.isExact ? "" : "about "}${plural(found.count, "frame")}`}
      >
        <button type="button" className="narrow-only" aria-expanded={aside} onClick={() => setAside(!aside)}>
          Search
        </button>
        <CopyButton name="Copy as Python" text={asPython(organisation, filter)} />
        <CopyButton name="Copy as CLI" text={asCommand(organisation, filter)} />
        <div className="modes" role="group" aria-label="View">
          {VIEWS.map((each) => (
            <button
              key={each.name}
              type="button"
              aria-pressed={view === each.view}
              onClick={() => void navigate({ search: (before) => ({ ...before, view: each.view }) })}
            >
              <each.Icon size={16} aria-hidden="true" /> {each.name}
            </button>
          ))}
        </div>
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
          {view === "sky" || view === "aladin" ? (
            <Suspense fallback={<Loading lines={10} />}>
              <SkyMap organisation={organisation} filter={filter} sort={sort} inAladin={view === "aladin"} />
            </Suspense>
          ) : (
            <Found
              key={JSON.stringify([filter, sort])} // another list begins at its beginning
              organisation={organisation}
              filter={filter}
              sort={sort}
              isGallery={view === "gallery"}
              chosen={chosen}
              choose={choose}
            />
          )}
        </div>
      </div>
    </div>
  );
}

type FoundProps = {
  organisation: string;
  filter: FrameFilter;
  sort: string;
  isGallery: boolean;
  chosen: ReadonlyMap<string, Schemas["Frame"]>;
  choose: (frame: Schemas["Frame"]) => void;
};

function Found({ organisation, filter, sort, isGallery, chosen, choose }: FoundProps) {
  const navigate = useNavigate({ from: "/$organisation/frames" });
  const frames = useFrameWindow(organisation, filter, sort);
  if (frames.isPending) return <Loading lines={10} />;
  if (!frames.rows && frames.failed) return <Failed error={frames.failed} retry={frames.retry} />;
  if (!frames.rows) {
    return (
      <Empty title="No frame fits">
        <p>Take a condition away, or bring frames in.</p>
        <button type="button" onClick={() => void navigate({ search: {} })}>
          Show all frames
        </button>
      </Empty>
    );
  }
  if (isGallery) return <FrameGallery organisation={organisation} frames={frames} />;
  return (
    <FrameTable
      organisation={organisation}
      frames={frames}
      chosen={chosen}
      choose={choose}
      sort={sort}
      sortBy={(name) => void navigate({ search: (before) => ({ ...before, sort: name }) })}
    />
  );
}
