"""QR codes: no inline style, scannable geometry, escaped label."""

import re

import pytest
import segno

from zhengwu.lib import qr


def _modules(svg, border):
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    dark = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", svg):
        dark |= {(int(x) + i, int(y)) for i in range(int(length))}
    return side, dark


def test_the_path_is_exactly_the_code():
    side, dark = _modules(qr.svg("https://例.example/c/1", border=2), 2)
    matrix = list(segno.make("https://例.example/c/1", error="m", micro=False, boost_error=False).matrix_iter(border=2))
    assert side == len(matrix)
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, on in enumerate(row) if on}


def test_no_style_no_script_and_a_label():
    svg = qr.svg("x", label='扫码 "查" <进度>')
    assert "style" not in svg and "<script" not in svg
    assert 'aria-label="扫码 &quot;查&quot; &lt;进度>"' in svg


def test_too_long_is_said():
    with pytest.raises(ValueError, match="too long"):
        qr.svg("长" * 2000)
