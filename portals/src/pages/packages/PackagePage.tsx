// One package: its versions, and for a draft the checklist before it is published for ever.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Check, CircleAlert, ExternalLink } from "lucide-react";
import { type FormEvent, useRef } from "react";
import type { Schemas } from "../../api/client";
import { usePublish, useWithdraw } from "../../api/mutations";
import { packageQuery } from "../../api/queries";
import { CopyButton } from "../../parts/CopyButton";
import { bytes, plural } from "../../parts/format";
import { PageHead } from "../../parts/PageHead";
import { Failed, Shown } from "../../parts/states";
import { Time } from "../../parts/times";
import { EditDraft, NewVersion } from "./Drafting";

type Version = Schemas["PackageVersion"];

export default function PackagePage() {
  const { organisation, package: slug } = useParams({ from: "/inside/$organisation/packages/$package" });
  const one = useQuery(packageQuery(organisation, slug));
  return (
    <Shown of={one} page>
      {(told) => {
        const versions = [...told.versions].sort((a, b) => b.version - a.version);
        return (
          <>
            <PageHead title={versions[0]?.title ?? slug} under={told.doi?.doi ?? slug}>
              {versions[0]?.state === "draft" ? null : <NewVersion organisation={organisation} slug={slug} />}
            </PageHead>
            {versions.map((each) => (
              <VersionShown key={each.version} organisation={organisation} slug={slug} version={each} />
            ))}
          </>
        );
      }}
    </Shown>
  );
}

function VersionShown({ organisation, slug, version }: { organisation: string; slug: string; version: Version }) {
  const base = `/api/v1/packages/${encodeURIComponent(organisation)}/${encodeURIComponent(slug)}/versions/${version.version}`;
  const isPublic = version.state === "published" || version.state === "superseded";
  return (
    <section className="panel" aria-label={`Version ${version.version}`}>
      <div className="panel-head">
        <h2>Version {version.version}</h2>
        <span className={`badge ${version.state}`}>{version.state}</span>
      </div>
      <p className="words">{version.description}</p>
      <dl className="facts">
        <div>
          <dt>Licence</dt>
          <dd>{version.licence}</dd>
        </div>
        <div>
          <dt>Contributors</dt>
          <dd>{version.contributors.map((each) => each.name).join(", ") || "–"}</dd>
        </div>
        <div>
          <dt>Datasets</dt>
          <dd>{version.datasets.join(", ")}</dd>
        </div>
        {version.file_count == null ? null : (
          <div>
            <dt>Content</dt>
            <dd>
              {plural(version.file_count, "file")}, {bytes(version.size_bytes)}
            </dd>
          </div>
        )}
        {version.published_at ? (
          <div>
            <dt>Published</dt>
            <dd>
              <Time at={version.published_at} date />
            </dd>
          </div>
        ) : null}
        {isPublic ? (
          <div>
            <dt>Downloads</dt>
            <dd>{version.downloads}</dd>
          </div>
        ) : null}
      </dl>
      {version.withdrawn_reason ? <p className="words">Withdrawn: {version.withdrawn_reason}</p> : null}
      {isPublic ? (
        <div className="row">
          <a className="button first" href={`${base}/page`}>
            <ExternalLink size={16} aria-hidden="true" /> Landing page
          </a>
          <a className="button" href={`${base}/zip`} download>
            ZIP
          </a>
          <a className="button" href={`${base}/citation/bibtex`}>
            BibTeX
          </a>
          <Withdrawing organisation={organisation} slug={slug} version={version} />
          <CopyButton name="Copy as CLI" text={`uraniborg package download ${organisation}/${slug}`} />
        </div>
      ) : null}
      {version.state === "draft" ? <EditDraft organisation={organisation} slug={slug} version={version} /> : null}
      {version.state === "draft" ? <Publishing organisation={organisation} slug={slug} version={version} /> : null}
    </section>
  );
}

function Publishing({ organisation, slug, version }: { organisation: string; slug: string; version: Version }) {
  const publish = usePublish(organisation, slug);
  const sure = useRef<HTMLDialogElement>(null);
  const list: [boolean, boolean, string, string][] = [
    // fulfilled, needed, what, what else to do
    [version.title.trim().length > 4, true, "It has a title", "Give it one that a reader understands"],
    [version.datasets.length > 0, true, "It holds datasets", "Choose at least one"],
    [version.licence !== "", true, `Its licence says what readers may do: ${version.licence}`, "Choose a licence"],
    [version.contributors.length > 0, false, "It names who made it", "Without contributors it is cited by the organisation alone"],
    [version.description.trim().length > 20, false, "It says what is in it", "Readers find it by its description"],
    [version.keywords.length > 0, false, "It has keywords", "Keywords help searches"],
  ];
  const ready = list.every(([fulfilled, needed]) => fulfilled || !needed);
  return (
    <div>
      <h3>Before it is published</h3>
      <ul className="checklist">
        {list.map(([fulfilled, needed, what, otherwise]) => (
          <li key={what} className={fulfilled ? "done" : needed ? "needed" : "advised"}>
            {fulfilled ? <Check size={16} aria-label="done" /> : <CircleAlert size={16} aria-label={needed ? "needed" : "advised"} />}
            {fulfilled ? what : otherwise}
          </li>
        ))}
      </ul>
      {publish.error ? <Failed error={publish.error} /> : null}
      <button type="button" className="first" disabled={!ready || publish.isPending} onClick={() => sure.current?.showModal()}>
        {publish.isPending ? "Publishing …" : "Publish"}
      </button>
      <dialog ref={sure} aria-label="Publish">
        <h2>Publish version {version.version}?</h2>
        <p>Its files are frozen, and everybody can read them. It can be withdrawn, but a tombstone stays.</p>
        <form method="dialog" className="row">
          <button type="submit">Not yet</button>
          <button type="submit" className="first" onClick={() => publish.mutate(version.version)}>
            Publish for ever
          </button>
        </form>
      </dialog>
    </div>
  );
}

function Withdrawing({ organisation, slug, version }: { organisation: string; slug: string; version: Version }) {
  const withdraw = useWithdraw(organisation, slug);
  const sure = useRef<HTMLDialogElement>(null);

  function sent(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    sure.current?.close();
    withdraw.mutate({ version: version.version, reason: String(new FormData(event.currentTarget).get("reason")) });
  }

  return (
    <>
      <button type="button" disabled={withdraw.isPending} onClick={() => sure.current?.showModal()}>
        Withdraw
      </button>
      {withdraw.error ? <Failed error={withdraw.error} /> : null}
      <dialog ref={sure} aria-label="Withdraw">
        <h2>Withdraw version {version.version}?</h2>
        <p>Nobody downloads it any more. Its page stays, and tells the reason.</p>
        <form onSubmit={sent} className="entry-form">
          <label>
            Reason, for everybody to read
            <textarea name="reason" required rows={3} maxLength={2000} />
          </label>
          <div className="row">
            <button type="button" onClick={() => sure.current?.close()}>
              Leave it
            </button>
            <button type="submit">Withdraw for ever</button>
          </div>
        </form>
      </dialog>
    </>
  );
}
