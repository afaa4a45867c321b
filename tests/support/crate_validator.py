"""The RO-Crate validator (roc-validator), without a network: the one document it fetches is put into its cache."""

from __future__ import annotations

import io
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from rocrate_validator import models, services
from urllib3 import HTTPResponse

__all__ = ["crate_issues"]

CONTEXT = "https://w3id.org/ro/crate/1.2/context"


class _Shelf(HTTPAdapter):
    """Answers with the JSON-LD context, wherever it is asked for.

    The `rocrate` library ships that of RO-Crate 1.3, which defines the terms used here as 1.2 does.
    """

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        context = json.loads(files("rocrate").joinpath("data/ro-crate.jsonld").read_text())
        body = io.BytesIO(json.dumps({"@context": context["@context"]}).encode())
        headers = {"Content-Type": "application/ld+json"}
        return self.build_response(request, HTTPResponse(body, headers, 200, preload_content=False))


def _cache(folder: Path) -> Path:
    with CachedSession(cache_name=str(folder / "cache")) as session:
        session.mount("https://", _Shelf())
        session.get(CONTEXT)
    return folder / "cache"


def crate_issues(crate: Path, scratch: Path, *, severity: str = "REQUIRED") -> list[str]:
    """Validate an unpacked crate against RO-Crate 1.2; name what is wrong with it."""
    settings = models.ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier="ro-crate-1.2",
        requirement_severity=models.Severity[severity],
        offline=True,
        cache_path=_cache(scratch),
    )
    result = services.validate(settings)
    return [f"{issue.severity.name}: {issue.message} ({issue.violatingEntity})" for issue in result.get_issues()]
