"""Looks into ZIP containers (docx, xlsx, ofd) without trusting a word they say about themselves."""

import html
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from zhengwu.lib.problem import Problem

MAX_ENTRIES = 2_000
MAX_UNPACKED = 150 * 1024 * 1024
MAX_RATIO = 120
"""Unpacked bytes for each packed byte, once more than ``RATIO_FROM`` bytes came out."""
RATIO_FROM = 5 * 1024 * 1024
MAX_DEPTH = 2
"""The file itself and what is embedded in it (a sheet in a document); nothing inside that."""
MAX_TEXT = 3 * 1024 * 1024

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
"""The harmless string every virus scanner must report; written in parts so that no scanner reports this file."""

_PACKED = (b"PK\x03\x04", b"PK\x05\x06")
_FOREIGN = {b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!\x1a\x07": "rar", b"\x1f\x8b\x08": "gzip", b"BZh": "bzip2",
            b"\xfd7zXZ\x00": "xz"}
_PROGRAM = (b"MZ", b"\x7fELF")
_BLOCK_ENDS = re.compile(r"</(?:w:p|w:tc|si|row|is|a:p|ofd:TextObject|TextObject)>|<w:(?:br|tab|cr)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
}


@dataclass
class Contents:
    """What was found: ``kind`` docx, xlsx, ofd or "" (some other ZIP), and the words of its pages."""

    kind: str = ""
    text: str = ""


@dataclass
class _Budget:
    """Shared by the container and everything embedded in it."""

    packed: int
    entries: int = 0
    unpacked: int = 0
    words: list[str] = field(default_factory=list)
    letters: int = 0

    def take(self, count: int) -> None:
        self.unpacked += count
        too_dense = self.unpacked > RATIO_FROM and self.unpacked > MAX_RATIO * self.packed
        if self.unpacked > MAX_UNPACKED or too_dense:
            raise _bomb()


def refuse_malware(data: bytes) -> None:
    """Raises ``upload-malware`` when the EICAR test string is anywhere in ``data``."""
    if EICAR in data:
        raise Problem("upload-malware", "文件中发现病毒（测试）特征，已拒收，系统未留存副本。请先杀毒再上传。",
                      "a virus (test) signature was found", field="file", status=422)


def inspect(data: bytes) -> Contents:
    """Unpacks every entry in memory within the limits above and says what the container is.

    Raises ``Problem``: ``upload-bomb``, ``upload-damaged``, ``upload-encrypted``, ``upload-macro``,
    ``upload-malware``, ``upload-program``.
    """
    budget = _Budget(packed=max(len(data), 1))
    kind = _walk(data, 1, budget)
    return Contents(kind, "\n".join(budget.words))


def _walk(data: bytes, depth: int, budget: _Budget) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            budget.entries += len(entries)
            if budget.entries > MAX_ENTRIES:
                raise _bomb()
            _refuse_names([entry.filename for entry in entries])
            types = ""
            for entry in entries:
                content = _unpack(archive, entry, budget)
                if entry.filename == "[Content_Types].xml":
                    types = _decoded(content)
                _look_at(entry.filename, content, depth, budget)
            return _kind({entry.filename for entry in entries}, types)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise Problem("upload-damaged", "文件已损坏，无法打开。请重新保存后再上传。", "the container is damaged",
                      field="file", status=422) from error


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget) -> bytes:
    if entry.flag_bits & 0x1:
        raise Problem("upload-encrypted", "文件设有密码，无法检查。请去掉密码后再上传。", "the file is encrypted",
                      field="file", status=422)
    parts: list[bytes] = []
    with archive.open(entry) as stream:
        while part := stream.read(1024 * 1024):
            budget.take(len(part))
            parts.append(part)
    return b"".join(parts)


def _look_at(name: str, content: bytes, depth: int, budget: _Budget) -> None:
    """Checks one entry and collects its words."""
    refuse_malware(content)
    if name.lower().endswith("vbaproject.bin"):
        raise _macro()
    if content.startswith(_PROGRAM) and not name.lower().endswith((".xml", ".rels")):
        raise Problem("upload-program", "文件里夹带了可执行程序，不能上传。", "the file carries a program",
                      field="file", status=422)
    if content.startswith(_PACKED):
        if depth >= MAX_DEPTH:
            raise _bomb()
        _walk(content, depth + 1, budget)
    elif foreign := next((label for magic, label in _FOREIGN.items() if content.startswith(magic)), ""):
        raise Problem("upload-nested", f"文件里夹带了 {foreign} 压缩包，无法检查，不能上传。",
                      f"the file carries a {foreign} archive", field="file", status=422)
    elif name.lower().endswith(".xml") and budget.letters < MAX_TEXT:
        words = _words(content[:MAX_TEXT])
        budget.letters += len(words)
        budget.words.append(words)


def _kind(names: set[str], types: str) -> str:
    if "macroEnabled" in types:
        raise _macro()
    for kind, (part, content_type) in _MAIN.items():
        if part in names and content_type in types:
            return kind
    return "ofd" if "OFD.xml" in names else ""


def _refuse_names(names: list[str]) -> None:
    doubled = len(set(names)) != len(names)
    outside = any(
        "\\" in name or ":" in name or name.startswith("/") or ".." in PurePosixPath(name).parts for name in names
    )
    if doubled or outside:
        raise Problem("upload-damaged", "文件内部结构不正常，不能上传。请重新保存后再上传。",
                      "entry names are doubled or lead outside", field="file", status=422)


def _words(content: bytes) -> str:
    """Text between the tags; pieces of one paragraph stay together however it is cut into runs."""
    return html.unescape(_TAG.sub("", _BLOCK_ENDS.sub("\n", _decoded(content))))


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")


def _bomb() -> Problem:
    return Problem("upload-bomb", "文件解压后异常庞大或层层嵌套，疑似压缩炸弹，已拒收。",
                   "the container unpacks to far too much", field="file", status=422)


def _macro() -> Problem:
    return Problem("upload-macro", "文件含有宏，不能上传。请另存为不含宏的 docx 或 xlsx。",
                   "the file carries macros", field="file", status=422)
