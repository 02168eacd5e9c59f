"""QR codes as plain SVG: one path, no inline style, so that pages under a strict policy and papers can show them."""

import segno


def svg(text: str, *, border: int = 2, label: str = "二维码") -> str:
    """An SVG element (viewBox in modules, dark modules in ``currentColor``) of ``text``, error correction M.

    ``label`` is read aloud instead of the picture. Raises ``ValueError`` when the text does not fit (over 2,331 bytes).
    """
    side, path = _path(text, border)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label="{_escape(label)}" '
        f'shape-rendering="crispEdges"><path d="{path}" fill="currentColor"/></svg>'
    )


def svg_bytes(text: str, *, border: int = 0) -> bytes:
    """The same in black as a stand-alone file, for ``paper``."""
    side, path = _path(text, border)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">'
        f'<path d="{path}" fill="#000"/></svg>'
    ).encode()


def _path(text: str, border: int) -> tuple[int, str]:
    try:
        code = segno.make(text, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError as error:
        raise ValueError("the text is too long for a QR code") from error
    rows = [list(row) for row in code.matrix_iter(border=border)]
    parts: list[str] = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                parts.append(f"M{x} {y}h{length}v1h-{length}z")
            x += max(length, 1)
    return len(rows), "".join(parts)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
