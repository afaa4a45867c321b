// The addresses of the portal. Whatever one looks at stands in the address, so that it can be sent to somebody.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import type { By } from "./api/bill";
import { Problem } from "./api/client";
import type { FrameFilter } from "./api/keys";
import type { JobFilter } from "./api/operators";
import { meQuery } from "./api/queries";
import { recallText } from "./parts/settings";
import { Failed, Loading } from "./parts/states";
import { OrganisationHome } from "./shell/OrganisationHome";
import { Shell } from "./shell/Shell";
import { SignIn } from "./shell/SignIn";
import { viewerSearch } from "./viewer/search";

type Search = Record<string, unknown>;
const words = (value: unknown): string | undefined => {
  const given = typeof value === "number" ? String(value) : value;
  return typeof given === "string" && given !== "" ? given.slice(0, 1000) : undefined;
};
const night = (value: unknown) => (/^\d{4}-\d\d-\d\d$/.test(words(value) ?? "") ? words(value) : undefined);
const month = (value: unknown) => (/^\d{4}-(0[1-9]|1[0-2])$/.test(words(value) ?? "") ? words(value) : undefined);
const list = (value: unknown): string[] | undefined => {
  const given = (Array.isArray(value) ? value : [value]).map(words).filter((each) => each !== undefined);
  return given.length ? given.slice(0, 20) : undefined;
};
const oneOf = <T extends string>(value: unknown, choices: readonly T[]): T | undefined =>
  choices.find((choice) => choice === value);
const number = (value: unknown): number | undefined => {
  const given = value === undefined || value === "" ? Number.NaN : Number(value);
  return Number.isFinite(given) ? given : undefined;
};

export const QUALITIES = ["unchecked", "good", "doubtful", "bad"] as const;
export type FrameSearch = FrameFilter & { sort?: string; view?: "gallery" | "sky" | "aladin" };

function frameSearch(search: Search): FrameSearch {
  return {
    near: words(search.near),
    radius: number(search.radius),
    night: night(search.night),
    first_night: night(search.first_night),
    last_night: night(search.last_night),
    telescope: words(search.telescope),
    instrument: words(search.instrument),
    dataset: words(search.dataset),
    type: words(search.type),
    filter: words(search.filter),
    object: words(search.object),
    quality: oneOf(search.quality, QUALITIES),
    text: words(search.text),
    crossed: search.crossed === true || search.crossed === "true" ? true : undefined,
    where: list(search.where),
    sort: words(search.sort),
    view: oneOf(search.view, ["gallery", "sky", "aladin"] as const),
  };
}

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: () => (
    <main className="lonely">
      <h1>There is no such page</h1>
      <a href="/app/">Go to the portal's first page</a>
    </main>
  ),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Search): { to?: string } => ({ to: words(search.to) }),
  component: SignIn,
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (error) {
      if (error instanceof Problem && error.status === 401) {
        throw redirect({ to: "/sign-in", search: { to: location.publicHref } });
      }
      throw error;
    }
  },
  component: Outlet,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: async ({ context }) => {
    const me = await context.queries.ensureQueryData(meQuery);
    const theirs = me.organisations ?? [];
    const last = theirs.find((each) => each.organisation === recallText("organisation"));
    const only = last ?? (theirs.length === 1 ? theirs[0] : undefined);
    if (only) throw redirect({ to: "/$organisation/tonight", params: { organisation: only.organisation } });
  },
  component: OrganisationHome,
});

const choose = createRoute({ getParentRoute: () => inside, path: "/organisations", component: OrganisationHome });

const organisation = createRoute({ getParentRoute: () => inside, path: "/$organisation", component: Shell });

const organisationIndex = createRoute({
  getParentRoute: () => organisation,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/$organisation/tonight", params });
  },
});

const tonight = createRoute({
  getParentRoute: () => organisation,
  path: "/tonight",
  validateSearch: (search: Search): { site?: string; telescope?: string; night?: string; target?: string[] } => ({
    site: words(search.site),
    telescope: words(search.telescope),
    night: night(search.night),
    target: list(search.target),
  }),
  component: lazyRouteComponent(() => import("./pages/tonight/TonightPage")),
});

const nights = createRoute({
  getParentRoute: () => organisation,
  path: "/nights",
  validateSearch: (search: Search): { year?: number; telescope?: string } => ({
    year: number(search.year),
    telescope: words(search.telescope),
  }),
  component: lazyRouteComponent(() => import("./pages/nights/NightsPage")),
});

const oneNight = createRoute({
  getParentRoute: () => organisation,
  path: "/nights/$telescope/$night",
  component: lazyRouteComponent(() => import("./pages/nights/NightPage")),
});

const frames = createRoute({
  getParentRoute: () => organisation,
  path: "/frames",
  validateSearch: frameSearch,
  component: lazyRouteComponent(() => import("./pages/frames/FramesPage")),
});

const oneFrame = createRoute({
  getParentRoute: () => organisation,
  path: "/frames/$frame",
  component: lazyRouteComponent(() => import("./pages/frames/FramePage")),
});

const viewer = createRoute({
  getParentRoute: () => organisation,
  path: "/frames/$frame/view",
  validateSearch: viewerSearch,
  component: lazyRouteComponent(() => import("./viewer/ViewerPage")),
});

const datasets = createRoute({
  getParentRoute: () => organisation,
  path: "/datasets",
  component: lazyRouteComponent(() => import("./pages/datasets/DatasetsPage")),
});

const oneDataset = createRoute({
  getParentRoute: () => organisation,
  path: "/datasets/$dataset",
  component: lazyRouteComponent(() => import("./pages/datasets/DatasetPage")),
});

const oneFile = createRoute({
  getParentRoute: () => organisation,
  path: "/files/$file",
  component: lazyRouteComponent(() => import("./pages/files/FilePage")),
});

const packages = createRoute({
  getParentRoute: () => organisation,
  path: "/packages",
  component: lazyRouteComponent(() => import("./pages/packages/PackagesPage")),
});

const newPackage = createRoute({
  getParentRoute: () => organisation,
  path: "/packages/new",
  validateSearch: (search: Search): { dataset?: string } => ({ dataset: words(search.dataset) }),
  component: lazyRouteComponent(() => import("./pages/packages/NewPackagePage")),
});

const onePackage = createRoute({
  getParentRoute: () => organisation,
  path: "/packages/$package",
  component: lazyRouteComponent(() => import("./pages/packages/PackagePage")),
});

const upload = createRoute({
  getParentRoute: () => organisation,
  path: "/upload",
  component: lazyRouteComponent(() => import("./pages/upload/UploadPage")),
});

const links = createRoute({
  getParentRoute: () => organisation,
  path: "/links",
  validateSearch: (search: Search): { dataset?: string } => ({ dataset: words(search.dataset) }),
  component: lazyRouteComponent(() => import("./pages/links/LinksPage")),
});

const storage = createRoute({
  getParentRoute: () => organisation,
  path: "/storage",
  validateSearch: (search: Search): { month?: string; by?: By } => ({
    month: month(search.month),
    by: oneOf(search.by, ["tier", "member", "dataset", "telescope", "team"] as const),
  }),
  component: lazyRouteComponent(() => import("./pages/storage/StoragePage")),
});

const settings = createRoute({
  getParentRoute: () => organisation,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/settings/SettingsPage")),
});

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/$organisation/settings/profile", params });
  },
});

const profile = createRoute({
  getParentRoute: () => settings,
  path: "/profile",
  component: lazyRouteComponent(() => import("./pages/settings/ProfilePage")),
});

const tokens = createRoute({
  getParentRoute: () => settings,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./pages/settings/TokensPage")),
});

const members = createRoute({
  getParentRoute: () => settings,
  path: "/members",
  component: lazyRouteComponent(() => import("./pages/settings/MembersPage")),
});

const equipment = createRoute({
  getParentRoute: () => settings,
  path: "/equipment",
  component: lazyRouteComponent(() => import("./pages/settings/EquipmentPage")),
});

const agents = createRoute({
  getParentRoute: () => settings,
  path: "/agents",
  component: lazyRouteComponent(() => import("./pages/settings/AgentsPage")),
});

const webhooks = createRoute({
  getParentRoute: () => settings,
  path: "/webhooks",
  component: lazyRouteComponent(() => import("./pages/settings/WebhooksPage")),
});

const look = createRoute({
  getParentRoute: () => settings,
  path: "/portal",
  component: lazyRouteComponent(() => import("./pages/settings/LookPage")),
});

const closing = createRoute({
  getParentRoute: () => settings,
  path: "/closing",
  component: lazyRouteComponent(() => import("./pages/settings/ClosingPage")),
});

const teams = createRoute({
  getParentRoute: () => organisation,
  path: "/teams",
  component: lazyRouteComponent(() => import("./pages/teams/TeamsPage")),
});

const folderSearch = (search: Search): { folder?: string; trash?: true } => ({
  folder: words(search.folder),
  trash: search.trash === true || search.trash === "true" ? true : undefined,
});

const ownFiles = createRoute({
  getParentRoute: () => organisation,
  path: "/me",
  validateSearch: folderSearch,
  component: lazyRouteComponent(() => import("./pages/teams/OwnFilesPage")),
});

const oneTeam = createRoute({
  getParentRoute: () => organisation,
  path: "/teams/$team",
  validateSearch: folderSearch,
  component: lazyRouteComponent(() => import("./pages/teams/TeamPage")),
});

// No organisation has this address: a slug begins with a letter or digit.
const operator = createRoute({
  getParentRoute: () => inside,
  path: "/-",
  beforeLoad: async ({ context }) => {
    if (!(await context.queries.ensureQueryData(meQuery)).is_operator) throw notFound();
  },
  component: lazyRouteComponent(() => import("./pages/operator/OperatorShell")),
});

const operatorIndex = createRoute({
  getParentRoute: () => operator,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/-/health" });
  },
});

const health = createRoute({
  getParentRoute: () => operator,
  path: "/health",
  component: lazyRouteComponent(() => import("./pages/operator/HealthPage")),
});

const jobs = createRoute({
  getParentRoute: () => operator,
  path: "/jobs",
  validateSearch: (search: Search): JobFilter => ({
    state: oneOf(search.state, ["queued", "running", "done", "dead"] as const),
    kind: words(search.kind),
    organisation: words(search.organisation),
  }),
  component: lazyRouteComponent(() => import("./pages/operator/JobsPage")),
});

const organisations = createRoute({
  getParentRoute: () => operator,
  path: "/organisations",
  validateSearch: (search: Search): { month?: string } => ({ month: month(search.month) }),
  component: lazyRouteComponent(() => import("./pages/operator/OrganisationsPage")),
});

const routeTree = root.addChildren([
  signIn,
  inside.addChildren([
    home,
    choose,
    operator.addChildren([operatorIndex, health, jobs, organisations]),
    organisation.addChildren([
      organisationIndex,
      tonight,
      nights,
      oneNight,
      frames,
      oneFrame,
      datasets,
      oneDataset,
      oneFile,
      packages,
      newPackage,
      onePackage,
      upload,
      links,
      viewer,
      teams,
      oneTeam,
      ownFiles,
      storage,
      settings.addChildren([settingsIndex, profile, tokens, members, equipment, agents, webhooks, look, closing]),
    ]),
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    basepath: "/app",
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: () => <Loading />,
    defaultErrorComponent: ({ error, reset }) => (
      <main className="lonely">
        <Failed error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
      </main>
    ),
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
