"""情形引导: a matter's tree of questions, and what the answers decide — materials, parts of the form, the chart.

``Matter.questions`` is a list of ``{"id", "text", "help"?, "options": [{"value", "label", "next"?, "chart"?,
"stop"?}]}``. It begins with the first; ``next`` names the question that follows ("" ends), without it the next in the
list follows. ``chart`` is the key of the definition the case then runs on; ``stop`` is why nobody with this answer
can apply here. ``Material.when`` and ``x-when`` of a form's property are CEL over ``answers``; the unasked is "".
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhengwu.kernel.flow.api import ChartError, FlowError
from zhengwu.kernel.flow.conditions import Condition
from zhengwu.kernel.flow.models import Definition
from zhengwu.kernel.matters.models import Material, Matter
from zhengwu.lib.problem import Conflict, Invalid

ANSWERS, ASKED = "answers", "asked"
"""Where a case's form keeps the answers: ``{id: value}`` for conditions, ``[[question, answer], …]`` for readers."""
QUESTIONS_MAX = 40

Questions = list[dict[str, Any]]
Answers = Mapping[str, str]


@dataclass(frozen=True)
class Walk:
    """How far answers lead: questions ``asked`` so far with what was answered, and the one that is ``next``."""

    asked: list[tuple[dict[str, Any], dict[str, Any]]]
    next: dict[str, Any] | None
    stop: str = ""

    @property
    def done(self) -> bool:
        return self.next is None and not self.stop

    @property
    def answers(self) -> dict[str, str]:
        return {question["id"]: option["value"] for question, option in self.asked}


def walk(questions: Questions, answers: Answers) -> Walk:
    """Follows ``answers`` from the first question; those of other branches are left aside."""
    asked: list[tuple[dict[str, Any], dict[str, Any]]] = []
    question = questions[0] if questions else None
    while question is not None and len(asked) <= QUESTIONS_MAX:
        given = answers.get(question["id"])
        option = next((o for o in question["options"] if o["value"] == given), None)
        if option is None:
            return Walk(asked, question)
        asked.append((question, option))
        if option.get("stop"):
            return Walk(asked, None, str(option["stop"]))
        question = _following(questions, question, option)
    return Walk(asked, None)


def _following(questions: Questions, question: dict[str, Any], option: dict[str, Any]) -> dict[str, Any] | None:
    if "next" in option:
        return next((q for q in questions if q["id"] == option["next"]), None)
    place = questions.index(question) + 1
    return questions[place] if place < len(questions) else None


def settle(matter: Matter, given: Any) -> Walk:
    """The walk of answers that lead to an end and say nothing else. Raises Invalid at ``answers``."""
    if not isinstance(given, Mapping) or not all(isinstance(v, str) for v in given.values()):
        raise Invalid({ANSWERS: "情形引导的回答应是问题与选项的对照"})
    found = walk(matter.questions, given)
    if found.stop:
        raise Invalid({ANSWERS: found.stop})
    if found.next is not None:
        raise Invalid({ANSWERS: f"请先回答：{found.next['text']}"})
    if set(given) - set(found.answers):
        raise Invalid({ANSWERS: "有的回答不在所选的情形里，请重新作情形引导"})
    return found


def needed(matter: Matter, answers: Answers | None) -> list[Material]:
    """The materials these answers ask for, in order. Without answers every one counts: who says nothing is spared
    nothing."""
    rows = list(matter.materials.all())
    if answers is None:
        return rows
    return [m for m in rows if holds(m.when, matter.questions, answers)]


def holds(condition: str, questions: Questions, answers: Answers) -> bool:
    """Whether a CEL condition over ``answers`` is met; an empty one always is, one that cannot be decided is too."""
    if not condition.strip():
        return True
    known = {q["id"]: answers.get(q["id"], "") for q in questions}
    try:
        return _compiled(condition).holds({"answers": known})
    except (ChartError, FlowError):
        return True


@lru_cache(maxsize=512)
def _compiled(text: str) -> Condition:
    return Condition(text, "when", "所需情形")


def form_schema(matter: Matter, answers: Answers | None) -> dict[str, Any]:
    """The form with the parts these answers ask for; the stored one where no part depends on answers."""
    schema: dict[str, Any] = matter.form_schema
    parts: Mapping[str, Any] = schema.get("properties", {})
    if answers is None or not any("x-when" in part for part in parts.values()):
        return schema
    out = {n for n, part in parts.items() if not holds(str(part.get("x-when", "")), matter.questions, answers)}
    schema = deepcopy(schema)
    schema["properties"] = {n: part for n, part in parts.items() if n not in out}
    schema["required"] = [n for n in schema.get("required", []) if n not in out]
    return schema


def chart_key(found: Walk) -> str:
    """Key of the chart the answers choose, the last one that names one; "" for the matter's own."""
    return next((str(o["chart"]) for _, o in reversed(found.asked) if o.get("chart")), "")


def chart_of_walk(matter: Matter, found: Walk | None) -> int:
    """Id of the definition a case of this walk runs on. Raises Conflict for a key that names none."""
    key = chart_key(found) if found else ""
    if not key:
        return matter.chart_id
    pk = Definition.objects.filter(key=key).values_list("pk", flat=True).first()
    if pk is None:
        raise Conflict("chart-missing", "这种情形的流程图还没有公布，请与窗口联系", f"no chart {key}")
    return int(pk)


def kept(found: Walk) -> dict[str, Any]:
    """What the case's form keeps of a walk."""
    return {ANSWERS: found.answers, ASKED: [[q["text"], o["label"]] for q, o in found.asked]}


def words(form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Questions and answers as they were, for the pages of the case."""
    rows = form.get(ASKED)
    return [(str(row[0]), str(row[1])) for row in rows if len(row) == 2] if isinstance(rows, list) else []


def check(questions: Any, conditions: Iterable[str] = ()) -> list[str]:
    """What is wrong with a tree (and with the conditions that rest on it), in Chinese; [] when it is sound."""
    if not isinstance(questions, list) or len(questions) > QUESTIONS_MAX:
        return [f"情形引导应是问题的列表，不超过{QUESTIONS_MAX}个"]
    found: list[str] = []
    ids = [q.get("id") for q in questions if isinstance(q, Mapping)]
    if len(ids) != len(questions) or len(set(ids)) != len(ids) or not all(isinstance(i, str) and i for i in ids):
        return ["每个问题要有自己的编号，不能重复"]
    for question in questions:
        found += _check_question(question, ids)
    found = found or _check_ways(questions)
    for text in conditions:
        try:
            condition = Condition(text, "when", "所需情形")
        except ChartError as error:
            found.append(error.zh)
            continue
        if condition.names - {"answers"}:
            found.append(f"条件“{text}”只能用 answers")
    return found


def _check_question(question: Mapping[str, Any], ids: list[Any]) -> list[str]:
    name, options = question["id"], question.get("options")
    if not question.get("text") or not isinstance(options, list) or len(options) < 2:
        return [f"问题“{name}”要有题目和至少两个选项"]
    values = [o.get("value") for o in options if isinstance(o, Mapping)]
    if len(values) != len(options) or len(set(values)) != len(values) or not all(values):
        return [f"问题“{name}”的选项要有不同的取值"]
    found = [f"问题“{name}”的选项没有文字" for o in options if not o.get("label")]
    lost = [o["next"] for o in options if o.get("next") and o["next"] not in ids]
    return found + [f"问题“{name}”指向的问题“{following}”不存在" for following in lost]


def _check_ways(questions: Questions) -> list[str]:
    """No circles, nothing that is never asked."""
    seen: set[str] = set()

    def visit(question: dict[str, Any], above: frozenset[str]) -> list[str]:
        if question["id"] in above:
            return [f"问题“{question['id']}”会绕回自己"]
        if question["id"] in seen:
            return []
        seen.add(question["id"])
        found: list[str] = []
        for option in question["options"]:
            following = None if option.get("stop") else _following(questions, question, option)
            if following is not None:
                found += visit(following, above | {question["id"]})
        return found

    found = visit(questions[0], frozenset()) if questions else []
    return found or [f"问题“{q['id']}”永远不会问到" for q in questions if q["id"] not in seen]
