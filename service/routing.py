"""How operations are declared and routed: scope, summary, problems, for the guard and the OpenAPI document alike."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from litestar import Router
from litestar.handlers import HTTPRouteHandler, delete, get, patch, post, put
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ControllerRouterHandler

from service.bodies import read_body, read_body_if_any
from service.errors import problem_responses
from service.scopes import LINK, PUBLIC, SCOPES

__all__ = ["Operations", "operation"]

DECORATORS: dict[str, Any] = {"GET": get, "POST": post, "PUT": put, "PATCH": patch, "DELETE": delete}
DEFAULT_STATUS = {"GET": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}


def operation(
    method: str, path: str, *, scope: str, problems: tuple[int, ...] = (), status: int | None = None, **more: Any
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """Declare one operation of the API.

    The function's name becomes the operation id, its docstring's first line the summary and the rest the description.

    Parameters
    ----------
    method, path : str
        As HTTP has them; the path is below ``/api/v1``. A parameter ``data`` is read from a body of JSON.
    scope : str
        The scope it needs; or ``public``, or ``link`` for whoever holds a link.
    problems : tuple of int
        Statuses it answers besides those every operation can (400, 401, 403, 404, 503, as its scope has it).
    """
    if scope not in (PUBLIC, LINK) and scope not in SCOPES:
        raise KeyError(scope)
    statuses = {400, 503, *problems} | ({401, 403, 404} if scope != PUBLIC else set())
    if "{" in path:
        statuses.add(404)
    if method != "GET":
        statuses |= {402, 409, 413}

    def decorate(function: Callable[..., Any]) -> HTTPRouteHandler:
        summary, _, description = (function.__doc__ or "").strip().partition("\n")
        if not summary:
            raise ValueError(f"{function.__name__} has no summary")
        if (body := inspect.signature(function).parameters.get("data")) is not None:
            statuses.add(415)
            more["before_request"] = read_body if body.default is body.empty else read_body_if_any
        decorator = DECORATORS[method](
            path,
            operation_id=function.__name__,
            summary=summary.rstrip("."),
            description=inspect.cleandoc(description) or None,
            opt={"scope": scope, **more.pop("opt", {})},
            responses=problem_responses(list(statuses)) | more.pop("responses", {}),
            security={PUBLIC: [{}], LINK: [{"link": []}]}.get(scope, [{"token": [scope]}, {"session": []}]),
            status_code=status or DEFAULT_STATUS[method],
            **more,
        )
        handler: HTTPRouteHandler = decorator(function)
        return handler

    return decorate


class Operations(Router):
    """A router whose answer to OPTIONS names every method of a path.

    Litestar makes that answer with a path's first handler and keeps it when others follow.
    """

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        routes = super().register(value)
        for index, route in enumerate(routes):
            if isinstance(route, HTTPRoute):
                ours = [handler for handler in route.route_handlers if handler.http_methods != {"OPTIONS"}]
                whole = HTTPRoute(path=route.path, route_handlers=ours)
                self.routes[self.routes.index(route)] = routes[index] = whole
        return routes
