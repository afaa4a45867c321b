// Where one can go in an organisation. What is wanted at the telescope stands first, and alone fits a phone's bar.
import {
  Archive,
  CalendarDays,
  FolderLock,
  HardDrive,
  Images,
  Link2,
  MoonStar,
  Package,
  Settings,
  Upload,
  Users,
} from "lucide-react";

export const PLACES = [
  { to: "/$organisation/tonight", name: "Tonight", icon: MoonStar, key: "t", first: true },
  { to: "/$organisation/nights", name: "Nights", icon: CalendarDays, key: "n", first: true },
  { to: "/$organisation/frames", name: "Frames", icon: Images, key: "f", first: true },
  { to: "/$organisation/datasets", name: "Datasets", icon: Archive, key: "d", first: false },
  { to: "/$organisation/packages", name: "Packages", icon: Package, key: "p", first: false },
  { to: "/$organisation/upload", name: "Upload", icon: Upload, key: "u", first: true },
  { to: "/$organisation/links", name: "Links", icon: Link2, key: "l", first: false },
  { to: "/$organisation/teams", name: "Teams", icon: Users, key: "m", first: false },
  { to: "/$organisation/me", name: "Your files", icon: FolderLock, key: "y", first: false },
  { to: "/$organisation/storage", name: "Storage", icon: HardDrive, key: "b", first: false },
  { to: "/$organisation/settings", name: "Settings", icon: Settings, key: "s", first: false },
] as const;
