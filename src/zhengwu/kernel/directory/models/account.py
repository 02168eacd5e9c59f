"""Who can sign in. Personal identifiers are kept encrypted with a blind index (GB/T 39786, 个人信息保护法 §51)."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from zhengwu.kernel.directory.roles import Role

if TYPE_CHECKING:
    from zhengwu.kernel.directory.actor import Actor


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "Account":
        account = self.model(username=username, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A person or an enterprise that can sign in; staff have appointments besides."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", "自然人"
        ENTERPRISE = "enterprise", "法人"
        STAFF = "staff", "工作人员"

    username = models.CharField("用户名", max_length=60, unique=True)
    name = models.CharField("姓名或名称", max_length=100)
    kind = models.CharField("类别", max_length=12, choices=Kind.choices, default=Kind.CITIZEN)
    id_sealed = models.TextField("证件号码（密文）", default="")
    id_index = models.CharField(max_length=64, null=True)
    phone_sealed = models.TextField("手机号码（密文）", default="")
    uscc = models.CharField("统一社会信用代码", max_length=18, default="")
    is_active = models.BooleanField("可以登录", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]
    objects = AccountManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id_index"], condition=~Q(id_index=None), name="account_id_index_once")
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def actor(self) -> "Actor":
        """What this account may do today; one query, kept for the request."""
        from zhengwu.kernel.directory.actor import actor_of

        return actor_of(self)

    @property
    def role_codes(self) -> frozenset[str]:
        """What navigation asks for: the roles held today; an applicant's kind ("citizen", "enterprise")."""
        if self.kind != self.Kind.STAFF:
            return frozenset({self.kind})
        return frozenset(post.role for post in self.actor.posts)

    @property
    def post_label(self) -> str:
        """The first post as the desk shows it: unit and role or title."""
        posts = self.actor.posts
        if not posts:
            return ""
        return f"{posts[0].unit_name} · {posts[0].title or Role(posts[0].role).label}"
