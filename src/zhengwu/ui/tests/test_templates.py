"""The content security policy allows nothing inline: no template of the house may contain it."""

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
STATIC = Path(__file__).parents[1] / "static" / "ui"
FORBIDDEN = {
    "style attribute": re.compile(r"""<[a-zA-Z][^<>]*\sstyle\s*=""", re.S),
    "event handler": re.compile(r"""<[a-zA-Z][^<>]*\son[a-z]+\s*=""", re.S),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(?:ld\+)?json\")[^>]*>"),
    "style element": re.compile(r"<style[\s>]"),
    "script address": re.compile(r"""(?:href|src|action)\s*=\s*["']?\s*javascript:""", re.I),
    "hx-on": re.compile(r"\shx-on[:\s=]|\shx-vals\s*=\s*[\"']js:"),
}
# Handed out as one file and opened from the visitor's disk: it brings its own script, no policy of ours governs it.
OFFLINE = {"offline.html"}
FILES = sorted(p for p in HOUSE.rglob("templates/**/*") if p.suffix in (".html", ".svg") and p.name not in OFFLINE)


def test_there_is_something_to_scan() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_no_template_has(rule: str) -> None:
    bad = [str(path.relative_to(HOUSE)) for path in FILES if FORBIDDEN[rule].search(path.read_text("utf-8"))]
    assert bad == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("style attribute", '<p class="a"\n style="color:red">'),
        ("event handler", '<a href="#" onclick="x()">'),
        ("inline script", "<script>1</script>"),
        ("style element", "<style>p{}</style>"),
        ("script address", '<a href="javascript:x">'),
        ("hx-on", '<a hx-on:click="x">'),
    ],
)
def test_the_rules_find_offenders(rule: str, text: str) -> None:
    assert FORBIDDEN[rule].search(text)


def test_the_style_sheets_stay_small_and_fetch_nothing() -> None:
    sheets = list(STATIC.glob("*.css"))
    assert sum(sheet.stat().st_size for sheet in sheets) < 60_000
    assert not any(re.search(r"@import|url\(", sheet.read_text("utf-8")) for sheet in sheets)
