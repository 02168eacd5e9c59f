"""Contrast of every pair of colours the style sheets set on one another, computed from the tokens."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[1] / "static" / "ui" / "tokens.css").read_text("utf-8")
PAIRS = [(text, ground) for ground in ("paper", "ground", "ground-2") for text in ("ink", "ink-2", "lead")] + [
    ("ink", "lead-pale"),
    ("lead-deep", "lead-pale"),
    ("on-lead", "lead"),
    ("on-lead", "lead-deep"),
    ("on-ink", "ink"),
    ("on-red", "red"),
    ("red", "paper"),
    ("red", "ground"),
    ("green", "paper"),
    ("green", "ground"),
    ("yellow", "paper"),
    ("yellow", "ground"),
    ("red", "lead-pale"),
    ("green", "lead-pale"),
    ("yellow", "lead-pale"),
    ("ink-2", "lead-pale"),
    ("ink", "red-pale"),
    ("ink", "green-pale"),
    ("ink", "yellow-pale"),
    ("lead", "yellow-pale"),
]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})", block))


LIGHT = tokens(CSS[: CSS.index("@media (prefers-color-scheme: dark)")])
DARK = LIGHT | tokens(CSS[CSS.index("@media (prefers-color-scheme: dark)") : CSS.index("@media (prefers-contrast")])


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_formula() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") < 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable(scheme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(scheme[text], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_of_controls_can_be_seen(scheme: dict[str, str]) -> None:
    assert contrast(scheme["line-2"], scheme["paper"]) >= 3
    assert contrast(scheme["focus"], scheme["paper"]) >= 3
