// Under which names replies are kept: one hierarchy, so that "everything of this night" is one word.
export type FrameFilter = {
  near?: string;
  radius?: number;
  night?: string;
  first_night?: string;
  last_night?: string;
  telescope?: string;
  instrument?: string;
  dataset?: string;
  type?: string;
  filter?: string;
  object?: string;
  quality?: "unchecked" | "good" | "doubtful" | "bad";
  text?: string;
  crossed?: boolean;
  where?: string[];
};

export const keys = {
  me: ["me"] as const,
  providers: ["providers"] as const,
  organisation: (organisation: string) => ["organisation", organisation] as const,
  sites: (organisation: string) => [...keys.organisation(organisation), "sites"] as const,
  telescopes: (organisation: string) => [...keys.organisation(organisation), "telescopes"] as const,
  sky: (organisation: string, site: string, night: string) =>
    [...keys.organisation(organisation), "sky", site, night] as const,
  nights: (organisation: string) => [...keys.organisation(organisation), "nights"] as const,
  newestNights: (organisation: string) => [...keys.nights(organisation), "newest"] as const,
  year: (organisation: string, telescope: string, year: number) =>
    [...keys.nights(organisation), "year", telescope, year] as const,
  night: (organisation: string, telescope: string, night: string) =>
    [...keys.nights(organisation), telescope, night] as const,
  log: (organisation: string, telescope: string, night: string) =>
    [...keys.night(organisation, telescope, night), "log"] as const,
  revisions: (organisation: string, telescope: string, night: string, entry: string) =>
    [...keys.log(organisation, telescope, night), "revisions", entry] as const,
  agents: (organisation: string) => [...keys.organisation(organisation), "agents"] as const,
  coming: (organisation: string) => [...keys.organisation(organisation), "coming"] as const,
  frames: (organisation: string) => [...keys.organisation(organisation), "frames"] as const,
  frameList: (organisation: string, filter: FrameFilter, sort: string) =>
    [...keys.frames(organisation), "list", filter, sort] as const,
  framePage: (organisation: string, filter: FrameFilter, sort: string, cursor: string | undefined) =>
    [...keys.frameList(organisation, filter, sort), "page", cursor ?? null] as const,
  frameCount: (organisation: string, filter: FrameFilter) => [...keys.frames(organisation), "count", filter] as const,
  skyFields: (organisation: string, filter: FrameFilter, sort: string) =>
    [...keys.frameList(organisation, filter, sort), "sky"] as const,
  facets: (organisation: string, filter: FrameFilter) => [...keys.frames(organisation), "facets", filter] as const,
  frame: (organisation: string, frame: string) => [...keys.frames(organisation), "one", frame] as const,
  datasets: (organisation: string) => [...keys.organisation(organisation), "datasets"] as const,
  dataset: (organisation: string, dataset: string) => [...keys.datasets(organisation), dataset] as const,
  packages: (organisation: string) => [...keys.organisation(organisation), "packages"] as const,
  package: (organisation: string, name: string) => [...keys.packages(organisation), name] as const,
  instruments: (organisation: string) => [...keys.organisation(organisation), "instruments"] as const,
  file: (organisation: string, file: string) => [...keys.organisation(organisation), "files", file] as const,
  links: (organisation: string) => [...keys.organisation(organisation), "links"] as const,
  bill: (organisation: string) => [...keys.organisation(organisation), "bill"] as const,
  people: (organisation: string) => [...keys.organisation(organisation), "people"] as const,
  webhooks: (organisation: string) => [...keys.organisation(organisation), "webhooks"] as const,
  look: (organisation: string) => [...keys.organisation(organisation), "look"] as const,
  account: ["account"] as const,
  tokens: ["account", "tokens"] as const,
  operator: {
    health: ["operator", "health"] as const,
    organisations: ["operator", "organisations"] as const,
    jobs: ["operator", "jobs"] as const,
  },
  teams: ["teams"] as const,
  team: (team: string) => [...keys.teams, team] as const,
  teamFiles: (team: string) => [...keys.team(team), "files"] as const,
};
