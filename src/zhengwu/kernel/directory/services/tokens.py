"""Tokens with which other systems sign in to the API."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from zhengwu.kernel.directory.actor import Actor, actor_of
from zhengwu.kernel.directory.models import Account, ApiToken
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import now
from zhengwu.lib.sm import sm3

_PREFIX = "zw_"


def _digest(secret: str) -> str:
    return sm3(secret.encode()).hex()


@transaction.atomic
def issue_token(*, by: Actor, name: str, account: Account, scopes: list[str], days: int = 365) -> tuple[ApiToken, str]:
    """Returns the row and the secret, which is shown once and never stored."""
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name, digest=_digest(secret), account=account, scopes=scopes, expires_at=now() + timedelta(days=days)
    )
    append(f"token:{token.pk}", by.by(), [Entry("token.issued", {"name": name, "scopes": sorted(scopes)})])
    return token, secret


def actor_of_token(secret: str) -> Actor | None:
    """The actor behind a bearer secret, limited to the token's scopes; None when unknown, expired or revoked."""
    if not secret.startswith(_PREFIX):
        return None
    moment: datetime = now()
    token = (
        ApiToken.objects.select_related("account")
        .filter(digest=_digest(secret), revoked_at=None, expires_at__gt=moment, account__is_active=True)
        .first()
    )
    if token is None:
        return None
    full = actor_of(token.account)
    return Actor(
        account_id=full.account_id, name=full.name, kind=full.kind, posts=full.posts, scopes=frozenset(token.scopes)
    )
