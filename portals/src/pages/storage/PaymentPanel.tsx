// How it is paid: the plan, ways to Stripe's pages, and invoices; or that nobody takes payments here.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { invoicesQuery, paymentQuery, useCancelPlan, useChangePlan, useCheckout, usePaymentPortal } from "../../api/bill";
import type { Schemas } from "../../api/client";
import { Listed } from "../../parts/Listed";
import { Empty, Failed, Shown } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";

const RUNNING = ["trialing", "active", "past_due"];

/** Stripe's pages are the browser's, on addresses of https. */
function leave({ url }: { url: string }) {
  if (url.startsWith("https://")) window.location.assign(url);
}

export function PaymentPanel({ organisation }: { organisation: string }) {
  const payment = useQuery(paymentQuery(organisation));
  return (
    <section className="panel" aria-label="Plan">
      <h2>Plan and payment</h2>
      <Shown of={payment}>
        {(data) => (
          <>
            <dl className="facts">
              <div>
                <dt>Plan</dt>
                <dd>{data.plan}</dd>
              </div>
              <div>
                <dt>Subscription</dt>
                <dd>{data.status}</dd>
              </div>
              {data.period_end ? (
                <div>
                  <dt>{data.ends_with_period ? "Ends" : "Goes on"}</dt>
                  <dd>
                    <Time at={data.period_end} date />
                  </dd>
                </div>
              ) : null}
            </dl>
            {data.due_since ? (
              <p className="note bad" role="status">
                A payment is due since <Time at={data.due_since} date />. Nothing new is taken from{" "}
                <Time at={data.read_only_from} date /> on, unless it is paid before; nothing is removed.
              </p>
            ) : null}
            {data.available ? (
              <Ways organisation={organisation} payment={data} />
            ) : (
              <Empty title="This service takes no payments">
                <p>The plan is given by its operator: ask them for another.</p>
              </Empty>
            )}
          </>
        )}
      </Shown>
    </section>
  );
}

function Ways({ organisation, payment }: { organisation: string; payment: Schemas["Payment"] }) {
  const checkout = useCheckout(organisation);
  const portal = usePaymentPortal(organisation);
  const change = useChangePlan(organisation);
  const cancel = useCancelPlan(organisation);
  const invoices = useInfiniteQuery(invoicesQuery(organisation));
  const runs = RUNNING.includes(payment.status);
  const wrong = checkout.error ?? portal.error ?? change.error ?? cancel.error;
  const busy = checkout.isPending || portal.isPending || change.isPending || cancel.isPending;
  return (
    <>
      {wrong ? <Failed error={wrong} /> : null}
      <div className="row">
        {payment.offers
          .filter((plan) => !runs || plan !== payment.plan)
          .map((plan) =>
            runs ? (
              <Sure key={plan} name={`Change to ${plan}`} title={`Change to ${plan}?`} disabled={busy} act={() => change.mutate(plan)}>
                <p>It holds from now on; Stripe counts what is left of the present plan.</p>
              </Sure>
            ) : (
              <button
                key={plan}
                type="button"
                className="first"
                disabled={busy}
                onClick={() => checkout.mutate(plan, { onSuccess: leave })}
              >
                Subscribe to {plan}
              </button>
            ),
          )}
        <button type="button" disabled={busy} onClick={() => portal.mutate(undefined, { onSuccess: leave })}>
          Ways to pay, at Stripe
        </button>
        {runs && !payment.ends_with_period ? (
          <Sure name="Cancel" title="Cancel the subscription?" disabled={busy} act={() => cancel.mutate()}>
            <p>It ends with the period that is under way. What is stored stays.</p>
          </Sure>
        ) : null}
      </div>
      <h3>Invoices</h3>
      <Listed of={invoices} empty={<Empty title="No invoice yet" />}>
        {(items) => (
          <Table name="Invoices" heads={["Invoice", "State", { num: "Total" }, "Of"]}>
            {items.map((each) => (
              <tr key={each.id}>
                <td>{each.url.startsWith("https://") ? <a href={each.url}>{each.number || "draft"}</a> : each.number || "draft"}</td>
                <td>{each.status}</td>
                <td className="num">{each.total.text}</td>
                <td>
                  <Time at={each.created_at} date />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </>
  );
}
