// What is stored, what it costs, and how it is paid.
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { keys } from "./keys";
import { useChange } from "./mutations";
import { paged } from "./paged";

export type By = "tier" | "member" | "dataset" | "telescope" | "team";
const ORGANISATION = "/api/v1/organisations/{organisation}" as const;

/** First and last day of a month such as 2026-11. */
function bounds(month: string) {
  const last = new Date(`${month}-01T00:00:00Z`);
  last.setUTCMonth(last.getUTCMonth() + 1, 0);
  return { from: `${month}-01`, to: last.toISOString().slice(0, 10) };
}

export const daysQuery = (organisation: string, month: string) =>
  queryOptions({
    queryKey: [...keys.bill(organisation), "days", month],
    queryFn: () =>
      answer(
        api.GET(`${ORGANISATION}/usage`, {
          params: { path: { organisation }, query: { by: "day", ...bounds(month), limit: 100 } },
        }),
      ),
  });

export const usageQuery = (organisation: string, month: string, by: By) =>
  paged<Schemas["UsageItem"]>([...keys.bill(organisation), "usage", month, by], (cursor) =>
    answer(
      api.GET(`${ORGANISATION}/usage`, {
        params: { path: { organisation }, query: { by, ...bounds(month), cursor, limit: 100 } },
      }),
    ),
  );

export const estimateQuery = (organisation: string, asked: { add_bytes?: number; tier?: "hot" | "cool" | "archive" } = {}) =>
  queryOptions({
    queryKey: [...keys.bill(organisation), "estimate", asked],
    queryFn: () =>
      answer(api.GET(`${ORGANISATION}/usage/estimate`, { params: { path: { organisation }, query: asked } })),
    placeholderData: (before) => before,
  });

export const billQuery = (organisation: string, month: string) =>
  queryOptions({
    queryKey: [...keys.bill(organisation), "month", month],
    queryFn: () => answer(api.GET(`${ORGANISATION}/bill`, { params: { path: { organisation }, query: { month } } })),
  });

export const paymentQuery = (organisation: string) =>
  queryOptions({
    queryKey: [...keys.bill(organisation), "payment"],
    queryFn: () => answer(api.GET(`${ORGANISATION}/payment`, { params: { path: { organisation } } })),
  });

export const invoicesQuery = (organisation: string) =>
  paged<Schemas["Invoice"]>([...keys.bill(organisation), "invoices"], (cursor) =>
    answer(
      api.GET(`${ORGANISATION}/payment/invoices`, { params: { path: { organisation }, query: { cursor, limit: 50 } } }),
    ),
  );

/** Both open a page of Stripe's; what is done there is heard of later. */
export const useCheckout = (organisation: string) =>
  useChange(
    (plan: string) =>
      answer(api.POST(`${ORGANISATION}/payment/checkout`, { params: { path: { organisation } }, body: { plan } })),
    keys.bill(organisation),
  );

export const usePaymentPortal = (organisation: string) =>
  useChange(
    (_: void) => answer(api.POST(`${ORGANISATION}/payment/portal`, { params: { path: { organisation } } })),
    keys.bill(organisation),
  );

export const useChangePlan = (organisation: string) =>
  useChange(
    (plan: string) =>
      answer(api.PUT(`${ORGANISATION}/payment/plan`, { params: { path: { organisation } }, body: { plan } })),
    keys.bill(organisation),
  );

export const useCancelPlan = (organisation: string) =>
  useChange(
    (_: void) => answer(api.POST(`${ORGANISATION}/payment/cancel`, { params: { path: { organisation } } })),
    keys.bill(organisation),
  );
