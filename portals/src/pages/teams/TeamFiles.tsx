// A team's own files, or one's own, folder by folder: fetched, put, thrown into the trash, and each version looked at.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Folder } from "lucide-react";
import { useEffect, useState } from "react";
import { keys } from "../../api/keys";
import { teamFilesQuery, teamStorageQuery, useTrash } from "../../api/teams";
import { bytes, plural } from "../../parts/format";
import { Listed } from "../../parts/Listed";
import { Empty, Failed } from "../../parts/states";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/times";
import { DropZone } from "../../upload/DropZone";
import { addUploads, onArrival, useUploads } from "../../upload/queue";
import { UploadList } from "../../upload/UploadList";
import "../../upload/upload.css";
import { FilesLink } from "./FilesLink";
import { Versions } from "./Versions";

type TeamFilesProps = { organisation: string; team: string; folder: string; mayWrite: boolean };

export const contentOf = (team: string, file: string, version?: number) =>
  `/api/v1/teams/${encodeURIComponent(team)}/files/${file}/content${version === undefined ? "" : `?version=${version}`}`;

export function TeamFiles({ organisation, team, folder, mayWrite }: TeamFilesProps) {
  const queries = useQueryClient();
  const entries = useInfiniteQuery(teamFilesQuery(team, folder));
  const storage = useQuery(teamStorageQuery(team));
  const trash = useTrash(team);
  const [versions, showVersions] = useState<string | null>(null);
  const sent = useUploads().filter((each) => "team" in each.target && each.target.team === team);
  useEffect(() => onArrival(() => void queries.invalidateQueries({ queryKey: keys.team(team) })), [queries, team]);
  const within = (path: string) => (folder ? `${folder}/${path}` : path);
  return (
    <section className="panel" aria-label="Files">
      <div className="panel-head">
        <Crumbs organisation={organisation} team={team} folder={folder} />
        {storage.data ? (
          <small>
            {plural(storage.data.files, "file")}, {bytes(storage.data.current_bytes)}; with all versions {bytes(storage.data.size_bytes)}
          </small>
        ) : null}
      </div>
      {trash.error ? <Failed error={trash.error} /> : null}
      {trash.data ? (
        <p role="status" className="row">
          <span>{plural(trash.data.files, "file")} went into the trash.</span>
          <FilesLink organisation={organisation} team={team} search={{ trash: true }}>
            Look there
          </FilesLink>
        </p>
      ) : null}
      <Listed
        of={entries}
        empty={
          <Empty title="No file here yet">
            <p>{mayWrite ? "Drop some below." : "Its editors put files here."}</p>
          </Empty>
        }
      >
        {(items) => (
          <Table name="Files" heads={["Name", { num: "Size" }, "Changed", "By", { unseen: "Do" }]}>
            {items.map((each) => {
              const name = each.path.split("/").pop() ?? each.path;
              const id = each.id ?? null;
              return (
                <tr key={`${each.kind} ${each.path}`}>
                  <td className="path">
                    {id ? (
                      <a href={contentOf(team, id)} download>
                        <bdi>{name}</bdi>
                      </a>
                    ) : (
                      <FilesLink organisation={organisation} team={team} search={{ folder: each.path }}>
                        <Folder size={15} aria-hidden="true" /> <bdi>{name}</bdi>
                      </FilesLink>
                    )}
                    {id ? null : <small> {plural(each.files, "file")}</small>}
                  </td>
                  <td className="num">{bytes(each.size_bytes)}</td>
                  <td>
                    <Time at={each.changed_at} date />
                  </td>
                  <td>
                    <bdi>{each.author ?? "–"}</bdi>
                  </td>
                  <td>
                    <div className="row">
                      {id ? (
                        <button
                          type="button"
                          aria-label={`Version ${each.version} of ${name}, and those before`}
                          aria-pressed={versions === id}
                          onClick={() => showVersions(versions === id ? null : id)}
                        >
                          Version {each.version}
                        </button>
                      ) : null}
                      {mayWrite ? (
                        <button type="button" aria-label={`Trash ${name}`} disabled={trash.isPending} onClick={() => trash.mutate(each)}>
                          Trash
                        </button>
                      ) : null}
                    </div>
                  </td>
                </tr>
              );
            })}
          </Table>
        )}
      </Listed>
      {versions ? <Versions key={versions} team={team} file={versions} mayWrite={mayWrite} /> : null}
      {mayWrite ? (
        <DropZone
          what={`Drop files or folders here${folder ? `, into ${folder}` : ""}. What is there already gets a new version.`}
          take={(found) => addUploads({ team }, found.map((each) => ({ ...each, path: within(each.path) })))}
        />
      ) : null}
      <UploadList files={sent} />
    </section>
  );
}

function Crumbs({ organisation, team, folder }: { organisation: string; team: string; folder: string }) {
  const parts = folder.split("/").filter(Boolean);
  return (
    <h2 className="crumbs">
      <FilesLink organisation={organisation} team={team} search={{}}>
        Files
      </FilesLink>
      {parts.map((part, i) => (
        <span key={parts.slice(0, i + 1).join("/")}>
          /{" "}
          <FilesLink organisation={organisation} team={team} search={{ folder: parts.slice(0, i + 1).join("/") }}>
            <bdi>{part}</bdi>
          </FilesLink>
        </span>
      ))}
    </h2>
  );
}
