// The frame around every page of an organisation: navigation, clock, mode, palette, and who is here.
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { meQuery, sitesQuery } from "../api/queries";
import { remember } from "../parts/settings";
import { useTimes } from "../parts/times";
import { placeOf } from "../parts/usePlace";
import { Header } from "./Header";
import { Palette } from "./Palette";
import { PLACES } from "./places";
import { Places } from "./Places";
import { useEvents } from "./useEvents";

export function Shell() {
  const { organisation } = useParams({ from: "/inside/$organisation" });
  const me = useQuery(meQuery);
  const sites = useQuery(sitesQuery(organisation));
  const { setPlace } = useTimes();
  const navigate = useNavigate();
  const [palette, setPalette] = useState(false);
  const awaited = useRef(0);
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const membership = me.data?.organisations?.find((each) => each.organisation === organisation);
  useEvents(organisation);

  useEffect(() => remember("organisation", organisation), [organisation]);

  useEffect(() => {
    // Pages that are about one site have theirs.
    const first = sites.data?.items[0];
    setPlace((now) => (now?.organisation === organisation ? now : first ? placeOf(organisation, first) : null));
  }, [organisation, sites.data, setPlace]);

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
      <Header name={membership?.name ?? organisation}>
        <button type="button" className="find" onClick={() => setPalette(true)}>
          <Search size={16} aria-hidden="true" />
          <span>Go to anything</span>
          <kbd aria-hidden="true">Ctrl K</kbd>
        </button>
      </Header>
      <Places organisation={organisation} isOperator={me.data?.is_operator ?? false} />
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
      {palette ? <Palette organisation={organisation} isOperator={me.data?.is_operator ?? false} close={() => setPalette(false)} /> : null}
    </div>
  );
}
