"""双随机: first the promise (lists, numbers, digest of a seed) in the ledger, then the draw all can repeat."""

import secrets

from django.db import transaction

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.directory.api import Actor, Role, open_text, seal_text
from zhengwu.kernel.directory.models import Unit
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib import canonical
from zhengwu.lib.now import now
from zhengwu.lib.problem import Conflict, Denied, Invalid, NotFound
from zhengwu.lib.sm import sm3
from zhengwu.modules.enforcement.drawing import chosen, digest_of_seed
from zhengwu.modules.enforcement.models import Affair, Candidate, Draw
from zhengwu.modules.enforcement.services.record import write_team

CONTEXT = "draw-seed"
OBJECTS_MAX, INSPECTORS_MAX, LIST_MAX = 200, 20, 5000


@transaction.atomic
def commit_draw(*, unit: Unit, by: Actor, title: str, objects: int, inspectors: int,
                case: Case | None = None) -> Draw:
    """Freezes the unit's registers and promises a seed. ``case``: an inspection of the unit waiting for its draw.

    Two inspectors at least. Raises Denied, Invalid by field, Conflict (case has its draw).
    """
    _require(by, unit.pk)
    lists = {kind: [{"code": c.code, "name": c.name, "account": c.account_id}
                    for c in Candidate.objects.filter(unit=unit, kind=kind, active=True).order_by("code")[:LIST_MAX]]
             for kind in Candidate.Kind.values}
    _check(title, objects, inspectors, {kind: len(rows) for kind, rows in lists.items()})
    if case is not None:
        if case.kind != "inspection" or case.unit_id != unit.pk or case.state != "approved":
            raise Invalid({"case": "只能为本单位已批准、待抽取的检查件抽取"})
        if Draw.objects.filter(case=case).exists():
            raise Conflict("drawn-before", "这个检查件已经抽取过，不能重抽", "this case has its draw")
    seed = "-".join(secrets.token_hex(4) for _ in range(7))  # in groups: no run of digits looks like a person's number
    frozen = {kind: [[r["code"], r["name"]] for r in rows] for kind, rows in lists.items()}
    draw = Draw.objects.create(
        unit=unit, case=case, title=title.strip(), lists=lists, wanted={"objects": objects, "inspectors": inspectors},
        seed_sealed=seal_text(seed, CONTEXT), seed_sm3=digest_of_seed(seed),
        lists_sm3=sm3(canonical.dumps(frozen)).hex(), by_id=by.account_id or 0, committed_at=now())
    append(draw.stream, by.by(), [Entry("draw.committed", {
        "seed_sm3": draw.seed_sm3, "lists_sm3": draw.lists_sm3, "objects": objects, "inspectors": inspectors,
        "from": [len(lists["object"]), len(lists["inspector"])], "case": case.number if case else ""})],
        at=draw.committed_at)
    return draw


def _require(by: Actor, unit_id: int) -> None:
    if not by.has_role(Role.OFFICER, Role.HEAD, unit_id=unit_id) or by.account_id is None:
        raise Denied("not-your-unit", "抽取由本单位承办人或者审核人进行", "only officers or heads of the unit draw")


def _check(title: str, objects: int, inspectors: int, have: dict[str, int]) -> None:
    errors: dict[str, str] = {}
    if not title.strip() or len(title.strip()) > 120:
        errors["title"] = "请填写抽查任务，不超过120字"
    if not 1 <= objects <= min(OBJECTS_MAX, max(have["object"], 1)):
        errors["objects"] = f"抽取对象数应在1至{min(OBJECTS_MAX, max(have['object'], 1))}之间"
    if not 2 <= inspectors <= INSPECTORS_MAX:
        errors["inspectors"] = "检查人员不少于2人、不多于20人"
    elif inspectors > have["inspector"]:
        errors["inspectors"] = f"名录库里只有{have['inspector']}名检查人员，请先补充名录"
    if not have["object"]:
        errors["objects"] = "检查对象名录库是空的，请先补充名录"
    if errors:
        raise Invalid(errors)


@transaction.atomic
def reveal_draw(*, pk: int, by: Actor) -> Draw:
    """Draws: tells the seed, writes the result, and makes the drawn inspectors the team of the case. Once."""
    draw = Draw.objects.select_for_update(of=("self",)).select_related("unit", "case").filter(pk=pk).first()
    if draw is None:
        raise NotFound("no-such-draw", "没有这次抽取", "no such draw")
    _require(by, draw.unit_id)
    if draw.drawn_at is not None:
        raise Conflict("drawn-already", "这次抽取已经完成，结果不能更改", "drawn already")
    seed = open_text(draw.seed_sealed, CONTEXT)
    result = {}
    for kind, name in (("object", "objects"), ("inspector", "inspectors")):
        rows = {r["code"]: r for r in draw.lists[kind]}
        result[name] = [rows[code] for code in chosen(seed, list(rows), int(draw.wanted[name]))]
    draw.seed, draw.result, draw.drawn_at = seed, result, now()
    draw.save(update_fields=["seed", "result", "drawn_at"])
    append(draw.stream, by.by(), [Entry("draw.drawn", {
        "seed": seed, "objects_sm3": sm3(canonical.dumps([r["code"] for r in result["objects"]])).hex(),
        "inspectors_sm3": sm3(canonical.dumps([r["code"] for r in result["inspectors"]])).hex()})], at=draw.drawn_at)
    if draw.case_id is not None:
        _send(draw)
    return draw


def _send(draw: Draw) -> None:
    affair = Affair.objects.select_for_update(of=("self",)).filter(case_id=draw.case_id or 0).first()
    team = [(r["account"], r["code"]) for r in draw.result["inspectors"] if r["account"]]
    if affair is not None and team:
        write_team(affair, team)


def checked(draw: Draw) -> list[str]:
    """What is wrong with a draw when it is computed again from what is public; [] when it holds."""
    wrong = []
    if digest_of_seed(draw.seed) != draw.seed_sm3:
        wrong.append("公开的种子与事先承诺的摘要不一致")
    frozen = {kind: [[r["code"], r["name"]] for r in rows] for kind, rows in draw.lists.items()}
    if sm3(canonical.dumps(frozen)).hex() != draw.lists_sm3:
        wrong.append("名录与事先冻结的不一致")
    for kind, name in (("object", "objects"), ("inspector", "inspectors")):
        again = chosen(draw.seed, [r["code"] for r in draw.lists[kind]], int(draw.wanted[name]))
        if again != [r["code"] for r in draw.result.get(name, [])]:
            wrong.append("重新计算的结果与记录不一致")
    return wrong
