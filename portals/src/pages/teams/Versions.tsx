// What a team's file once was: each version can be fetched, and brought back as the newest.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useRestore, versionsQuery } from "../../api/teams";
import { bytes } from "../../parts/format";
import { Listed } from "../../parts/Listed";
import { Failed } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { contentOf } from "./TeamFiles";

export function Versions({ team, file, mayWrite }: { team: string; file: string; mayWrite: boolean }) {
  const versions = useInfiniteQuery(versionsQuery(team, file));
  const restore = useRestore(team);
  return (
    <div role="group" aria-label="Versions">
      <h3>Versions</h3>
      {restore.error ? <Failed error={restore.error} /> : null}
      <Listed of={versions} empty={null}>
        {(items) => {
          const newest = Math.max(...items.map((each) => each.version));
          return (
            <Table name="Versions" heads={["Version", { num: "Size" }, "Made", "By", { unseen: "Bring back" }]}>
              {items.map((each) => (
                <tr key={each.version}>
                  <td>
                    <a href={contentOf(team, file, each.version)} download>
                      Version {each.version}
                    </a>{" "}
                    {each.restored_from == null ? null : <small>brought back from {each.restored_from}</small>}
                  </td>
                  <td className="num">{bytes(each.size_bytes)}</td>
                  <td>
                    <Time at={each.created_at} date />
                  </td>
                  <td>
                    <bdi>{each.author}</bdi>
                  </td>
                  <td>
                    {mayWrite && each.version !== newest ? (
                      <button
                        type="button"
                        aria-label={`Bring it back: version ${each.version}`}
                        disabled={restore.isPending}
                        onClick={() => restore.mutate({ file_id: file, version: each.version, expected_version: newest })}
                      >
                        Bring it back
                      </button>
                    ) : null}
                  </td>
                </tr>
              ))}
            </Table>
          );
        }}
      </Listed>
    </div>
  );
}
