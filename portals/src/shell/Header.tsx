// The line above every page: where one is, the clock, the mode, and the way out.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import type { ReactNode } from "react";
import { useSignOut } from "../api/mutations";
import { meQuery } from "../api/queries";
import { Clock } from "../parts/times";
import { abandonUploads, isSending } from "../upload/queue";
import { ModeChoice } from "./ModeChoice";

export function Header({ name, children }: { name: string; children?: ReactNode }) {
  const me = useQuery(meQuery);
  const signOut = useSignOut();

  function leave() {
    if (isSending() && !window.confirm("Files are still being sent. Sign out, and send no more of them?")) return;
    signOut.mutate(undefined, {
      onSuccess: () => {
        abandonUploads();
        window.location.assign("/app/sign-in"); // as a page of its own: nothing of this one goes on
      },
    });
  }

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
        onClick={leave}
      >
        <LogOut size={18} aria-hidden="true" />
      </button>
    </header>
  );
}
