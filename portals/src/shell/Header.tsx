// The line above every page: where one is, the clock, the mode, and the way out.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import type { ReactNode } from "react";
import { useSignOut } from "../api/mutations";
import { meQuery } from "../api/queries";
import { Clock } from "../parts/times";
import { ModeChoice } from "./ModeChoice";

export function Header({ name, children }: { name: string; children?: ReactNode }) {
  const me = useQuery(meQuery);
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <header>
      <Link
        to="/organisations"
        className="brand"
        aria-label={`${name}: choose another organisation`}
        title="Choose another organisation"
      >
        <img src="/app/icon.svg" alt="" width="24" height="24" />
        <span>{name}</span>
      </Link>
      {children}
      <Clock />
      <ModeChoice />
      <button
        type="button"
        className="quiet"
        title={`Sign ${me.data?.name ?? ""} out`}
        aria-label="Sign out"
        onClick={() => signOut.mutate(undefined, { onSuccess: () => void navigate({ to: "/sign-in", search: {} }) })}
      >
        <LogOut size={18} aria-hidden="true" />
      </button>
    </header>
  );
}
