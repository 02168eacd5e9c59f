"""/api/v1/cases, /todo, /steps: asking, following and acting over HTTP — the same services the pages call."""

import json
import re
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Header, Query, Router, Schema
from ninja.responses import NinjaJSONEncoder

from zhengwu.kernel.cases.http_schemas import (
    ActionIn,
    CaseCreated,
    CaseIn,
    CaseOut,
    ClockOut,
    EventOut,
    ProofOut,
    StepDetail,
    TodoPage,
    case_out,
    clock_out,
    events_out,
    step_detail,
    todo_row,
)
from zhengwu.kernel.cases.log import event_log
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.rows import matter_applied_for
from zhengwu.kernel.cases.selectors import access_by_code, access_case, access_step, clocks, query_code, todo
from zhengwu.kernel.cases.services.act import act
from zhengwu.kernel.cases.services.open import Handed, open_case
from zhengwu.kernel.directory.api import Actor, address_of
from zhengwu.kernel.directory.http import actor, answer_once, anyone, signed_in
from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.ledger.api import proof_of
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.matters.api import access_matter
from zhengwu.kernel.matters.models import Matter
from zhengwu.lib.paging import aware_or_none, decode, encode
from zhengwu.lib.problem import Denied, NotFound, Problem, Stale

router = Router(tags=["cases"])
CODE_HEADER = "X-Query-Code"
_OPAQUE = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]+)?"')


def _json(shape: type[Schema], value: dict[str, Any]) -> bytes:
    """``value`` as the shape gives it, byte for byte what a GET would answer."""
    return json.dumps(shape(**value).model_dump(), cls=NinjaJSONEncoder, ensure_ascii=False).encode()


def _access(request: HttpRequest, number: str, code: str) -> Case:
    """By query code (the holder of a receipt), else by who asks. A header keeps the code out of access logs."""
    code = request.headers.get(CODE_HEADER, "") or code
    if code:
        return access_by_code(number, code, address=address_of(request))
    who: Actor = actor(request)
    if who.account_id is None:
        raise Denied(
            "sign-in-or-code",
            f"请登录，或在请求头 {CODE_HEADER} 中提供查询码",
            f"sign in, or give the query code in the {CODE_HEADER} header",
            status=401,
        )
    return access_case(who, number)


def _names(request: HttpRequest) -> bool:
    """Staff see who acted; applicants and holders of a code see units."""
    who: Actor = actor(request)
    return who.is_staff and not request.headers.get(CODE_HEADER) and not request.GET.get("code")


Code = Query("", max_length=20, description="query code of the receipt; better in the header X-Query-Code")
CodeHeader = Header("", alias=CODE_HEADER, max_length=20, description="query code of the receipt")


@router.post("cases", auth=signed_in, response={201: CaseCreated}, summary="提交申请", operation_id="openCase")
def create(request: HttpRequest, data: CaseIn) -> HttpResponse:
    """Opens a case for the one who asks, who must be a person or an enterprise. 201 with number and query code."""
    who = actor(request, "apply")
    if who.is_staff or who.account_id is None:
        raise Denied("applicants-only", "工作账号不能提交申请，请用个人或法人账号", "staff accounts cannot apply")
    applicant = Account.objects.get(pk=who.account_id)

    def run() -> tuple[int, bytes]:
        matter = matter_applied_for(data.matter) or access_matter(data.matter)  # which says what is wrong
        case = open_case(
            kind="application",
            matter=matter,
            by=who,
            applicant=applicant,
            applicant_name=applicant.name,
            form=data.form,
            materials=_handed(matter, data),
        )
        return 201, _json(CaseCreated, case_out(case, names=False) | {"query_code": query_code(case.number)})

    response = answer_once(request, who, run)
    response["Location"] = f"/api/v1/cases/{json.loads(response.content)['number']}"
    return response


def _handed(matter: Matter, data: CaseIn) -> list[Handed]:
    names = {m.pk: m.name for m in matter.materials.all()}
    if any(m.material not in names for m in data.materials):
        raise Problem(
            "unknown-material",
            "有材料不属于该事项",
            "a material does not belong to this matter",
            field="materials",
            status=422,
        )
    return [Handed(name=names[m.material], material_id=m.material, file=m.file) for m in data.materials]


@router.get(
    "cases/{number}", auth=anyone, response=CaseOut, summary="一件办件及其各环节", operation_id="getCase"
)
def case_detail(
    request: HttpRequest, number: str, response: HttpResponse, code: str = Code, x_query_code: str = CodeHeader
) -> dict[str, Any]:
    """The ETag begins with the revision; send it back as If-Match with an action."""
    case = _access(request, number, code)
    response["ETag"] = case.etag
    return case_out(case, names=_names(request))


@router.get(
    "cases/{number}/events",
    auth=anyone,
    response=list[EventOut],
    summary="办件的经过（取自存证）",
    operation_id="listCaseEvents",
)
def events(
    request: HttpRequest, number: str, code: str = Code, x_query_code: str = CodeHeader
) -> list[dict[str, Any]]:
    """In order. Names of those who acted are for staff; the public sees units."""
    return events_out(_access(request, number, code), names=_names(request))


@router.get(
    "cases/{number}/clock",
    auth=anyone,
    response=list[ClockOut],
    summary="办件的时限，逐日说明",
    operation_id="getCaseClocks",
)
def case_clock(
    request: HttpRequest, number: str, code: str = Code, x_query_code: str = CodeHeader
) -> list[dict[str, Any]]:
    return [clock_out(row) for row in clocks(_access(request, number, code))]


@router.get(
    "cases/{number}/proof",
    auth=anyone,
    response=ProofOut,
    exclude_unset=True,
    summary="一个事件的证明，默认为接收凭证",
    operation_id="getCaseProof",
)
def proof(
    request: HttpRequest,
    number: str,
    code: str = Code,
    seq: int = Query(1, ge=1, le=1_000_000, description="which event of the case"),
    x_query_code: str = CodeHeader,
) -> dict[str, Any]:
    """To be checked off line with ``zw verify-proof``. The proof of an event that names staff is for staff."""
    case = _access(request, number, code)
    event = Event.objects.filter(stream=case.number, seq=seq).first()
    if event is None:
        raise NotFound("no-such-event", "该办件没有这一条记录", "no such event")
    if event.unit and not _names(request):
        raise Denied(
            "names-staff",
            "这一条记录载有工作人员姓名，申请人和查询码只能取本人和系统所为记录的证明",
            "this event names a member of staff; its proof is for staff",
        )
    return proof_of(event)


@router.get(
    "matters/{code}/log.xes",
    auth=signed_in,
    summary="已办结办件的事件日志（XES，IEEE 1849）",
    operation_id="getMatterLog",
    openapi_extra={
        "responses": {200: {"description": "XES", "content": {"application/xml": {"schema": {"type": "string"}}}}}
    },
)
def log(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """For staff, over the cases they may see; activities are the steps' names."""
    who = actor(request)
    if not who.is_staff:
        raise Denied("staff-only", "事件日志只对工作人员开放", "the event log is for staff")
    body = event_log(who, access_matter(code))
    return StreamingHttpResponse(body, content_type="application/xml; charset=utf-8")


@router.get(
    "todo",
    auth=signed_in,
    response=TodoPage,
    summary="我的待办，按离期限远近",
    operation_id="listTodo",
)
def todo_list(
    request: HttpRequest, cursor: str = Query("", max_length=300), limit: int = Query(50, ge=1, le=100)
) -> dict[str, Any]:
    """Pages by cursor: rows that arrive meanwhile neither repeat nor hide any."""
    rows = todo(actor(request))
    if cursor:
        due, pk = decode(cursor, aware_or_none, int)
        rows = rows.after(due, pk)
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return {
        "items": [todo_row(s) for s in found[:limit]],
        "next": encode(last.due_at.isoformat() if last.due_at else None, last.pk) if last else None,
    }


@router.get(
    "steps/{step_id}",
    auth=signed_in,
    response=StepDetail,
    summary="一个环节和可以作的处理",
    operation_id="getStep",
)
def step(request: HttpRequest, step_id: int, response: HttpResponse) -> dict[str, Any]:
    """For whoever may see its case. The ETag begins with the case's revision."""
    who = actor(request)
    found = access_step(who, step_id)
    response["ETag"] = found.case.etag
    return step_detail(found, names=who.is_staff)


@router.post(
    "steps/{step_id}/actions",
    auth=signed_in,
    response={200: CaseOut},
    summary="处理一个环节",
    operation_id="actOnStep",
)
def step_act(
    request: HttpRequest,
    step_id: int,
    data: ActionIn,
    if_match: str = Header("", alias="If-Match", description="ETag of the case or step as it was seen"),
) -> HttpResponse:
    """Completes the step. 409 when somebody was faster, 412 when the case has changed since it was seen."""
    who = actor(request, _scope(request.auth))  # type: ignore[attr-defined]
    revision = _revision(if_match)

    def run() -> tuple[int, bytes]:
        done = act(
            step_id=step_id,
            action=data.action,
            by=who,
            form=data.form,
            opinion=data.opinion,
            key=request.headers.get("Idempotency-Key", ""),
            revision=revision,
        )
        return 200, _json(CaseOut, case_out(done.case, names=who.is_staff))

    return answer_once(request, who, run)


def _scope(who: Actor) -> str:
    """Staff work; an applicant's system answers its own steps with the right to apply."""
    return "work" if who.is_staff else "apply"


def _revision(if_match: str) -> int | None:
    """The revision named by If-Match; ``*`` or nothing means any. Raises Stale for what no ETag of ours can be."""
    text = if_match.strip()
    if text in ("", "*"):
        return None
    found = _OPAQUE.fullmatch(text)
    if found is None:
        raise Stale("stale", "If-Match 不是本系统给出的版本号，请重新读取后再提交", "If-Match names no version of ours")
    return int(found[1])
