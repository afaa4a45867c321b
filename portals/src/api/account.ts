// One's own account: how one signs in, the browsers that are signed in, and tokens.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

export const waysInQuery = queryOptions({
  queryKey: [...keys.account, "ways-in"],
  queryFn: () => answer(api.GET("/api/v1/me/ways-in")),
});

export const sessionsQuery = paged<Schemas["SignInSession"]>([...keys.account, "sessions"], (cursor) =>
  answer(api.GET("/api/v1/me/sessions", { params: { query: { cursor, limit: 100 } } })),
);

export const tokensQuery = paged<Schemas["Token"]>(keys.tokens, (cursor) =>
  answer(api.GET("/api/v1/tokens", { params: { query: { cursor, limit: 100 } } })),
);

export const useChangePassword = () =>
  useChange((body: Schemas["PasswordChange"]) => answer(api.PUT("/api/v1/me/password", { body })), keys.account);

export const useBeginFactor = () =>
  useChange((_: void) => answer(api.POST("/api/v1/me/second-factor")), [...keys.account, "nothing"]);

export const useConfirmFactor = () =>
  useChange((code: string) => answer(api.POST("/api/v1/me/second-factor/confirm", { body: { code } })), keys.account);

export const useRemoveFactor = () =>
  useChange((code: string) => answer(api.POST("/api/v1/me/second-factor/remove", { body: { code } })), keys.account);

export const useNewCodes = () =>
  useChange(
    (code: string) => answer(api.POST("/api/v1/me/second-factor/recovery-codes", { body: { code } })),
    keys.account,
  );

export const useEndSession = () =>
  useChange(
    (session_id: string) => answer(api.DELETE("/api/v1/me/sessions/{session_id}", { params: { path: { session_id } } })),
    keys.account,
  );

export const useEndOtherSessions = () =>
  useChange((_: void) => answer(api.DELETE("/api/v1/me/sessions")), keys.account);

export const useMakeToken = () =>
  useChange((body: Schemas["NewToken"]) => answer(api.POST("/api/v1/tokens", { body })), keys.tokens);

export const useRevokeToken = () =>
  useChange(
    (token_id: string) => answer(api.DELETE("/api/v1/tokens/{token_id}", { params: { path: { token_id } } })),
    keys.tokens,
  );
