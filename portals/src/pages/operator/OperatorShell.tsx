// The frame around the operator's pages: the service as a whole, and no organisation's.
import { Link, Outlet } from "@tanstack/react-router";
import { Building2, HeartPulse, ListChecks } from "lucide-react";
import { Header } from "../../shell/Header";
import "./operator.css";

const PLACES = [
  { to: "/-/health", name: "Health", icon: HeartPulse },
  { to: "/-/jobs", name: "Jobs", icon: ListChecks },
  { to: "/-/organisations", name: "Organisations", icon: Building2 },
] as const;

export default function OperatorShell() {
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Header name="The service">
        <span className="grow" />
      </Header>
      <nav aria-label="Pages">
        {PLACES.map(({ to, name, icon: Icon }) => (
          <Link key={to} to={to}>
            <Icon size={18} aria-hidden="true" />
            <span>{name}</span>
          </Link>
        ))}
      </nav>
      <main id="main" tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}
