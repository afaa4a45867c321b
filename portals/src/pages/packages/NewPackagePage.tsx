// Drafting a package: which datasets, what it is called, who made it, and what may be done with it.
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMakePackage } from "../../api/mutations";
import { meQuery } from "../../api/queries";
import { PageHead } from "../../parts/PageHead";
import { PackageForm } from "./PackageForm";

export default function NewPackagePage() {
  const { organisation } = useParams({ from: "/inside/$organisation/packages/new" });
  const search = useSearch({ from: "/inside/$organisation/packages/new" });
  const navigate = useNavigate();
  const me = useQuery(meQuery);
  const make = useMakePackage(organisation);
  return (
    <>
      <PageHead title="New package" under="A draft first: nothing is published until you say so" />
      <PackageForm
        organisation={organisation}
        told={{
          contributors: me.data ? [{ name: me.data.name }] : [],
          datasets: search.dataset ? [search.dataset] : [],
        }}
        act="Make the draft"
        busy={make.isPending}
        error={make.error}
        save={(told) =>
          make.mutate(told, {
            onSuccess: (made) =>
              void navigate({ to: "/$organisation/packages/$package", params: { organisation, package: made.slug } }),
          })
        }
      />
    </>
  );
}
