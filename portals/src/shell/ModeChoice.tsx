// Light, dark, or red for the dome at night.
import { Moon, Sun, Telescope } from "lucide-react";
import { useSyncExternalStore } from "react";
import { currentMode, type Mode, MODES, onMode, setMode } from "../parts/settings";

const ICONS = { light: Sun, dark: Moon, red: Telescope };
const NAMES: Record<Mode, string> = { light: "Light", dark: "Dark", red: "Red: keeps the eyes used to the dark" };

export function ModeChoice() {
  const mode = useSyncExternalStore(onMode, currentMode);
  return (
    <div className="modes" role="group" aria-label="Mode">
      {MODES.map((each) => {
        const Icon = ICONS[each];
        return (
          <button
            key={each}
            type="button"
            aria-pressed={mode === each}
            aria-label={NAMES[each]}
            title={NAMES[each]}
            onClick={() => setMode(each)}
          >
            <Icon size={16} aria-hidden="true" />
          </button>
        );
      })}
    </div>
  );
}
