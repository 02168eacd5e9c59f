"""The revision a request says it has seen."""

import re

from zhengwu.lib.problem import Stale

_OPAQUE = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]+)?"')


def revision_of(if_match: str) -> int | None:
    """The revision named by If-Match; ``*`` or nothing means any. Raises Stale for what no ETag of ours can be."""
    text = if_match.strip()
    if text in ("", "*"):
        return None
    found = _OPAQUE.fullmatch(text)
    if found is None:
        raise Stale("stale", "If-Match 不是本系统给出的版本号，请重新读取后再提交", "If-Match names no version of ours")
    return int(found[1])
