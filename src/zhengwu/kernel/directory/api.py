"""The public face of the directory."""

from zhengwu.kernel.directory.actor import (
    ANONYMOUS,
    SYSTEM,
    Actor,
    Post,
    actor_of,
    request_actor,
    require_role,
)
from zhengwu.kernel.directory.roles import ADMINISTRATORS, WORKERS, Role
from zhengwu.kernel.directory.services.identity import (
    blind_index,
    masked_id,
    masked_phone,
    open_text,
    phone_of,
    seal_text,
    set_identity,
)
from zhengwu.kernel.directory.services.repeat import once
from zhengwu.kernel.directory.services.throttle import address_of, count_attempt, forget_attempts
from zhengwu.kernel.directory.services.tokens import actor_of_token, issue_token, revoke_token

__all__ = [
    "ADMINISTRATORS",
    "ANONYMOUS",
    "SYSTEM",
    "WORKERS",
    "Actor",
    "Post",
    "Role",
    "actor_of",
    "actor_of_token",
    "address_of",
    "blind_index",
    "count_attempt",
    "forget_attempts",
    "issue_token",
    "masked_id",
    "masked_phone",
    "once",
    "open_text",
    "phone_of",
    "request_actor",
    "require_role",
    "revoke_token",
    "seal_text",
    "set_identity",
]
