"""Where an organisation's public pages are: below the service's address, or on a host of the organisation's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from service.config import Config

__all__ = [
    "OWN_HOST",
    "PortalAddress",
    "came_by",
    "canonical_address",
    "host_address",
    "logo_path",
    "own_address",
    "service_address",
]

OWN_HOST = "own_host"
"Under which name a request's state holds the host by which it came, where that is an organisation's own."


class PortalAddress(msgspec.Struct, frozen=True):
    """Addresses of an organisation's pages. ``base`` is absolute, ``path`` the same on its host; neither ends in /."""

    base: str
    path: str
    packages: str
    "What stands in front of a package's name."
    page: str
    "What stands behind a version of it."

    @property
    def home(self) -> str:
        return self.base if self.path else f"{self.base}/"

    def landing(self, package: str, version: int) -> str:
        """Give the address of a version's page for people."""
        return f"{self.packages}/{package}/versions/{version}{self.page}"


def logo_path(changed_at: datetime) -> str:
    """Name where the logo is had, below the portal; another logo has another address, so that browsers may keep it."""
    return f"/logo/{changed_at.astimezone(UTC):%Y%m%d%H%M%S%f}"


def service_address(config: Config, organisation: str) -> PortalAddress:
    """Give the address below the service's."""
    path = f"/o/{organisation}"
    return PortalAddress(config.base_url + path, path, f"{config.base_url}/api/v1/packages/{organisation}", "/page")


def host_address(config: Config, host: str) -> str:
    """Give the address of a host that leads here: by the scheme and port by which the service itself is reached."""
    ours = urlsplit(config.base_url)
    return f"{ours.scheme}://{host}{f':{ours.port}' if ours.port else ''}"


def own_address(config: Config, host: str) -> PortalAddress:
    """Give the address on an organisation's own host."""
    base = host_address(config, host)
    return PortalAddress(base, "", f"{base}/packages", "")


def canonical_address(config: Config, organisation: str, host: str | None) -> PortalAddress:
    """Give the one address of those that lead to an organisation's pages: on its own host, where it has one."""
    return own_address(config, host) if host else service_address(config, organisation)


def came_by(state: Any) -> str | None:
    """Tell by which of the organisations' own hosts a request came, from its state; None: by the service's."""
    host: str | None = state.get(OWN_HOST)
    return host
