// A way to a folder, or the trash, of a team's files; or of one's own, which have a page of their own.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { OWN_FILES } from "../../api/teams";

type FilesLinkProps = {
  organisation: string;
  team: string;
  search: { folder?: string; trash?: true };
  className?: string;
  children: ReactNode;
};

export function FilesLink({ organisation, team, search, className, children }: FilesLinkProps) {
  return team === OWN_FILES ? (
    <Link to="/$organisation/me" params={{ organisation }} search={search} className={className}>
      {children}
    </Link>
  ) : (
    <Link to="/$organisation/teams/$team" params={{ organisation, team }} search={search} className={className}>
      {children}
    </Link>
  );
}
