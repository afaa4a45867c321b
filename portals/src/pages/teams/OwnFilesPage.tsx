// One's own files, which nobody else sees: where they are kept, then as a team's files are.
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { meQuery } from "../../api/queries";
import { OWN_FILES, useOpenOwnFiles } from "../../api/teams";
import { PageHead } from "../../parts/PageHead";
import { Empty, Failed, Shown } from "../../parts/states";
import { FilesLink } from "./FilesLink";
import { TeamFiles } from "./TeamFiles";
import { TeamTrash } from "./TeamTrash";
import "./teams.css";

const TITLE = "Your files";

export default function OwnFilesPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/me" });
  const { folder, trash } = useSearch({ from: "/inside/$organisation/me" });
  const me = useQuery(meQuery);
  return (
    <Shown of={me} page>
      {(told) =>
        told.own_files ? (
          <>
            <PageHead title={TITLE} under={`Nobody else sees them; ${told.own_files} keeps them`}>
              <FilesLink className="button" organisation={organisation} team={OWN_FILES} search={trash ? {} : { trash: true }}>
                {trash ? "Files" : "Trash"}
              </FilesLink>
            </PageHead>
            {trash ? (
              <TeamTrash team={OWN_FILES} mayWrite mayEmpty />
            ) : (
              <TeamFiles organisation={organisation} team={OWN_FILES} folder={folder ?? ""} mayWrite />
            )}
          </>
        ) : (
          <>
            <PageHead title={TITLE} under="Nobody else sees them" />
            <NotOpen
              hosts={(told.organisations ?? []).filter((each) => each.role !== "guest").map((each) => each.organisation)}
            />
          </>
        )
      }
    </Shown>
  );
}

/** All data belongs to an organisation: it is told which, before the first file. */
function NotOpen({ hosts }: { hosts: string[] }) {
  const open = useOpenOwnFiles();
  return (
    <section className="panel" aria-label={TITLE}>
      {open.error ? <Failed error={open.error} /> : null}
      <Empty title="You have no files of your own yet">
        <p>
          {hosts.length
            ? "An organisation of yours keeps them: they count in what it stores, and it sees how much that is."
            : "An organisation keeps them, and you are a member of none: make one, or ask to be let in."}
        </p>
        <div className="row">
          {hosts.map((host) => (
            <button key={host} type="button" className="first" disabled={open.isPending} onClick={() => open.mutate(host)}>
              Let {host} keep them
            </button>
          ))}
        </div>
      </Empty>
    </section>
  );
}
