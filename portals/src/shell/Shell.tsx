// The frame around every page of an organisation: navigation, clock, mode, palette, and who is here.
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import {
  Archive,
  CalendarDays,
  HardDrive,
  Images,
  Link2,
  LogOut,
  MoonStar,
  Package,
  Search,
  Settings,
  Upload,
  Users,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useSignOut } from "../api/mutations";
import { meQuery, sitesQuery } from "../api/queries";
import { remember } from "../parts/settings";
import { Clock, useTimes } from "../parts/times";
import { ModeChoice } from "./ModeChoice";
import { Palette } from "./Palette";
import { useEvents } from "./useEvents";

export const PLACES = [
  { to: "/$organisation/tonight", name: "Tonight", icon: MoonStar, key: "t" },
  { to: "/$organisation/nights", name: "Nights", icon: CalendarDays, key: "n" },
  { to: "/$organisation/frames", name: "Frames", icon: Images, key: "f" },
  { to: "/$organisation/datasets", name: "Datasets", icon: Archive, key: "d" },
  { to: "/$organisation/packages", name: "Packages", icon: Package, key: "p" },
  { to: "/$organisation/upload", name: "Upload", icon: Upload, key: "u" },
  { to: "/$organisation/links", name: "Links", icon: Link2, key: "l" },
  { to: "/$organisation/teams", name: "Teams", icon: Users, key: "m" },
  { to: "/$organisation/storage", name: "Storage", icon: HardDrive, key: "b" },
  { to: "/$organisation/settings", name: "Settings", icon: Settings, key: "s" },
] as const;

export function Shell() {
  const { organisation } = useParams({ from: "/inside/$organisation" });
  const me = useQuery(meQuery);
  const sites = useQuery(sitesQuery(organisation));
  const { place, setPlace } = useTimes();
  const signOut = useSignOut();
  const navigate = useNavigate();
  const [palette, setPalette] = useState(false);
  const awaited = useRef(0);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const membership = me.data?.organisations?.find((each) => each.organisation === organisation);
  useEvents(organisation);

  useEffect(() => remember("organisation", organisation), [organisation]);

  useEffect(() => {
    const first = sites.data?.items[0];
    if (first && !place) setPlace({ timeZone: first.time_zone, longitudeDeg: first.longitude_deg, name: first.name });
  }, [sites.data, place, setPlace]);

  useEffect(() => {
    main.current?.scrollTo(0, 0);
    void path;
  }, [path]);

  useEffect(() => {
    function pressed(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, dialog");
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette(true);
      } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        if (event.key === "g") {
          awaited.current = event.timeStamp;
        } else if (event.timeStamp - awaited.current < 1200) {
          awaited.current = 0;
          const there = PLACES.find((each) => each.key === event.key);
          if (there) void navigate({ to: there.to, params: { organisation } });
        } else if (event.key === "/") {
          event.preventDefault();
          setPalette(true);
        }
      }
    }
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [navigate, organisation]);

  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header>
        <Link
          to="/organisations"
          className="brand"
          aria-label={`${membership?.name ?? organisation}: choose another organisation`}
          title="Choose another organisation"
        >
          <img src="/app/icon.svg" alt="" width="24" height="24" />
          <span>{membership?.name ?? organisation}</span>
        </Link>
        <button type="button" className="find" onClick={() => setPalette(true)}>
          <Search size={16} aria-hidden="true" />
          <span>Go to anything</span>
          <kbd aria-hidden="true">Ctrl K</kbd>
        </button>
        <Clock />
        <ModeChoice />
        <button
          type="button"
          className="quiet"
          title={`Sign ${me.data?.name ?? ""} out`}
          aria-label="Sign out"
          onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in", search: {} }) })}
        >
          <LogOut size={18} aria-hidden="true" />
        </button>
      </header>
      <nav aria-label="Pages">
        {PLACES.map(({ to, name, icon: Icon, key }) => (
          <Link key={to} to={to} params={{ organisation }} title={`${name}: g, then ${key}`}>
            <Icon size={18} aria-hidden="true" />
            <span>{name}</span>
          </Link>
        ))}
      </nav>
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          // Files dropped anywhere are kept from replacing the page, and lead to where they are taken.
          event.preventDefault();
          void navigate({ to: "/$organisation/upload", params: { organisation } });
        }}
      >
        <Outlet />
      </main>
      {palette ? <Palette organisation={organisation} close={() => setPalette(false)} /> : null}
    </div>
  );
}
