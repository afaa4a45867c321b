"""The generated code is what the service's document says, and the generator copes with what documents hold."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from service.app import create_app
from service.config import load_config
from tests.conftest import ROOT

SDK = ROOT / "sdk"


def test_generated_code_is_what_the_service_says_now() -> None:
    document = json.loads(json.dumps(create_app(load_config({})).openapi_schema.to_schema()))
    generate = load_generator().generate
    written = {name: (SDK / "uraniborg" / "_generated" / name).read_text() for name in generate(document)}
    assert generate(document) == written, "the API changed: run python sdk/generate.py"


def test_generator_notices_drift(tmp_path: Path) -> None:
    document = json.loads(json.dumps(create_app(load_config({})).openapi_schema.to_schema()))
    document["paths"]["/api/v1/me"]["get"]["operationId"] = "who_else"
    changed = tmp_path / "openapi.json"
    changed.write_text(json.dumps(document))
    done = subprocess.run(
        [sys.executable, str(SDK / "generate.py"), "--check", "--document", str(changed)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "operations.py" in done.stderr


def load_generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", SDK / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generator_copes_with_what_documents_hold() -> None:
    document = {
        "paths": {
            "/things/{thing}": {
                "put": {
                    "operationId": "set_thing",
                    "summary": "Set a thing",
                    "security": [{"token": ["things:write"]}, {"session": []}],
                    "parameters": [
                        {"name": "thing", "in": "path", "required": True, "schema": {"type": "string"}},
                        {"name": "If-Match", "in": "header", "schema": {"type": ["null", "string"]}},
                        {"name": "kind", "in": "query", "schema": {"enum": ["a", None], "type": ["null", "string"]}},
                    ],
                    "requestBody": {
                        "content": {"application/json": {"schema": {"oneOf": [
                            {"$ref": "#/components/schemas/x_Thing"}, {"type": "null"}]}}}
                    },
                    "responses": {"200": {"content": {"application/json": {
                        "schema": {"$ref": "#/components/schemas/Page_x.Thing_"}}}}},
                }
            }
        },
        "components": {
            "schemas": {
                "x_Thing": {
                    "title": "Thing",
                    "required": ["at"],
                    "properties": {
                        "at": {"type": "string", "format": "date-time"},
                        "pair": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "integer"}]},
                        "note": {"oneOf": [{"type": "string"}, {"type": "null"}], "description": 'Any "text".'},
                    },
                },
                "Page_x.Thing_": {
                    "title": "Page[Thing]",
                    "properties": {"items": {"type": "array", "items": {"$ref": "#/components/schemas/x_Thing"}}},
                },
            }
        },
    }  # fmt: skip
    texts = load_generator().generate(document)
    assert "class ThingPage(Struct, kw_only=True):\n    items: list[Thing] = []" in texts["wire.py"]
    assert "pair: tuple[float, int] | UnsetType = UNSET" in texts["wire.py"]
    assert "note: str | UnsetType | None = UNSET" in texts["wire.py"]
    assert 'Parameter(name="if_match", sent_as="If-Match", place="header", kind=str)' in texts["operations.py"]
    assert 'scope="things:write"' in texts["operations.py"]
    assert "body_required" not in texts["operations.py"]
    assert "at: datetime | str | UnsetType = UNSET" in texts["methods.py"]
    for text in texts.values():
        compile(text, "generated", "exec")
