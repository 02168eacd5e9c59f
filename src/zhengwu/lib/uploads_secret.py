"""Marks of state secrets. This is no system for secrets, so what carries a mark is refused and not kept.

保守国家秘密法实施条例 (2024) §41: systems that are not classified must not store, process or carry state secrets; the
marks themselves (level, ★, term) are those of GB/T 9704-2012 7.2.2.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from zhengwu.lib.problem import Problem

_LEVEL = "(?:绝密|机密|秘密|絕密|機密|祕密)"
_NUMBER = "(?:[1-9]\\d?|[一二三四五六七八九十百两]{1,3})"
_ORDINARY = "(?<!商业)(?<!技术)(?<!工作)(?<!个人)"
_MARKS = [
    re.compile(f"{_LEVEL}级?\\s*[★☆✩✭⭐*]"),
    re.compile(f"{_ORDINARY}{_LEVEL}级?[:(（\\[〔]?{_NUMBER}(?:年|个月)(?!\\d)"),
    re.compile(f"{_ORDINARY}{_LEVEL}级?[:(（\\[〔]?(?:长期|启封前|公布前|至[12]\\d{{3}}年)"),
    re.compile(f"密级\\s*(?:标识|等级|为|是)?\\s*[:】\\])〕）]?\\s*[\\[【〔(（]?\\s*{_LEVEL}"),
]
_WHERE = "本系统为非涉密系统，严禁处理、传输国家秘密。"


def has_secret_mark(text: str) -> bool:
    """Whether ``text`` carries the mark of a level of secrecy: the level with ★, with a term, or in a 密级 field.

    The plain words (商业秘密, 保守秘密) are no marks. Spaces and invisible characters between the characters of a mark
    do not hide it.
    """
    folded = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    folded = re.sub(r"[^\S\n]+", "", folded.replace("\r", "\n"))
    return any(mark.search(folded) for mark in _MARKS)


def refuse_secret_text(text: str, field: str = "") -> None:
    """Raises ``Problem("secret-mark")`` at ``field`` when ``text`` carries a mark of a state secret."""
    if has_secret_mark(text):
        raise Problem(
            "secret-mark",
            f"内容带有国家秘密标志，不能在这里填写。{_WHERE}",
            "the text carries a mark of a state secret; this system must not hold secrets",
            field=field,
            status=422,
        )


def refuse_secret_data(value: Any, field: str = "") -> None:
    """The same for every text inside JSON: a mark is refused wherever it stands, names of fields included."""
    if isinstance(value, str):
        refuse_secret_text(value, field)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            refuse_secret_text(str(name), field)
            refuse_secret_data(inner, field)
    elif isinstance(value, list | tuple):
        for inner in value:
            refuse_secret_data(inner, field)


def refuse_secret_file(name: str, text: str) -> None:
    """The same for a file: its name and the text read from it."""
    if has_secret_mark(name) or has_secret_mark(text):
        raise Problem(
            "secret-mark",
            f"文件带有国家秘密标志，已拒收，系统未留存副本。{_WHERE}请立即按保密规定处理原文件。",
            "the file carries a mark of a state secret; it was refused and no copy was kept",
            field="file",
            status=422,
        )
