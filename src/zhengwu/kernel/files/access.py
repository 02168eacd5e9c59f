"""Who may open a file is answered by the package that knows the purpose it was stored for."""

from collections.abc import Callable

from zhengwu.kernel.directory.api import Actor
from zhengwu.kernel.files.models import StoredFile

Rule = Callable[[Actor, StoredFile], bool]
_rules: dict[str, Rule] = {}


def register(purpose: str, rule: Rule) -> None:
    """Hands every decision about files of ``purpose`` to ``rule(actor, stored)``. One rule a purpose."""
    if _rules.setdefault(purpose, rule) is not rule:
        raise ValueError(f"purpose {purpose!r} already has a rule")


def may_open(actor: Actor | None, stored: StoredFile) -> bool:
    """False for quarantined files always; else the purpose's rule, or, where none is registered, the owner only.

    ``actor`` None is a visitor who is not signed in: no rule is asked, nothing opens.
    """
    if actor is None or stored.state != StoredFile.State.OK:
        return False
    rule = _rules.get(stored.purpose)
    if rule is not None:
        return rule(actor, stored)
    return stored.owner_id is not None and stored.owner_id == actor.account_id
