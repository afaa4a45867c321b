// The settings: one's own first, then the organisation's.
import { Link, Outlet, useParams } from "@tanstack/react-router";
import "./settings.css";

const PAGES = [
  { to: "/$organisation/settings/profile", name: "Profile" },
  { to: "/$organisation/settings/tokens", name: "Tokens" },
  { to: "/$organisation/settings/members", name: "Members" },
  { to: "/$organisation/settings/equipment", name: "Equipment" },
  { to: "/$organisation/settings/agents", name: "Watch agents" },
  { to: "/$organisation/settings/webhooks", name: "Webhooks" },
  { to: "/$organisation/settings/portal", name: "Portal" },
  { to: "/$organisation/settings/closing", name: "Closing" },
] as const;

export default function SettingsPage() {
  const { organisation } = useParams({ from: "/inside/$organisation/settings" });
  return (
    <>
      <nav className="subnav" aria-label="Settings">
        {PAGES.map(({ to, name }) => (
          <Link key={to} to={to} params={{ organisation }}>
            {name}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
