// What a team threw away: brought back to its place, or gone for ever when a manager empties the trash.
import { useInfiniteQuery } from "@tanstack/react-query";
import { teamTrashQuery, useEmptyTrash, useRestore } from "../../api/teams";
import { bytes } from "../../parts/format";
import { Listed } from "../../parts/Listed";
import { Empty, Failed } from "../../parts/states";
import { Sure } from "../../parts/Sure";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";

export function TeamTrash({ team, mayWrite, mayEmpty }: { team: string; mayWrite: boolean; mayEmpty: boolean }) {
  const trash = useInfiniteQuery(teamTrashQuery(team));
  const restore = useRestore(team);
  const empty = useEmptyTrash(team);
  const wrong = restore.error ?? empty.error;
  const isFull = Boolean(trash.data?.pages[0]?.items.length);
  return (
    <section className="panel" aria-label="Trash">
      <div className="panel-head">
        <h2>Trash</h2>
        {mayEmpty && isFull ? (
          <Sure name="Empty the trash" title="Empty the trash?" disabled={empty.isPending} act={() => empty.mutate()}>
            <p>All versions of these files are gone for ever.</p>
          </Sure>
        ) : null}
      </div>
      {wrong ? <Failed error={wrong} /> : null}
      <Listed
        of={trash}
        empty={
          <Empty title="The trash is empty">
            <p>What is thrown away waits here, with all its versions.</p>
          </Empty>
        }
      >
        {(items) => (
          <Table name="Trash" heads={["Path", { num: "Size" }, "Thrown away", "By", { unseen: "Restore" }]}>
            {items.map((each) => (
              <tr key={each.id}>
                <td className="path">
                  <bdi>{each.path}</bdi>
                </td>
                <td className="num">{bytes(each.size_bytes)}</td>
                <td>{each.trashed_at ? <Time at={each.trashed_at} date /> : "–"}</td>
                <td>
                  <bdi>{each.trashed_by ?? "–"}</bdi>
                </td>
                <td>
                  {mayWrite ? (
                    <button
                      type="button"
                      aria-label={`Restore ${each.path}`}
                      disabled={restore.isPending}
                      onClick={() => restore.mutate({ file_id: each.id })}
                    >
                      Restore
                    </button>
                  ) : null}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Listed>
    </section>
  );
}
