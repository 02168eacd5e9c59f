"""The one who acts: an account with today's posts, or the system itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from zhengwu.kernel.directory.models import Account, Division
from zhengwu.kernel.directory.roles import ADMINISTRATORS
from zhengwu.kernel.ledger.api import By
from zhengwu.lib.now import today
from zhengwu.lib.problem import Denied


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment in force. ``for_name`` is set when it is held as a deputy for somebody."""

    unit_id: int
    unit_name: str
    unit_path: str
    division: str
    division_prefix: str
    role: str
    title: str = ""
    for_name: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``scopes`` is None for a person at a screen; a token's actor is limited to its scopes."""

    account_id: int | None
    name: str
    kind: str
    posts: tuple[Post, ...] = ()
    scopes: frozenset[str] | None = None

    def has_role(self, *roles: str, unit_id: int | None = None) -> bool:
        return any(p.role in roles and (unit_id is None or p.unit_id == unit_id) for p in self.posts)

    def unit_ids(self, *roles: str) -> list[int]:
        """Units in which the actor holds one of ``roles`` (any role when none is named)."""
        return sorted({p.unit_id for p in self.posts if not roles or p.role in roles})

    def division_prefixes(self, *roles: str) -> list[str]:
        return sorted({p.division_prefix for p in self.posts if p.role in roles})

    def post_at(self, unit_id: int, role: str) -> Post | None:
        return next((p for p in self.posts if p.unit_id == unit_id and p.role == role), None)

    @property
    def is_staff(self) -> bool:
        return bool(self.posts)

    def by(self, post: Post | None = None) -> By:
        """The actor as the ledger writes it: an id and a label, never an identifier. Applicants stay unnamed."""
        if not self.posts:
            label = "系统" if self.kind == "system" else "申请人"
            return By(id=f"account:{self.account_id}" if self.account_id else "system", label=label)
        used = post or self.posts[0]
        label = f"{self.name}（代{used.for_name}）" if used.for_name else self.name
        return By(id=f"account:{self.account_id}", label=label, unit=used.unit_name)


SYSTEM = Actor(account_id=None, name="系统", kind="system")
ANONYMOUS = Actor(account_id=None, name="", kind="anonymous")


# Plain SQL: every request asks for it.
_POSTS = """
SELECT a.account_id, p.name, a.unit_id, u.name, u.path, d.code, d.level, a.role, a.title
FROM directory_appointment a JOIN directory_account p ON p.id = a.account_id
JOIN directory_unit u ON u.id = a.unit_id JOIN directory_division d ON d.code = u.division_id
WHERE a.valid_from <= %s AND (a.valid_to IS NULL OR a.valid_to > %s) AND (a.account_id = %s OR a.account_id IN
  (SELECT principal_id FROM directory_deputy WHERE deputy_id = %s AND starts_on <= %s AND ends_on >= %s))
ORDER BY a."primary" DESC, a.id"""


def _post(row: Sequence[Any], for_name: str = "") -> Post:
    unit_id, name, path, code, level, role, title = row
    return Post(
        unit_id=unit_id,
        unit_name=name,
        unit_path=path,
        division=code,
        division_prefix=Division(code=code, level=level).prefix,
        role=role,
        title=title,
        for_name=for_name,
    )


def actor_of(account: Account) -> Actor:
    """What ``account`` may do today: own appointments and, as a deputy, those of the principals (one query).

    Posts of the three administrators are never lent, nor anything to them, whoever was appointed after the deputy was
    named.
    """
    if account.kind != Account.Kind.STAFF:
        return Actor(account_id=account.pk, name=account.name, kind=account.kind)
    day = today()
    with connection.cursor() as cursor:
        cursor.execute(_POSTS, [day, day, account.pk, account.pk, day, day])
        rows = cursor.fetchall()
    own = [_post(row) for holder, _, *row in rows if holder == account.pk]
    lent = [_post(row, for_name=name) for holder, name, *row in rows if holder != account.pk]
    lent = [post for post in lent if post.role not in ADMINISTRATORS]
    if any(post.role in ADMINISTRATORS for post in own):
        lent = []
    return Actor(account_id=account.pk, name=account.name, kind=account.kind, posts=tuple(own + lent))


def request_actor(request: HttpRequest) -> Actor:
    """The actor of a page request; ANONYMOUS when nobody is signed in."""
    return request.user.actor if request.user.is_authenticated else ANONYMOUS


View = Callable[..., HttpResponseBase]


def require_role(*roles: str) -> Callable[[View], View]:
    """View decorator: sign-in first, then one of ``roles`` (any staff role when none is named)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            actor = request_actor(request)
            if not (actor.has_role(*roles) if roles else actor.is_staff):
                raise Denied("role-needed", "您的岗位不能使用这个页面", "your post does not open this page")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
