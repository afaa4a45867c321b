// The one place from which the portal speaks: typed requests, the session's CSRF token, problems as errors.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What the service answered instead of success (RFC 9457), or that it did not answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly code = "",
    readonly facts: Record<string, unknown> = {},
  ) {
    super(detail || title);
  }
}

let csrfToken = "";

/** Keeps the CSRF token in memory, and nowhere else: a page loaded again asks for it. */
export function rememberToken(token: string): void {
  csrfToken = token;
}

const WITHOUT_SESSION = ["/api/v1/session", "/api/v1/session/second-factor"];

const csrf: Middleware = {
  async onRequest({ request }) {
    if (request.method === "GET" || request.method === "HEAD") return request;
    const signingIn = request.method === "POST" && WITHOUT_SESSION.includes(new URL(request.url).pathname);
    if (signingIn) return request;
    if (!csrfToken) {
      const reply = await fetch("/api/v1/session");
      if (reply.ok) csrfToken = ((await reply.json()) as Schemas["SessionToken"]).csrf_token;
    }
    request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin });
api.use(csrf);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Gives what was asked for, or throws the problem. */
export async function answer<T>(asked: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await asked;
  } catch {
    throw new Problem(0, "No answer", "The service did not answer: look at the connection, then try again.");
  }
  if (got.response.ok) return got.data as T;
  if (got.response.status === 403) csrfToken = "";
  const told = (got.error ?? {}) as Record<string, unknown>;
  const code = String(told.type ?? "").replace(/^.*\/problems\//, "");
  const detail = String(told.detail ?? `The service answered ${got.response.status}.`);
  throw new Problem(got.response.status, String(told.title ?? "It did not work"), detail, code, told);
}

/** Where a file's bytes are to be had: it leads on to the object store. */
export const contentAddress = (organisation: string, file: string): string =>
  `/api/v1/organisations/${encodeURIComponent(organisation)}/files/${file}/content`;
