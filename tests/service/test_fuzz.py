"""Whatever is sent, the answer is one that the OpenAPI document tells of, and never a failure of the service.

``URANIBORG_FUZZ_EXAMPLES=200 URANIBORG_FUZZ_SEED=2 pytest tests/service/test_fuzz.py`` looks longer and elsewhere.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import random
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import pytest
import pytest_asyncio

from tests.support.api_examples import EXAMPLES, Estate, Example, settle
from tests.support.http_server import served
from tests.support.service import RunningService, running_service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("fuzz")]

QUICK_EXAMPLES = 6
"Cases that the fuzzer makes of each operation where nobody asks for more."
EXAMPLES_EACH = int(os.environ.get("URANIBORG_FUZZ_EXAMPLES", str(QUICK_EXAMPLES)))
SEED = int(os.environ.get("URANIBORG_FUZZ_SEED", "1"))
LONG = EXAMPLES_EACH > QUICK_EXAMPLES
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
    "unsupported_method",
]

# Values that break what was written for friendly ones; each is tried wherever a request holds one.
ODD: list[Any] = [
    "", "\x00", "a\x00b", "x" * 10_000, "é" * 64, "\u202e\u0301", "\ufffe\U0010ffff", "a\r\nx-evil: 1", "../../etc",
    "%", "\\", "%_\\", "'; DROP TABLE files --", "@", "NaN", "1e400", "-inf", "0001-01-01", "9999-12-31", "0000-00-00",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2026-03-14T22:00:00+25:00", "W10", "bnVsbA", "5b5d",
    "00000000-0000-0000-0000-000000000000", -1, 0, 2**31, 2**63, 2**64, 10**40, 1.5, 1e308, -1e308, 5e-324, True, None,
    [], {}, [[]], {"": {}},
]  # fmt: skip
ODD_EACH = len(ODD) if LONG else 4


class Target(msgspec.Struct):
    """A service on a socket, what it says of itself, and an organisation in it."""

    service: RunningService
    url: str
    document: dict[str, Any]
    estate: Estate

    def operations(self) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
        for template, item in self.document["paths"].items():
            for method, operation in item.items():
                yield operation["operationId"], method.upper(), template, operation


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    folder = tmp_path_factory.mktemp("fuzzed")
    async with running_service(folder, signup="open") as service, served(service.app) as url:
        document = (await service.anonymous.get("/api/v1/openapi.json")).json()
        yield Target(service, url, document, await settle(service))


def bindings(place: str, value: Any) -> Iterator[tuple[str, str | int | float]]:
    """Name each plain value of an example as the fuzzer's settings do: ``body.files[*].path``."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from bindings(f"{place}.{name}", inner)
    elif isinstance(value, list):
        for inner in value[:1]:
            yield from bindings(f"{place}[*]", inner)
    elif not isinstance(value, bool) and value is not None:
        yield place, value


def settings(target: Target) -> str:
    """Write the fuzzer's settings: mostly real identifiers in the path, now and then real values elsewhere."""
    quoted = json.dumps  # a JSON string or number is one of TOML too
    lines = [
        f"base-url = {quoted(target.url)}",
        "continue-on-failure = true",
        "request-timeout = 60",
        "warnings = false",
        "[headers]",
        f"Authorization = {quoted(f'Bearer {target.estate.owner.token}')}",
        "[generation]",
        f"max-examples = {EXAMPLES_EACH}",
        "database = 'none'",
    ]
    for phase in ("examples", "coverage", "fuzzing", "stateful"):
        lines += [f"[phases.{phase}]", f"enabled = {quoted(LONG or phase == 'fuzzing')}"]
    if not LONG:  # what replies hold differs from run to run: a quick run learns nothing from them
        lines += ["[phases.fuzzing.extra-data-sources]", "responses = false"]
        lines += ["[phases.fuzzing.error-feedback]", "enabled = false"]
    dictionaries: dict[str, str] = {}
    operations: list[str] = []
    for name in EXAMPLES:
        operations += ["[[operations]]", f"include-operation-id = {quoted(name)}"]
        if name == "follow_events":  # its reply goes on for ten minutes; it is tried below
            operations += ["enabled = false"]
            continue
        example = target.estate.example(name)
        if name == "close_organisation":  # its name once more would close it to all that follows
            example = msgspec.structs.replace(example, body={})
        operations += ["[operations.parameters]"]
        for place, value, share in (
            ("path", example.path, 0.9),
            ("query", example.query, 0.5),
            ("body", example.body, 0.3),
        ):
            for key, plain in bindings(place, value):
                dictionary = dictionaries.setdefault(quoted(plain), f"d{len(dictionaries)}")
                operations += [f"{quoted(key)} = {{ dictionary = {quoted(dictionary)}, probability = {share} }}"]
    for value, dictionary in dictionaries.items():
        lines += [f"[dictionaries.{dictionary}]", f"values = [{value}]"]
    return "\n".join(lines + operations) + "\n"


async def test_the_fuzzer_finds_no_failure_and_nothing_undocumented(target: Target, tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(settings(target))
    fuzzer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", f"{target.url}/api/v1/openapi.json",
        "--checks", ",".join(CHECKS), "--seed", str(SEED), "--no-color",
        "--suppress-health-check", "filter_too_much",  # of paths that a pattern forbids, most are thrown away
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await fuzzer.communicate()
    finally:
        if fuzzer.returncode is None:
            fuzzer.kill()
    report = said.decode(errors="replace")
    print(report)
    assert fuzzer.returncode == 0, report[-20_000:]
    count = len(list(target.operations())) - 1
    assert f"Tested: {count}" in report
    ready = await target.service.anonymous.get("/health/ready")
    assert ready.json() == {"status": "ready"}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place in a body where a value stands."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*at, key))


def replaced(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    """Put another value at a place of a body."""
    if not at:
        return value
    changed = copy.copy(body)
    changed[at[0]] = replaced(body[at[0]], at[1:], value)
    return changed


def odd_requests(target: Target, operation: dict[str, Any], example: Example) -> Iterator[tuple[str, Example]]:
    """Make requests that differ from the example in one place; tell which."""
    chance = random.Random(f"{SEED} {operation['operationId']}")
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        for odd in chance.sample(ODD, ODD_EACH):
            text = odd if isinstance(odd, str) else json.dumps(odd)
            if parameter["in"] == "path" and text:  # without a member it is another address
                path = example.path | {name: quote(text, safe="")}
                yield f"path {name} = {odd!r:.60}", msgspec.structs.replace(example, path=path)
            elif parameter["in"] == "query":
                yield f"{name} = {odd!r:.60}", msgspec.structs.replace(example, query=example.query | {name: text})
    if example.body is None:
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    schema = schema.get("oneOf", [schema])[0]  # a body that may be left out
    members = target.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    for at in places(dict.fromkeys(members) | example.body):
        base = example.body if not at or at[0] in example.body else example.body | {at[0]: None}
        for odd in chance.sample(ODD, ODD_EACH):
            yield f"body {at} = {odd!r:.60}", msgspec.structs.replace(example, body=replaced(base, at, odd))


@pytest.mark.parametrize("operation_id", EXAMPLES)
async def test_an_odd_value_anywhere_is_answered_as_documented(target: Target, operation_id: str) -> None:
    client = target.estate.owner.client
    method, template, operation = next(rest for name, *rest in target.operations() if name == operation_id)
    example = target.estate.example(operation_id)
    wrong = {}
    for said, odd in odd_requests(target, operation, example):
        request = odd.request(client, method, template)
        if operation_id == "follow_events" and "path" not in said:
            reply = await begun(target, request)
        else:
            reply = await client.send(request)
        documented = operation["responses"].get(str(reply.status_code))
        if documented is None or reply.status_code >= 500:
            wrong[said] = f"{reply.status_code} {reply.text[:300]}"
        elif reply.content and method != "HEAD":
            media_type = reply.headers["content-type"].partition(";")[0]
            if media_type not in documented.get("content", {}):
                wrong[said] = f"{reply.status_code} as {media_type}"
    assert wrong == {}


async def begun(target: Target, request: httpx.Request) -> httpx.Response:
    """Send a request whose reply may go on and on; return what it begins with."""
    url = httpx.URL(target.url).copy_with(raw_path=request.url.raw_path)
    async with httpx.AsyncClient(timeout=60) as client, client.stream("GET", url, headers=request.headers) as reply:
        if reply.status_code >= 400:
            await reply.aread()
            return reply
        return httpx.Response(
            reply.status_code, headers={"content-type": reply.headers["content-type"]}, content=b"..."
        )
