"""An application under way: the matter, who applies (oneself, or somebody who gave a power of attorney), what has been
answered and typed so far, and what that asks for."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from zhengwu.kernel.cases.api import Joining, save_draft
from zhengwu.kernel.cases.mandates import access_mandate, in_force, mandates_held, require_mandate
from zhengwu.kernel.cases.models import Draft, Mandate
from zhengwu.kernel.directory.api import Actor, request_actor
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters import guidance, held
from zhengwu.kernel.matters.api import access_matter, require_runnable
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.lib.canonical import dumps
from zhengwu.lib.now import now, today
from zhengwu.lib.numbers import whole
from zhengwu.lib.problem import Conflict, Denied
from zhengwu.lib.sm import sm3
from zhengwu.modules.hall import prefill

MANDATE = "x-mandate"
"""Where a draft's form keeps the power of attorney it is filled in under; no property of a form has this name."""
_META = frozenset({guidance.ANSWERS, MANDATE})
_SESSION = "answers"
_REMEMBERED = 10


def answers_of(request: HttpRequest, matter: Matter) -> dict[str, str]:
    """What a visitor has answered so far, signed in or not."""
    kept = request.session.get(_SESSION, {})
    return dict(kept.get(matter.code, {}))


def remember(request: HttpRequest, matter: Matter, answers: dict[str, str]) -> None:
    """Keeps answers in the session, for the last few matters only."""
    kept = {k: v for k, v in request.session.get(_SESSION, {}).items() if k != matter.code}
    request.session[_SESSION] = dict([*kept.items(), (matter.code, answers)][-_REMEMBERED:])


@dataclass
class Application:
    """See ``begin``. ``walk`` is None where the matter asks nothing."""

    matter: Matter
    actor: Actor
    account: Account
    draft: Draft | None
    walk: guidance.Walk | None
    mandate: Mandate | None = None
    typed_before: dict[str, Any] = field(default_factory=dict)

    @property
    def applicant(self) -> Account:
        """Who asks: the grantor, when somebody fills in for them."""
        grantor = self.mandate.grantor if self.mandate else None
        return grantor or self.account

    @property
    def answers(self) -> dict[str, str] | None:
        return self.walk.answers if self.walk else None

    @property
    def guided(self) -> bool:
        """Whether every question that must be answered has been."""
        return self.walk is None or self.walk.done

    @cached_property
    def schema(self) -> dict[str, Any]:
        return guidance.form_schema(self.matter, self.answers)

    @cached_property
    def wanted(self) -> list[Material]:
        return guidance.needed(self.matter, self.answers)

    @cached_property
    def spared(self) -> dict[int, held.HeldCertificate]:
        return held.spared(self.applicant, self.wanted)

    @cached_property
    def known(self) -> dict[str, prefill.Known]:
        return prefill.known(self.schema, self.applicant, self.spared)

    @cached_property
    def open_schema(self) -> dict[str, Any]:
        """The form without what is known already: what is left to type."""
        parts = {n: p for n, p in self.schema.get("properties", {}).items() if n not in self.known}
        left = [n for n in self.schema.get("required", []) if n not in self.known]
        return {**self.schema, "properties": parts, "required": left}

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, without what we keep beside it."""
        form = self.draft.form if self.draft else {}
        return {k: v for k, v in form.items() if k not in _META}

    @property
    def files(self) -> dict[str, str]:
        return dict(self.draft.files) if self.draft else {}

    def filled(self) -> dict[str, Any]:
        """The whole form: typed and known, as ``open_case`` wants it, with the answers."""
        data = {k: v for k, v in self.typed.items() if k in self.schema.get("properties", {})}
        data |= {n: k.value for n, k in self.known.items()}
        return data | ({guidance.ANSWERS: self.answers} if self.answers else {})

    def save(self, typed: dict[str, Any] | None = None, files: dict[str, str] | None = None) -> Draft:
        """Keeps the draft with what belongs beside the typed words."""
        form = dict(self.typed if typed is None else typed)
        if self.answers:
            form[guidance.ANSWERS] = self.answers
        if self.mandate:
            form[MANDATE] = self.mandate.pk
        self.draft = save_draft(matter=self.matter, by=self.actor, form=form, files=files)
        return self.draft

    def usable_mandates(self) -> list[Mandate]:
        """Powers of attorney by which this could be filled in for somebody else, in force now."""
        rows = mandates_held(self.actor).filter(in_force(now()), grantor__isnull=False)
        return [m for m in rows if m.matter_id in (None, self.matter.pk)][:20]

    def digest(self) -> str:
        """What co-applicants agree to: SM3 over form, answers, applicant and files."""
        said = {"form": self.filled(), "files": sorted(self.files.items()), "applicant": self.applicant.pk}
        return sm3(dumps(said)).hex()

    def parties(self) -> list[Joining]:
        """Who takes part besides the applicant: the agent, in force at this moment. Raises Denied."""
        if self.mandate is None:
            return []
        given = require_mandate(self.actor, grantor=self.applicant, matter=self.matter)
        return [Joining("agent", self.account.name, self.account, mandate=given)]


def begin(request: HttpRequest, code: str) -> Application:
    """The application of whoever is signed in. ``?for=<mandate>`` fills in for its grantor; ``?for=`` for oneself.

    Raises NotFound, Conflict (the matter does not run today), Denied (staff, a mandate not in force).
    """
    matter, actor = access_matter(code), request_actor(request)
    require_runnable(matter, today())
    account = request.user
    if not isinstance(account, Account) or actor.kind not in ("citizen", "enterprise"):
        raise Denied(
            "applicants-only",
            "工作账号不能在网上提交申请，请用个人或法人账号登录",
            "staff accounts cannot apply on line",
        )
    draft = Draft.objects.filter(account=account, matter=matter).first()
    kept = draft.form if draft else {}
    mandate = _mandate(request, actor, matter, kept)
    walk = None
    if matter.questions:
        walk = guidance.walk(matter.questions, answers_of(request, matter))
        if not walk.done:
            walk = guidance.walk(matter.questions, kept.get(guidance.ANSWERS) or {})
    return Application(matter, actor, account, draft, walk, mandate)


def _mandate(request: HttpRequest, actor: Actor, matter: Matter, kept: dict[str, Any]) -> Mandate | None:
    """The power of attorney this application is filled in under; asked anew at every page, so that one taken back
    this minute ends it this minute."""
    chosen = request.GET.get("for")
    number = whole(chosen) if chosen is not None else whole(str(kept.get(MANDATE, "")))
    if not number:
        return None
    mandate = access_mandate(actor, number)
    if mandate.agent_id != actor.account_id:
        raise Denied("not-the-agent", "您不是这份授权的受托人", "you are not the agent")
    if mandate.grantor is None:
        raise Conflict("no-account", "委托人还没有账号，请到窗口或代办点代办", "the grantor has no account")
    return require_mandate(actor, grantor=mandate.grantor, matter=matter)


def of_draft(draft: Draft) -> Application:
    """The application somebody else fills in, as a co-applicant is shown it."""
    matter, account = access_matter(draft.matter.code), draft.account
    answers = draft.form.get(guidance.ANSWERS) or {}
    walk = guidance.walk(matter.questions, answers) if matter.questions else None
    number = whole(str(draft.form.get(MANDATE, "")))
    mandate = Mandate.objects.select_related("grantor").filter(pk=number, agent=account).first() if number else None
    return Application(matter, account.actor, account, draft, walk, mandate)
