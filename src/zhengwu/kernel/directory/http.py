"""How the API knows who asks: a bearer token of another system, or the session of a signed-in person."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from zhengwu.kernel.directory.actor import ANONYMOUS, Actor, request_actor
from zhengwu.kernel.directory.roles import Role
from zhengwu.kernel.directory.services.repeat import once
from zhengwu.kernel.directory.services.tokens import actor_of_token
from zhengwu.kernel.ledger.api import latest_seal, seal
from zhengwu.lib.problem import Conflict, Denied, Problem


class _Bearer(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return actor_of_token(token)


def _session(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    if request.method not in ("GET", "HEAD", "OPTIONS") and (refused := check_csrf(request)):
        raise Denied("csrf", "请求来源校验失败，请刷新页面后重试", f"CSRF check failed ({refused.status_code})")
    return request_actor(request)


def _anyone(request: HttpRequest) -> Actor:
    return ANONYMOUS


signed_in: list[Callable[..., Any]] = [_Bearer(), _session]
"""Ninja ``auth=``: somebody must be known."""

anyone: list[Callable[..., Any]] = [_Bearer(), _session, _anyone]
"""Ninja ``auth=``: the public too; ``actor(request)`` is ANONYMOUS then."""


def actor(request: HttpRequest, scope: str = "read") -> Actor:
    """The actor of an API request; a token without ``scope`` is refused with 403."""
    found: Actor = request.auth  # type: ignore[attr-defined]
    if found.scopes is not None and scope not in found.scopes:
        raise Denied("scope-needed", f"令牌缺少权限：{scope}", f"the token lacks the scope '{scope}'")
    return found


def answer_once(request: HttpRequest, who: Actor, run: Callable[[], tuple[int, bytes]]) -> HttpResponse:
    """Carries out a POST under its Idempotency-Key (required of tokens, optional for a signed-in person's page)."""
    key = request.headers.get("Idempotency-Key", "")
    if not key and who.scopes is not None:
        raise Problem(
            "idempotency-key-missing",
            "缺少 Idempotency-Key 请求头",
            "the Idempotency-Key header is required",
            field="Idempotency-Key",
        )
    status, body = once(
        account_id=who.account_id,
        key=key,
        target=f"{request.method} {request.path}",
        body=request.body if "multipart" not in (request.content_type or "") else b"",
        run=run,
    )
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


router = Router(tags=["seals"])


@router.post("seals", auth=signed_in, response={201: dict[str, Any]}, summary="Seal now, besides the daily seal")
def seal_now(request: HttpRequest) -> HttpResponse:
    """For the auditor. 201 with the new seal's number and root; the latest one again when nothing is new."""
    who = actor(request)
    if not who.has_role(Role.AUDITOR):
        raise Denied("role-needed", "封存由审计管理员操作", "only the auditor seals")

    made = seal() or latest_seal()  # no transaction around it, and harmless when repeated: then nothing is new
    if made is None:
        raise Conflict("nothing-to-seal", "还没有可以封存的记录", "there is nothing to seal")
    body = {"number": made.number, "root": bytes(made.root).hex(), "count": made.count}
    return HttpResponse(json.dumps(body), status=201, content_type="application/json")
