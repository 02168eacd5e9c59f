"""Tokens with which other systems sign in to the API."""

import secrets
from dataclasses import replace
from datetime import timedelta

from django.db import connection, transaction

from zhengwu.kernel.directory.actor import Actor, actor_of
from zhengwu.kernel.directory.models import Account, ApiToken
from zhengwu.kernel.directory.roles import Role
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.problem import Denied, Invalid, NotFound
from zhengwu.lib.sm import sm3

_PREFIX = "zw_"
NAME_MAX = 60
DAYS_MAX = 730


def _digest(secret: str) -> str:
    return sm3(secret.encode()).hex()


def _require_security(by: Actor) -> None:
    if not by.has_role(Role.SECADMIN):
        raise Denied("role-needed", "接口令牌由安全管理员发放和停用", "only the security administrator handles tokens")


@transaction.atomic
def issue_token(*, by: Actor, name: str, account: Account, scopes: list[str], days: int = 365) -> tuple[ApiToken, str]:
    """A token with which the system ``name`` acts as ``account``, within ``scopes``, for ``days``.

    Returns the row and the secret, which is shown once and never stored. Raises Denied for anybody but the security
    administrator, Invalid for a missing name, unknown scopes, a term longer than two years or a closed account.
    """
    _require_security(by)
    errors = {}
    if not 0 < len(name.strip()) <= NAME_MAX:
        errors["name"] = f"请写明使用令牌的系统名称（{NAME_MAX}字以内）"
    if not scopes or set(scopes) - set(ApiToken.Scope.values):
        errors["scopes"] = f"权限只能是：{'、'.join(ApiToken.Scope.values)}，至少一项"
    if not 1 <= days <= DAYS_MAX:
        errors["days"] = f"有效期须在1到{DAYS_MAX}天之间"
    if not account.is_active:
        errors["account"] = "该账号已停用"
    if errors:
        raise Invalid(errors)
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name.strip(), digest=_digest(secret), account=account, scopes=sorted(set(scopes)),
        expires_at=now() + timedelta(days=days),
    )
    append(f"token:{token.pk}", by.by(), [Entry("token.issued", {"name": name, "scopes": sorted(scopes)})])
    return token, secret


@transaction.atomic
def revoke_token(*, by: Actor, token_id: int) -> ApiToken:
    """Ends a token at once and for good. Raises Denied, NotFound; a second time changes nothing."""
    _require_security(by)
    token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
    if token is None:
        raise NotFound("no-such-token", "没有这个令牌", "no such token")
    if token.revoked_at is None:
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        append(f"token:{token.pk}", by.by(), [Entry("token.revoked", {"name": token.name})])
    return token


_HOLDER = (
    "SELECT t.scopes, a.id, a.name, a.kind FROM directory_apitoken t JOIN directory_account a ON a.id = t.account_id "
    "WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > %s AND a.is_active"
)


def actor_of_token(secret: str) -> Actor | None:
    """The actor behind a bearer secret, limited to the token's scopes; None when unknown, expired or revoked."""
    if not secret.startswith(_PREFIX):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER, [_digest(secret), now()])
        found = cursor.fetchone()
    if found is None:
        return None
    scopes, *account = found
    return replace(
        actor_of(Account.from_db(connection.alias, ["id", "name", "kind"], account)), scopes=frozenset(scopes)
    )
