// One dataset: what it holds, and where to go on from it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { datasetFilesQuery, datasetQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { bytes, plural } from "../../parts/format";
import { More } from "../../parts/More";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";

export default function DatasetPage() {
  const { organisation, dataset } = useParams({ from: "/inside/$organisation/datasets/$dataset" });
  const one = useQuery(datasetQuery(organisation, dataset));
  const files = useInfiniteQuery(datasetFilesQuery(organisation, dataset));
  return (
    <Shown of={one} page>
      {(told) => (
        <>
          <PageHead
            title={told.name}
            under={`${told.state}, ${plural(told.file_count, "file")}, ${bytes(told.size_bytes)}`}
          >
            <CopyButton name="Copy as CLI" text={`uraniborg get --dataset ${told.slug}`} />
            <Link className="button" to="/$organisation/frames" params={{ organisation }} search={{ dataset: told.slug }}>
              Its frames
            </Link>
            <Link className="button" to="/$organisation/links" params={{ organisation }} search={{ dataset: told.slug }}>
              Make a link
            </Link>
            <Link
              className="button first"
              to="/$organisation/packages/new"
              params={{ organisation }}
              search={{ dataset: told.slug }}
            >
              Make a package
            </Link>
          </PageHead>
          {told.description ? <p className="words">{told.description}</p> : null}
          <section className="panel">
            <Shown of={files}>
              {(data) => {
                const items = data.pages.flatMap((page) => page.items);
                return items.length ? (
                  <>
                    <div className="scroll" tabIndex={0} role="group" aria-label="Files">
                      <table>
                        <thead>
                          <tr>
                            <th>Path</th>
                            <th className="num">Size</th>
                          </tr>
                        </thead>
                        <tbody>
                          {items.map((each) => (
                            <tr key={each.path}>
                              <td className="path">
                                <Link
                                  to="/$organisation/files/$file"
                                  params={{ organisation, file: each.file }}
                                  preload={false}
                                >
                                  <bdi>{each.path}</bdi>
                                </Link>
                              </td>
                              <td className="num">{bytes(each.size_bytes)}</td>
                            </tr>
                          ))}
                        </tbody>
                      </table>
                    </div>
                    <More of={files} />
                  </>
                ) : (
                  <Empty title="No file in it yet">
                    <p>Select frames and add them to it.</p>
                  </Empty>
                );
              }}
            </Shown>
          </section>
        </>
      )}
    </Shown>
  );
}
