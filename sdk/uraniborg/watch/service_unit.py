"""The agent as a service of the user, kept by systemd."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from uraniborg.errors import NotConfigured

__all__ = ["install", "uninstall", "unit_name", "unit_path", "unit_text"]

PASSED_ON = (
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
    "SSL_CERT_FILE",
    # Either way of writing them is heeded; where both are there, the lower-case one.
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("https_proxy", "http_proxy", "all_proxy", "no_proxy"),
)
# Only what a user's own systemd can enforce everywhere: what needs a namespace of its own (ProtectHome and the like)
# keeps a service from starting where users may make none.
UNIT = """\
# Written by `uraniborg watch --install`; `uraniborg watch --uninstall` removes it.
[Unit]
Description=Uraniborg watch agent {name}
Documentation=https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html
StartLimitIntervalSec=0

[Service]
ExecStart={command}
{environment}Restart=always
RestartSec=10
TimeoutStopSec=60
Nice=5
IOSchedulingClass=best-effort
IOSchedulingPriority=6
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
"""


def unit_name(name: str) -> str:
    """Name the service of an agent."""
    return f"uraniborg-watch-{name}.service"


def unit_path(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Find where a user's own services are described."""
    base = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "systemd" / "user" / unit_name(name)


def unit_text(name: str, words: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """Write the service's description.

    Parameters
    ----------
    words : sequence of str
        The command's, behind ``uraniborg watch``; paths are absolute.
    """
    command = " ".join(map(_quoted, [sys.executable, "-m", "uraniborg", "watch", *words]))
    passed = [f"Environment={_quoted(f'{key}={environment[key]}')}\n" for key in PASSED_ON if environment.get(key)]
    return UNIT.format(name=name.replace("%", "%%"), command=command, environment="".join(passed))


def install(name: str, words: Sequence[str]) -> list[str]:
    """Write, enable and start the service; returns what was done, and how to look.

    Raises
    ------
    NotConfigured
        There is no systemd for users here, or it refuses.
    """
    _need_systemd()
    path = unit_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(unit_text(name, words), encoding="utf-8")
    _systemctl("daemon-reload")
    _systemctl("enable", unit_name(name))
    _systemctl("restart", unit_name(name))
    return [
        f"Wrote {path}.",
        "It runs now, and whenever you are signed in on this computer.",
        "So that it also runs without you: sudo loginctl enable-linger $USER",
        "Look: uraniborg watch --status",
        f"Its words: journalctl --user -u {unit_name(name)} -f",
    ]


def uninstall(name: str) -> list[str]:
    """Stop the service and remove its description; its journal stays. Returns what was done.

    Raises
    ------
    NotConfigured
        There is no such service, or no systemd for users here.
    """
    path = unit_path(name)
    if not path.exists():
        raise NotConfigured(f"There is no {path}: nothing was installed under the name {name!r}.")
    _need_systemd()
    _systemctl("disable", "--now", unit_name(name))
    path.unlink()
    _systemctl("daemon-reload")
    return [f"Stopped {unit_name(name)} and removed {path}. What was sent stays known."]


def _need_systemd() -> None:
    if shutil.which("systemctl") is None or _run("is-system-running").stdout.strip() in ("", "offline", "unknown"):
        raise NotConfigured(
            "There is no systemd for users here: have `uraniborg watch FOLDER` started by what starts programs on this"
            " computer, such as cron (@reboot) or the Task Scheduler."
        )


def _systemctl(*words: str) -> None:
    done = _run(*words)
    if done.returncode:
        raise NotConfigured(f"systemctl --user {' '.join(words)} fails: {done.stderr.strip() or done.stdout.strip()}")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemctl", "--user", *words], capture_output=True, text=True, check=False, timeout=60)


def _quoted(word: str) -> str:
    """Write a word of a command line as systemd reads it.

    Source
    ------
    systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers".
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$").replace("\n", "\\n")
    return f'"{escaped}"'
