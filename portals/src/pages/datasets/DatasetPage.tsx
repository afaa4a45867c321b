// One dataset: what it holds, and where to go on from it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRemoveFiles } from "../../api/datasets";
import { datasetFilesQuery, datasetQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { bytes, plural } from "../../parts/format";
import { More } from "../../parts/More";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { useRole } from "../../parts/useRole";
import { AddFrames, ChangeDataset } from "./ChangeDataset";
import { ruleText } from "./RuleFields";
import { Shares } from "./Shares";

export default function DatasetPage() {
  const { organisation, dataset } = useParams({ from: "/inside/$organisation/datasets/$dataset" });
  const one = useQuery(datasetQuery(organisation, dataset));
  const remove = useRemoveFiles(organisation, dataset);
  const { role } = useRole(organisation);
  const mine = role !== undefined && role !== "guest"; // who reads it by a team changes nothing
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
          {told.rule ? (
            <p>
              Grows by rule: <strong>{ruleText(told.rule)}</strong>
            </p>
          ) : null}
          {mine ? (
            <>
              {told.state === "open" ? <AddFrames organisation={organisation} dataset={told} /> : null}
              <ChangeDataset key={`${told.name} ${told.state}`} organisation={organisation} dataset={told} />
              <Shares organisation={organisation} dataset={told.slug} />
            </>
          ) : null}
          {remove.error ? <Failed error={remove.error} /> : null}
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
                            {mine && told.state === "open" ? (
                              <th>
                                <span className="unseen">Leave out</span>
                              </th>
                            ) : null}
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
                              {mine && told.state === "open" ? (
                                <td>
                                  <button
                                    type="button"
                                    aria-label={`Leave out ${each.path}`}
                                    disabled={remove.isPending}
                                    onClick={() => remove.mutate(each.path)}
                                  >
                                    Leave out
                                  </button>
                                </td>
                              ) : null}
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
