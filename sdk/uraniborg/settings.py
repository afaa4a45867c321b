"""Where the service is, who asks and for which organisation: read from arguments, environment and one file."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from uraniborg.errors import NotConfigured

__all__ = [
    "DEFAULT_URL",
    "Settings",
    "cache_folder",
    "config_path",
    "forget_token",
    "load_settings",
    "save_settings",
    "state_folder",
]

DEFAULT_URL = "http://127.0.0.1:8000"


class Settings(msgspec.Struct, kw_only=True):
    """What a client needs to know; empty strings where nothing is known."""

    url: str = DEFAULT_URL
    token: str = ""
    organisation: str = ""


def config_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Tell where the settings are kept: ``~/.config/uraniborg/config.toml``, by XDG_CONFIG_HOME."""
    base = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "uraniborg" / "config.toml"


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Tell where what can be made anew is kept: ``~/.cache/uraniborg``, by XDG_CACHE_HOME."""
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uraniborg"


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Tell where what must not be lost is kept: ``~/.local/state/uraniborg``, by XDG_STATE_HOME."""
    return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "uraniborg"


def load_settings(
    url: str | None = None, token: str | None = None, *, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read the settings: arguments, then ``URANIBORG_*``, then the file.

    A token of the file is only ever used for the address it was made at.

    Raises
    ------
    NotConfigured
        The address is none, or the file cannot be read.
    """
    kept = _read(config_path(environment))
    chosen = url or environment.get("URANIBORG_URL") or kept.url
    chosen = _checked_url(chosen)
    token = token or environment.get("URANIBORG_TOKEN") or ""
    same_service = chosen == kept.url.rstrip("/")
    if not token and same_service:
        token = kept.token
    organisation = environment.get("URANIBORG_ORGANISATION") or (kept.organisation if same_service else "")
    return Settings(url=chosen, token=token.strip(), organisation=organisation)


def save_settings(settings: Settings, *, environment: Mapping[str, str] = os.environ) -> Path:
    """Write the settings, readable by their owner only; returns where."""
    path = config_path(environment)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in msgspec.structs.asdict(settings).items()
        if value
    ]
    descriptor, draft = tempfile.mkstemp(prefix=".config-", dir=path.parent)  # mode 0600 from its first byte
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        Path(draft).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(draft).unlink()
        raise
    return path


def forget_token(*, environment: Mapping[str, str] = os.environ) -> bool:
    """Remove the token from the file; tell whether there was one."""
    path = config_path(environment)
    kept = _read(path)
    if not kept.token:
        return False
    kept.token = ""
    save_settings(kept, environment=environment)
    return True


def _read(path: Path) -> Settings:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(values, Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise NotConfigured(
            f"The settings in {path} cannot be read ({error}): mend or remove the file, then `uraniborg login`."
        ) from error


def _checked_url(url: str) -> str:
    url = url.strip().rstrip("/")
    if "://" not in url:
        is_here = url.partition(":")[0] in ("localhost", "127.0.0.1")
        url = f"{'http' if is_here else 'https'}://{url}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotConfigured(f"{url!r} is no address of a service: give one such as https://data.example.org.")
    return parts.geturl()
