"""How the API knows who asks: a bearer token of another system, or the session of a signed-in person."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from ninja.security import HttpBearer
from ninja.utils import check_csrf
from pydantic import Field

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


def multipart_only(request: HttpRequest) -> None:
    """Put before ``signed_in``: 415 for anything that is no form with files."""
    if request.content_type != "multipart/form-data":
        raise Problem(
            "unsupported-media-type", "请求内容须为 multipart/form-data", "send multipart/form-data", status=415
        )


def _said(request: HttpRequest) -> bytes:
    """What a request says, to be compared with its repetition. A form's boundary changes, its parts do not."""
    if request.content_type != "multipart/form-data":
        return request.body
    parts = [["field", name, *values] for name, values in sorted(request.POST.lists())]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest = hashlib.new("sm3", usedforsecurity=False)
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
            parts.append(["file", name, file.name or "", digest.hexdigest()])
    return json.dumps(parts).encode()


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
        body=_said(request) if key else b"",
        run=run,
    )
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


router = Router(tags=["seals"])


class Sealed(Schema):
    number: int = Field(examples=[12])
    root: str = Field(description="Merkle root in hex", min_length=64, max_length=64)
    count: int = Field(description="events under this seal")


@router.post(
    "seals",
    auth=signed_in,
    response={201: Sealed},
    summary="立即封存（每日封存之外）",
    operation_id="sealNow",
)
def seal_now(request: HttpRequest) -> HttpResponse:
    """For the auditor. 201 with the new seal's number and root; the latest one again when nothing is new."""
    who = actor(request, "work")
    if not who.has_role(Role.AUDITOR):
        raise Denied("role-needed", "封存由审计管理员操作", "only the auditor seals")

    made = seal() or latest_seal()  # no transaction around it, and harmless when repeated: then nothing is new
    if made is None:
        raise Conflict("nothing-to-seal", "还没有可以封存的记录", "there is nothing to seal")
    body = {"number": made.number, "root": bytes(made.root).hex(), "count": made.count}
    return HttpResponse(json.dumps(body), status=201, content_type="application/json")
