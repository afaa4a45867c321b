// Every dataset of the organisation, newest first.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { datasetsQuery } from "../../api/queries";
import { bytes, count } from "../../parts/format";
import { More } from "../../parts/More";
import { PageHead } from "../../parts/PageHead";
import { Empty, Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { NewDataset } from "./NewDataset";

export default function DatasetsPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/datasets" });
  const datasets = useInfiniteQuery(datasetsQuery(organisation));
  return (
    <>
      <PageHead title="Datasets" under="Named, growing collections of files with their paths">
        <Link to="/$organisation/frames" params={{ organisation }} search={{}} className="button first">
          Make one of frames
        </Link>
      </PageHead>
      <NewDataset organisation={organisation} />
      <Shown of={datasets}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          return items.length ? (
            <section className="panel">
              <div className="scroll" tabIndex={0} role="group" aria-label="Datasets">
                <table>
                  <thead>
                    <tr>
                      <th>Dataset</th>
                      <th>State</th>
                      <th className="num">Files</th>
                      <th className="num">Size</th>
                      <th>Made</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((each) => (
                      <tr key={each.slug}>
                        <td>
                          <Link to="/$organisation/datasets/$dataset" params={{ organisation, dataset: each.slug }}>
                            {each.name}
                          </Link>
                          {each.rule ? <span className="badge">grows by rule</span> : null}
                        </td>
                        <td>{each.state}</td>
                        <td className="num">{count(each.file_count)}</td>
                        <td className="num">{bytes(each.size_bytes)}</td>
                        <td>
                          <Time at={each.created_at} date />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
              <More of={datasets} />
            </section>
          ) : (
            <Empty title="No dataset yet">
              <p>Select frames and make a dataset of them, or bring a folder in as one:</p>
              <pre>{`uraniborg upload FOLDER --dataset "2026-11-20 M31"`}</pre>
            </Empty>
          );
        }}
      </Shown>
    </>
  );
}
