// Webhooks, and what became of their deliveries; and how the organisation looks to the public.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

const WEBHOOKS = "/api/v1/organisations/{organisation}/webhooks" as const;
const ONE = `${WEBHOOKS}/{webhook_id}` as const;

export const webhooksQuery = (organisation: string) =>
  paged<Schemas["Webhook"]>(keys.webhooks(organisation), (cursor) =>
    answer(api.GET(WEBHOOKS, { params: { path: { organisation }, query: { cursor, limit: 100 } } })),
  );

export const deliveriesQuery = (organisation: string, webhook_id: string) =>
  paged<Schemas["WebhookDelivery"]>([...keys.webhooks(organisation), webhook_id], (cursor) =>
    answer(
      api.GET(`${ONE}/deliveries`, { params: { path: { organisation, webhook_id }, query: { cursor, limit: 50 } } }),
    ),
  );

export const useAddWebhook = (organisation: string) =>
  useChange(
    (body: Schemas["NewWebhook"]) => answer(api.POST(WEBHOOKS, { params: { path: { organisation } }, body })),
    keys.webhooks(organisation),
  );

export const useChangeWebhook = (organisation: string, webhook_id: string) =>
  useChange(
    (body: Schemas["WebhookChange"]) => answer(api.PATCH(ONE, { params: { path: { organisation, webhook_id } }, body })),
    keys.webhooks(organisation),
  );

export const useRemoveWebhook = (organisation: string, webhook_id: string) =>
  useChange(
    (_: void) => answer(api.DELETE(ONE, { params: { path: { organisation, webhook_id } } })),
    keys.webhooks(organisation),
  );

export const usePing = (organisation: string, webhook_id: string) =>
  useChange(
    (_: void) => answer(api.POST(`${ONE}/ping`, { params: { path: { organisation, webhook_id } } })),
    keys.webhooks(organisation),
  );

export const useRotate = (organisation: string, webhook_id: string) =>
  useChange(
    (_: void) => answer(api.POST(`${ONE}/rotate`, { params: { path: { organisation, webhook_id } }, body: {} })),
    keys.webhooks(organisation),
  );

export const useRedeliver = (organisation: string, webhook_id: string) =>
  useChange(
    (delivery_id: string) =>
      answer(
        api.POST(`${ONE}/deliveries/{delivery_id}/redeliver`, {
          params: { path: { organisation, webhook_id, delivery_id } },
        }),
      ),
    keys.webhooks(organisation),
  );

const PORTAL = "/api/v1/organisations/{organisation}/portal" as const;

export const lookQuery = (organisation: string) =>
  queryOptions({
    queryKey: keys.look(organisation),
    queryFn: () => answer(api.GET(PORTAL, { params: { path: { organisation } } })),
  });

export const useSetLogo = (organisation: string) =>
  useChange(
    (body: Schemas["NewLogo"]) => answer(api.PUT(`${PORTAL}/logo`, { params: { path: { organisation } }, body })),
    keys.look(organisation),
  );

export const useRemoveLogo = (organisation: string) =>
  useChange(
    (_: void) => answer(api.DELETE(`${PORTAL}/logo`, { params: { path: { organisation } } })),
    keys.look(organisation),
  );

export const useSetLook = (organisation: string) =>
  useChange(
    (body: Schemas["NewPortal"]) => answer(api.PUT(PORTAL, { params: { path: { organisation } }, body })),
    keys.look(organisation),
  );

export const useSetHost = (organisation: string) =>
  useChange(
    (body: Schemas["NewPortalHost"]) => answer(api.PUT(`${PORTAL}/host`, { params: { path: { organisation } }, body })),
    keys.look(organisation),
  );

export const useProveHost = (organisation: string) =>
  useChange(
    (_: void) => answer(api.POST(`${PORTAL}/host/proof`, { params: { path: { organisation } } })),
    keys.look(organisation),
  );

export const useRemoveHost = (organisation: string) =>
  useChange(
    (_: void) => answer(api.DELETE(`${PORTAL}/host`, { params: { path: { organisation } } })),
    keys.look(organisation),
  );
