"""Scenarios that people upload beside a chart: checked before they are run."""

from typing import Any

from zhengwu.lib import canonical
from zhengwu.lib.problem import Problem

MAX_BYTES = 500_000
MAX_SCENARIOS = 200
MAX_STEPS = 200


def checked(data: bytes) -> list[dict[str, Any]]:
    """The list out of a ``scenarios.json`` (``{"scenarios": [{"name", "steps": [[node, action], …], "signers",
    "form", "matter"}]}``). Raises Problem that says which one is wrong."""
    if len(data) > MAX_BYTES:
        raise _wrong("情景文件超过500KB")
    try:
        found = canonical.loads(data.decode("utf-8-sig"))
        canonical.dumps(found)
    except ValueError as error:
        raise _wrong("情景文件不是完整的 JSON，或者有小数、空字符（数额请写成文字）") from error
    rows = found.get("scenarios") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_SCENARIOS:
        raise _wrong(f"情景文件里须有“scenarios”，1到{MAX_SCENARIOS}个")
    return [_scenario(row, number) for number, row in enumerate(rows, 1)]


def _scenario(row: Any, number: int) -> dict[str, Any]:
    if not isinstance(row, dict) or not isinstance(row.get("name"), str) or not row["name"].strip():
        raise _wrong(f"第 {number} 个情景没有名称（name）")
    name = row["name"].strip()[:100]
    steps = row.get("steps")
    pair_ok = isinstance(steps, list) and 0 < len(steps) <= MAX_STEPS and all(
        isinstance(s, list) and len(s) == 2 and all(isinstance(x, str) and len(x) <= 200 for x in s) for s in steps)
    if not pair_ok:
        raise _wrong(f"情景“{name}”的步骤（steps）须是[环节, 操作]的列表，1到{MAX_STEPS}步")
    signers = row.get("signers", {})
    if not isinstance(signers, dict) or not all(
            isinstance(v, list) and v and all(isinstance(x, str) for x in v) for v in signers.values()):
        raise _wrong(f"情景“{name}”的会签人（signers）须是{{环节: [姓名]}}")
    rest: dict[str, Any] = {k: row.get(k, {}) for k in ("form", "matter")}
    if not all(isinstance(v, dict) for v in rest.values()):
        raise _wrong(f"情景“{name}”的form、matter须是对象")
    return {"name": name, "steps": steps, "signers": signers, **rest}


def _wrong(zh: str) -> Problem:
    return Problem("bad-scenarios", zh, "the scenarios cannot be used", field="scenarios", status=422)
