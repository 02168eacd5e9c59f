"""Who may do what with charts. Published versions are public; what is being drawn is the designers' workshop."""

from zhengwu.kernel.directory.api import Actor, Role
from zhengwu.lib.problem import NotFound

READERS = frozenset({Role.DESIGNER, Role.SYSADMIN, Role.AUDITOR, Role.STAFFING, Role.LEGAL, Role.LEADER, Role.HEAD,
                     Role.CENTRE, Role.INSPECTOR})
"""Who looks at definitions, versions and their history on the desk."""


def is_designer(actor: Actor) -> bool:
    """Draws, publishes, moves cases and exchanges definitions."""
    return actor.has_role(Role.DESIGNER)


def require_designer(actor: Actor) -> None:
    """To anybody else drafts do not exist. Raises NotFound."""
    if not is_designer(actor):
        raise NotFound("no-such-draft", "没有这份流程图草稿", "no such draft")


def designer_id(actor: Actor) -> int:
    """The account of a designer, for rows that name who did it. Raises NotFound as ``require_designer``, also for the
    system, which does not decide such things."""
    require_designer(actor)
    if actor.account_id is None:
        raise NotFound("no-such-draft", "没有这份流程图草稿", "no such draft")
    return actor.account_id
