// Every data package of the organisation.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { packagesQuery } from "../../api/queries";
import { bytes, plural } from "../../parts/format";
import { More } from "../../parts/More";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";

export default function PackagesPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/packages" });
  const packages = useInfiniteQuery(packagesQuery(organisation));
  const make = (
    <Link className="button first" to="/$organisation/packages/new" params={{ organisation }} search={{ dataset: undefined }}>
      New package
    </Link>
  );
  return (
    <>
      <PageHead title="Packages" under="Frozen, versioned, checksummed, citable">
        {make}
      </PageHead>
      <Shown of={packages}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          return items.length ? (
            <>
              <ul className="cards">
                {items.map(({ slug, newest, published_version }) => (
                  <li key={slug}>
                    <Link className="card" to="/$organisation/packages/$package" params={{ organisation, package: slug }}>
                      <strong>{newest.title}</strong>
                      <span>
                        <span className={`badge ${newest.state}`}>
                          v{newest.version} {newest.state}
                        </span>
                        {newest.state === "draft" && published_version ? (
                          <span className="badge published">v{published_version} published</span>
                        ) : null}
                      </span>
                      <small>
                        {newest.file_count == null
                          ? newest.datasets.join(", ")
                          : `${plural(newest.file_count, "file")}, ${bytes(newest.size_bytes)}, ${plural(newest.downloads, "download")}`}
                      </small>
                      {newest.doi ? <small>{newest.doi.doi}</small> : null}
                    </Link>
                  </li>
                ))}
              </ul>
              <More of={packages} />
            </>
          ) : (
            <Empty title="No package yet">
              <p>A package is what a paper cites: a selection of datasets, frozen for ever.</p>
              {make}
            </Empty>
          );
        }}
      </Shown>
    </>
  );
}
