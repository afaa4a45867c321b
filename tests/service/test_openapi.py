"""The OpenAPI document describes every operation completely, and every error leaves as a problem document."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import jsonschema_rs
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from schemathesis.specs.openapi.definitions import OPENAPI_31

from domain.errors import ClientFault, ObservatoryError
from service.app import API_BODY_BYTES, create_app
from service.config import Config, load_config
from service.errors import PROBLEM_JSON, STATUS
from service.house import House
from service.scopes import LINK, PUBLIC, SCOPES
from storage.database import Database
from tests.support.service import RunningService

METHODS = {"get", "put", "post", "delete", "patch", "head"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def app() -> Litestar:
    return create_app(load_config({}))


@pytest.fixture(scope="module")
def document(app: Litestar) -> Json:
    return app.openapi_schema.to_schema()


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for template, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS, (template, method)
            yield method, template, operation


def everything(node: Any) -> Iterator[Json]:
    """Visit every object of a document."""
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from everything(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from everything(inner)


# --- the document


def test_the_document_is_valid_openapi_3_1(document: Json) -> None:
    # The specification's own schema, as published by the OpenAPI Initiative; schemathesis carries a copy.
    errors = list(jsonschema_rs.Draft202012Validator(OPENAPI_31).iter_errors(document))
    assert [(error.message, list(error.instance_path)) for error in errors] == []
    for name, schema in document["components"]["schemas"].items():
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name), name
    for node in everything(document):
        if "$ref" in node:
            *_, kind, name = node["$ref"].split("/")
            assert name in document["components"][kind], node["$ref"]


async def test_the_document_that_is_served_is_this_one(service: RunningService, document: Json) -> None:
    served = await service.anonymous.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json() == document
    assert (await service.anonymous.get("/api/v1/docs")).status_code == 200


def test_no_schema_is_unknown(document: Json) -> None:
    """An empty schema says that anything may stand there, which a client's types cannot use."""
    loose = {"header", "payload"}  # what headers and events hold is not ours to say
    for name, schema in document["components"]["schemas"].items():
        for property_name, inner in schema.get("properties", {}).items():
            assert inner or property_name in loose, f"{name}.{property_name}"


def test_operations_are_named_told_and_sorted(document: Json) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert all(tags.values())
    used = set()
    for _, template, operation in operations(document):
        name = operation["operationId"]
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name), name
        assert 3 <= len(operation["summary"]) <= 120, name
        assert not operation["summary"].endswith("."), name
        assert "\n    " not in operation.get("description", ""), f"{name}: the code's indentation shows"
        assert len(operation["tags"]) == 1, name
        assert set(operation["tags"]) <= tags.keys(), name
        used |= set(operation["tags"])
        assert template.startswith("/api/v1/"), name
    assert used == tags.keys()


def handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.resolve_include_in_schema():
                yield handler


def test_the_document_says_what_the_guard_asks_for(app: Litestar, document: Json) -> None:
    assert document["security"] == [{"token": []}, {"session": []}]
    assert document["components"]["securitySchemes"].keys() == {"token", "session", "link"}
    security = {op["operationId"]: op.get("security") for _, _, op in operations(document)}
    scopes = {cast(str, handler.operation_id): handler.opt.get("scope") for handler in handlers(app)}
    scopes = {name: scope for name, scope in scopes.items() if name in security}
    assert scopes.keys() == security.keys()
    for name, scope in scopes.items():
        others = {PUBLIC: [{}], LINK: [{"link": []}]}
        assert security[name] == others.get(scope, [{"token": [scope]}, {"session": []}]), name
        assert scope in others or scope in SCOPES, name
    assert set(scopes.values()) - {PUBLIC, LINK} == SCOPES.keys(), "a scope that nothing asks for"


def test_parameters_are_typed_and_fill_their_path(document: Json) -> None:
    for _, template, operation in operations(document):
        name = operation["operationId"]
        parameters = operation.get("parameters", [])
        assert len({(p["in"], p["name"]) for p in parameters}) == len(parameters), name
        inside = {p["name"] for p in parameters if p["in"] == "path"}
        assert inside == set(re.findall(r"\{(\w+)\}", template)), name
        for parameter in parameters:
            said = (name, parameter["name"])
            schema = parameter["schema"]
            assert {"type", "oneOf", "anyOf", "enum", "$ref"} & schema.keys(), said
            if parameter["in"] == "path":
                assert parameter["required"] is True, said
                assert schema["type"] in ("string", "integer"), said
                assert schema.get("format") != "uri", said
                if parameter["name"].endswith("_id"):
                    assert schema.get("format") == "uuid", said


def test_every_operation_tells_its_problems(document: Json) -> None:
    for _, template, operation in operations(document):
        name, responses = operation["operationId"], operation["responses"]
        problems = {int(status): reply for status, reply in responses.items() if int(status) >= 400}
        assert len(problems) < len(responses), f"{name} tells no success"
        expected = {400, 503}
        if operation.get("security") != [{}]:
            expected |= {401, 403, 404}
        if "{" in template:
            expected.add(404)
        if "requestBody" in operation:
            expected |= {413, 415}
            assert operation["requestBody"]["content"].keys() == {"application/json"}, name
        assert expected <= problems.keys(), name
        for status, reply in problems.items():
            assert reply["content"].keys() == {PROBLEM_JSON}, (name, status)
            assert reply["content"][PROBLEM_JSON]["schema"] == {"$ref": "#/components/schemas/ProblemDocument"}
            assert reply["description"], (name, status)


# --- the errors


def faults(kind: type[ObservatoryError]) -> Iterator[type[ObservatoryError]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from faults(inner)


def test_every_error_has_a_code_of_its_own(app: Litestar) -> None:
    """Importing the application brings in every class there is."""
    kinds = [kind for kind in faults(ObservatoryError) if not kind.__module__.startswith("tests")]
    assert len([kind for kind in kinds if issubclass(kind, ClientFault)]) > 20
    for kind in kinds:
        assert "code" in vars(kind), f"{kind.__name__} has the code of its parent"
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", kind.code), kind
        assert "title" in vars(kind), kind
        assert re.fullmatch(r"[A-Z][^.]{3,60}", kind.title), kind
    for said in ("code", "title"):
        values = [vars(kind)[said] for kind in kinds]
        assert len(values) == len(set(values)), said
    for kind, status in STATUS.items():
        assert (400 <= status < 500) == issubclass(kind, ClientFault), kind


def check_problem(reply: httpx.Response, status: int, code: str) -> Json:
    assert (reply.status_code, reply.headers["content-type"]) == (status, PROBLEM_JSON), reply.text
    problem: Json = reply.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{code}", status)
    assert re.fullmatch(r"[A-Z].*\.", problem["detail"], re.DOTALL), problem["detail"]
    assert "Traceback" not in reply.text
    return problem


JSON = {"content-type": "application/json"}
LOGIN = b'{"email": "tycho@hven.example", "password": "none of these"}'


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "code"),
    [
        ("GET", "/nowhere", {}, 404, "not-found"),
        ("GET", "/api/v1/nowhere", {}, 404, "not-found"),
        ("GET", "/api/v1/nowhere.json", {}, 404, "not-found"),
        ("GET", "/api/v2/me", {}, 404, "not-found"),
        ("GET", "/api/v1/organisations/a%2Fb", {}, 404, "not-found"),
        ("GET", "/api/v1/organisations/a/files/no-uuid", {}, 404, "not-found"),
        ("PUT", "/api/v1/me", {}, 405, "no-such-method"),
        ("TRACE", "/api/v1/session", {}, 405, "no-such-method"),
        ("DELETE", "/objects/a", {}, 405, "no-such-method"),
        ("GET", "/objects/a", {}, 403, "not-allowed"),
        ("GET", "/objects/../../etc/passwd", {}, 404, "not-found"),
        ("GET", "/api/v1/me", {}, 401, "not-signed-in"),
        ("GET", "/api/v1/me", {"headers": {"authorization": b"Bearer \xff\xfe"}}, 401, "not-signed-in"),
        ("GET", "/api/v1/me", {"headers": {"authorization": "Basic dDp0"}}, 401, "not-signed-in"),
        ("GET", "/api/v1/me", {"headers": {"cookie": b"uraniborg_session=\xff; ;=;"}}, 401, "not-signed-in"),
        ("POST", "/api/v1/session", {"content": LOGIN, "headers": JSON}, 401, "not-signed-in"),
        ("POST", "/api/v1/session", {}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b"{", "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b"null", "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b"[1]", "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b'{"email": 1}', "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b'{"a": "\xff"}', "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b'{"a": "\\ud800"}', "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b'{"a": 1e999}', "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b"[" * 100_000, "headers": JSON}, 400, "invalid-input"),
        ("POST", "/api/v1/session", {"content": b" " * (API_BODY_BYTES + 1), "headers": JSON}, 413, "too-large"),
        ("POST", "/api/v1/session", {"content": LOGIN, "headers": {"content-type": "text/plain"}}, 415,
         "unsupported-media-type"),
        ("POST", "/api/v1/session", {"data": {"email": "a@b.example", "password": "x"}}, 415,
         "unsupported-media-type"),
        ("POST", "/api/v1/session", {"files": {"email": b"a@b.example"}}, 415, "unsupported-media-type"),
        ("POST", "/api/v1/accounts", {"content": LOGIN, "headers": JSON | {"idempotency-key": "\x7f"}}, 400,
         "invalid-input"),
        ("GET", "/api/v1/packages/a/b/versions/99999999999999999999999", {}, 400, "invalid-input"),
        ("GET", "/api/v1/packages/%00/%FF", {}, 400, "invalid-input"),
    ],
)  # fmt: skip
async def test_a_refusal_is_a_problem_document(
    service: RunningService, method: str, path: str, request_: Json, status: int, code: str
) -> None:
    reply = await service.anonymous.request(method, path, **request_)
    problem = check_problem(reply, status, code)
    if status == 401:
        assert reply.headers["www-authenticate"].startswith("Bearer")
    if status == 405:
        assert all(allowed in problem["detail"] for allowed in reply.headers["allow"].split(", "))


async def test_wrong_parameters_are_told_by_name(service: RunningService) -> None:
    person = await service.person()
    slug = await service.organisation(person)
    reply = await person.client.get(f"/api/v1/organisations/{slug}/files", params={"limit": "many"})
    problem = check_problem(reply, 400, "invalid-input")
    assert [(error["key"], error["source"]) for error in problem["errors"]] == [("limit", "query")]
    assert "limit" in problem["detail"]
    reply = await person.client.post("/api/v1/organisations", json={"name": 5})
    assert [error["key"] for error in check_problem(reply, 400, "invalid-input")["errors"]] == ["name"]


async def test_what_a_client_says_does_not_become_headers_of_the_reply(service: RunningService) -> None:
    for given in ("a b", "a,b", "x" * 65, "é", ""):
        reply = await service.anonymous.get("/health/live", headers={"x-request-id": given.encode("latin-1")})
        assert re.fullmatch(r"[0-9a-f]{16}", reply.headers["x-request-id"]), given
    reply = await service.anonymous.get("/health/live", headers={"x-request-id": "trace-1.b_2"})
    assert reply.headers.get_list("x-request-id") == ["trace-1.b_2"]


class Crashing(Database):
    """A database with a defect: no error of ours, none of the driver's."""

    def transaction(self, **_: Any) -> Any:
        raise ZeroDivisionError("a secret that stands in the defect's message")


@asynccontextmanager
async def app_with(folder: Path, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """Run an application whose house has this database and no objects."""

    @asynccontextmanager
    async def broken_house(config: Config) -> AsyncIterator[House]:
        yield House(config, database, cast(Any, None))

    app = create_app(load_config({}, data_dir=folder, worker=False), opener=broken_house)
    async with app.lifespan():
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client
    await database.close()


async def test_a_crash_is_a_problem_document_that_tells_nothing_of_itself(tmp_path: Path) -> None:
    # Nothing connects before it is asked to; nobody listens on port 1.
    async with app_with(tmp_path, Crashing("postgresql://127.0.0.1:1/nothing")) as client:
        for path in ("/api/v1/me", "/api/v1/organisations/a/sites", "/health/ready"):
            reply = await client.get(path, headers={"authorization": "Bearer anything", "x-request-id": "crash-1"})
            problem = check_problem(reply, 500, "our-fault")
            assert (problem["request_id"], reply.headers["x-request-id"]) == ("crash-1", "crash-1")
            assert "secret" not in reply.text
            assert "ZeroDivision" not in reply.text


async def test_a_database_that_is_away_is_told_as_that(tmp_path: Path) -> None:
    async with app_with(tmp_path, Database("postgresql://127.0.0.1:1/nothing")) as client:
        reply = await client.get("/api/v1/me", headers={"authorization": "Bearer anything"})
        check_problem(reply, 503, "store-unavailable")
        assert int(reply.headers["retry-after"]) > 0
        assert "127.0.0.1" not in reply.text
        check_problem(await client.get("/health/ready"), 503, "store-unavailable")
        assert (await client.get("/health/live")).status_code == 200


async def test_every_path_tells_all_its_methods(service: RunningService, document: Json) -> None:
    for template, item in document["paths"].items():
        path = re.sub(r"\{\w+\}", "1", re.sub(r"\{\w+_id\}", "01a200ff-c0aa-7bcb-867d-7b05dd382bd7", template))
        expected = {method.upper() for method in item} | {"OPTIONS"}
        asked = await service.anonymous.options(path)
        assert asked.status_code == 204
        refused = await service.anonymous.request("PROPFIND", path)
        assert refused.status_code == 405
        for reply in (asked, refused):
            assert set(reply.headers["allow"].split(", ")) == expected, (template, reply.status_code)
