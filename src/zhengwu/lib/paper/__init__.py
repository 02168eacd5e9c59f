"""Paper: official documents, receipts and certificates as PDF, set by Typst from data.

What is printed goes in as data (JSON in ``sys.inputs``) and never becomes part of a template's source. Fonts come
from the wheel, system fonts are ignored, so the same data gives the same page everywhere.
"""

import importlib.util
import json
import logging
import os
import threading
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pylopdf_fonts_zh_cn as fonts
import typst

from zhengwu.lib.now import now
from zhengwu.lib.paper import coverage

ROOT = Path(__file__).resolve().parents[2]
"""Templates may import each other within this folder (``/lib/paper/house.typ``) and read nothing outside."""
TEMPLATES = Path(__file__).resolve().parent / "templates"
log = logging.getLogger(__name__)
_lock = threading.Lock()


def render(template: str, data: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """The PDF of ``template`` with ``data``.

    ``template`` is a name in ``lib/paper/templates`` (``"receipt"``) or a path below the package
    (``"modules/certificates/paper/card.typ"``). ``data`` is JSON: texts, numbers, lists; pictures (``qr``) are SVG
    text. A character no font has is printed as ``〓（U+2E9F5）`` and logged as a warning, never left to an empty box
    (see ``unprintable``). ``at`` is the moment the PDF says it was made (default now): with it, equal data give equal
    bytes. Raises ``FileNotFoundError`` for an unknown template, ``ValueError`` when the data do not suit it.
    """
    return bytes(_compile(template, data, "pdf", at=at))


def preview(template: str, data: Mapping[str, Any], *, ppi: float = 110) -> list[bytes]:
    """The same as PNG pictures, one a page."""
    pages = _compile(template, data, "png", ppi)
    return list(pages) if isinstance(pages, list) else [pages]


def unprintable(text: str) -> list[str]:
    """The characters of ``text`` that no font of this installation has, each once, in order of code: what a page can
    warn of before the paper is made. ``ZW_FONTS`` brings further fonts in."""
    return sorted(coverage.marked(text, _printable())[1])


def chinese_date(day: date) -> str:
    """``2026年3月13日``, as documents write it (GB/T 9704: no leading zeros)."""
    return f"{day.year}年{day.month}月{day.day}日"


def _compile(template: str, data: Mapping[str, Any], form: Literal["pdf", "png"], ppi: float = 110,
             at: datetime | None = None) -> Any:
    path = ROOT / template if "/" in template else TEMPLATES / f"{template}.typ"
    if not path.resolve().is_relative_to(ROOT) or not path.is_file():
        raise FileNotFoundError(f"no such template: {template}")
    shown, missing = coverage.marked(data, _printable())
    if missing:
        codes = " ".join(f"U+{ord(char):04X}" for char in sorted(missing))
        log.warning("no font for %s in %s; set ZW_FONTS to a folder with fonts that have them", codes, path.stem)
    inputs = {"data": json.dumps(shown, ensure_ascii=False, allow_nan=False), "fonts": _fonts()[1]}
    with _lock:
        try:
            return _compiler().compile(
                input=path, format=form, ppi=ppi, sys_inputs=inputs, timestamp=int((at or now()).timestamp())
            )
        except typst.TypstError as error:
            raise ValueError(f"{template}: {error.diagnostic or error.message}") from error


@cache
def _fonts() -> tuple[typst.Fonts, str]:
    """The fonts of this process, and (as JSON) the families that are asked after the house's own two."""
    folders = _folders()
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))
    own = {"Noto Serif SC", "Noto Sans SC"}
    return found, json.dumps(sorted(set(found.families()) - own, key=lambda family: ("Serif" not in family, family)))


def _folders() -> list[Path]:
    return [fonts.serif_path().parent, *_further()]


@cache
def _printable() -> frozenset[int]:
    """Code points that can be printed, read from the fonts once a process."""
    return coverage.covered(_folders())


def _further() -> list[Path]:
    """Where more characters come from: the city's own fonts (``ZW_FONTS``) and, where installed, a further wheel.

    Names of people and places hold characters (𠮷) that the fonts of the house lack.
    """
    folders = [Path(folder) for folder in os.environ.get("ZW_FONTS", "").split(os.pathsep) if folder]
    wheel = importlib.util.find_spec("pylopdf_fonts_jp")
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent)
    return folders


@cache
def _compiler() -> typst.Compiler:
    """One for the process: fonts are read once, unchanged layout is remembered. Not for two threads at once."""
    return typst.Compiler(root=ROOT, font_paths=_fonts()[0], ignore_system_fonts=True)
