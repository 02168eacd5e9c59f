"""What a file really is, by its bytes: signatures of the kinds we take, and sizes of pictures from their headers."""

import io
import struct
import zipfile
import zlib

import puremagic

from zhengwu.lib.problem import Problem

MAX_PIXELS = 120_000_000
"""Beyond this a small picture unpacks to half a gigabyte in whatever shows it."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = {0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_ACTIVE = (b"<script", b"<?php", b"<html", b"<svg", b"%PDF-", b"PK\x03\x04")


def kind_of(data: bytes) -> str:
    """``pdf``, ``png``, ``jpg``, ``zip`` (docx, xlsx, ofd or else), ``txt`` or "" for anything else."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(_PNG):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"PK\x03\x04"):
        return "zip"
    return "txt" if decoded_text(data) is not None else ""


def guess(data: bytes) -> str:
    """The usual extension of what this looks like (with dot), for the message; "" when nobody knows."""
    try:
        return puremagic.from_string(data)
    except (puremagic.PureError, ValueError):
        return ""


def decoded_text(data: bytes) -> str | None:
    """The text of a .txt in UTF-8, UTF-16 with mark, or GB 18030; None when it is none of them or holds controls."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\n\r\f" for c in text) and "\x7f" not in text:
            return text
    return None


def refuse_double_nature(data: bytes, kind: str) -> None:
    """Raises ``upload-polyglot`` for a picture or PDF that is at the same time something else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            hidden = bool(archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        hidden = False
    if kind in ("png", "jpg"):
        tail = data[_png_end(data) if kind == "png" else _jpeg_end(data) :]
        hidden = hidden or (kind == "png" and bool(tail)) or any(mark in tail.lower() for mark in _lowered())
    if hidden:
        raise Problem("upload-polyglot", "文件里隐藏了其他内容，不能上传。请重新导出或拍摄后再上传。",
                      "the file is at the same time another kind of file", field="file", status=422)


def refuse_large_picture(data: bytes, kind: str) -> None:
    """Raises ``upload-picture-too-large`` by the header alone; nothing is unpacked."""
    width, height = _png_size(data) if kind == "png" else _jpeg_size(data)
    if width * height > MAX_PIXELS:
        raise Problem("upload-picture-too-large",
                      f"图片尺寸为 {width}×{height} 像素，过大。请缩小到 {MAX_PIXELS // 10_000} 万像素以内。",
                      f"the picture has {width}x{height} pixels", field="file", status=422)


def _lowered() -> tuple[bytes, ...]:
    return tuple(mark.lower() for mark in _ACTIVE)


def _png_size(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise _damaged()
    width, height = struct.unpack(">II", data[16:24])
    if not width or not height or zlib.crc32(data[12:29]) != struct.unpack(">I", data[29:33])[0]:
        raise _damaged()
    return width, height


def _png_end(data: bytes) -> int:
    """Where the IEND chunk ends."""
    at = len(_PNG)
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        name = data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND" and at <= len(data):
            return at
    raise _damaged()


def _jpeg_segments(data: bytes) -> list[tuple[int, int]]:
    """Marker and offset of its length field, up to the start of the picture data."""
    found: list[tuple[int, int]] = []
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise _damaged()
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        found.append((marker, at + 2))
        if marker == 0xDA:
            return found
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    raise _damaged()


def _jpeg_size(data: bytes) -> tuple[int, int]:
    for marker, at in _jpeg_segments(data):
        if marker in _JPEG_FRAMES and at + 7 <= len(data):
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            if width and height:
                return width, height
    raise _damaged()


def _jpeg_end(data: bytes) -> int:
    """Behind the first end mark after the picture data (cameras put previews and depth maps there)."""
    scan = _jpeg_segments(data)[-1][1]
    end = data.find(b"\xff\xd9", scan)
    if end < 0:
        raise _damaged()
    return end + 2


def _damaged() -> Problem:
    return Problem("upload-damaged", "图片已损坏，无法打开。请重新拍摄或导出后再上传。", "the picture is damaged",
                   field="file", status=422)
