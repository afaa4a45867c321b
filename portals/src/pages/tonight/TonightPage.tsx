// Tonight: how dark it gets, where Moon and targets stand, what passes over, what arrives, and the log beside it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { framesQuery, sitesQuery, telescopesQuery, tonightQuery } from "../../api/queries";
import { LogBook } from "../../log/LogBook";
import { NamedOptions } from "../../parts/NamedOptions";
import { nightNow, plural, shiftNight } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Preview } from "../../parts/Preview";
import { Empty, Failed, Loading, Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { usePlaceOfSite } from "../../parts/usePlace";
import { Agents } from "./Agents";
import { OnTheirWay } from "./OnTheirWay";
import { Passes } from "./Passes";
import { SkyCard } from "./SkyCard";

const POLL_MS = 20_000;
const NEXT_NIGHT_MS = 300_000; // a page that stays open is to be at the next night soon after it has begun

export default function TonightPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/tonight" });
  const search = useSearch({ from: "/inside/$organisation/tonight" });
  const navigate = useNavigate({ from: "/$organisation/tonight" });
  const sites = useQuery(sitesQuery(organisation));
  const telescopes = useQuery(telescopesQuery(organisation));
  const site = sites.data?.items.find((each) => each.slug === search.site) ?? sites.data?.items[0];
  const slug = site?.slug ?? "";
  const sky = useQuery({
    ...tonightQuery(organisation, slug, search.night, search.target ?? []),
    enabled: site !== undefined,
    refetchInterval: search.night ? false : NEXT_NIGHT_MS,
  });
  const here = telescopes.data?.items.filter((each) => each.site === slug) ?? [];
  const telescope = here.find((each) => each.slug === search.telescope) ?? here[0];

  usePlaceOfSite(organisation, slug);

  if (sites.error) return <Failed error={sites.error} retry={() => void sites.refetch()} page />;
  if (!sites.data) return <Loading lines={8} />;
  if (!site) {
    return (
      <>
        <PageHead title="Tonight" />
        <Empty title="No site yet">
          <p>Where do you observe? Add your site with the command, and this page knows its night:</p>
          <pre>{`uraniborg site add "Hven" --latitude 55.9075 --longitude 12.6965 --time-zone Europe/Copenhagen`}</pre>
        </Empty>
      </>
    );
  }
  const night = search.night ?? sky.data?.night ?? nightNow(site.time_zone);
  const step = (days: number) => () => void navigate({ search: (before) => ({ ...before, night: shiftNight(night, days) }) });
  return (
    <>
      <PageHead title={search.night ? `Night of ${night}` : "Tonight"} under={`${site.name}, night of ${night}`}>
        {sites.data.items.length > 1 ? (
          <label>
            <span className="unseen">Site</span>
            <select
              value={site.slug}
              onChange={(event) => void navigate({ search: (before) => ({ ...before, site: event.target.value }) })}
            >
              <NamedOptions of={sites.data.items} />
            </select>
          </label>
        ) : null}
        {telescope && here.length > 1 ? (
          <label>
            <span className="unseen">Telescope</span>
            <select
              value={telescope.slug}
              onChange={(event) => void navigate({ search: (before) => ({ ...before, telescope: event.target.value }) })}
            >
              <NamedOptions of={here} />
            </select>
          </label>
        ) : null}
        <button type="button" onClick={step(-1)} aria-label="The night before">
          <ChevronLeft size={18} aria-hidden="true" />
        </button>
        <button type="button" onClick={() => void navigate({ search: (before) => ({ ...before, night: undefined }) })}>
          Tonight
        </button>
        <button type="button" onClick={step(1)} aria-label="The night after">
          <ChevronRight size={18} aria-hidden="true" />
        </button>
      </PageHead>
      <div className="tonight">
        <Shown of={sky} lines={8}>
          {(there) => (
            <SkyCard
              sky={there}
              setTargets={(target) =>
                void navigate({ search: (before) => ({ ...before, target: target.length ? target : undefined }) })
              }
            />
          )}
        </Shown>
        {telescope ? (
          <LogBook key={`${telescope.slug} ${night}`} organisation={organisation} telescope={telescope.slug} night={night} />
        ) : telescopes.data ? (
          <Empty title="No telescope at this site yet">
            <pre>{`uraniborg telescope add "Quadrant" --site ${site.slug}`}</pre>
          </Empty>
        ) : null}
        {search.night ? null : <Agents organisation={organisation} telescopes={here.map((each) => each.slug)} />}
        {search.night ? null : <OnTheirWay organisation={organisation} />}
        <Newest organisation={organisation} night={night} />
        <Passes organisation={organisation} site={site.slug} night={night} />
      </div>
    </>
  );
}

function Newest({ organisation, night }: { organisation: string; night: string }) {
  const frames = useInfiniteQuery({ ...framesQuery(organisation, { night }, "-start_at", 24), refetchInterval: POLL_MS });
  return (
    <section className="panel" aria-label="Newest frames">
      <div className="panel-head">
        <h2>Newest frames</h2>
        <Link to="/$organisation/frames" params={{ organisation }} search={{ night }}>
          {frames.data?.pages[0]?.count ? `All ${plural(frames.data.pages[0].count, "frame")}` : "Frames"}
        </Link>
      </div>
      <Shown of={frames} lines={3}>
        {(data) => {
          const items = data.pages[0]?.items ?? [];
          return items.length ? (
            <ul className="thumbs">
              {items.map((frame) => (
                <li key={frame.id}>
                  <Link to="/$organisation/frames/$frame" params={{ organisation, frame: frame.id }}>
                    <Preview organisation={organisation} frame={frame} size={128} />
                    <span>
                      {frame.object ?? frame.frame_type ?? "unknown"} {frame.filter}
                    </span>
                    <small>
                      <Time at={frame.start_at} />
                      {frame.crossings ? <b title="Satellites crossed it"> ⌁{frame.crossings}</b> : null}
                      {frame.problems.length ? <b title={frame.problems[0]?.detail}> !</b> : null}
                    </small>
                  </Link>
                </li>
              ))}
            </ul>
          ) : (
            <Empty title="No frames of this night yet">
              <p>They appear here while they arrive. On the telescope's computer:</p>
              <pre>uraniborg watch FOLDER</pre>
            </Empty>
          );
        }}
      </Shown>
    </section>
  );
}
