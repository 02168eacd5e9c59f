"""Checks of an upload: pure, on bytes in memory, nothing kept. What is refused says why, in Chinese, at ``file``."""

import io
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from zhengwu.lib.problem import Problem
from zhengwu.lib.uploads_archive import EICAR, inspect, refuse_malware
from zhengwu.lib.uploads_secret import has_secret_mark, refuse_secret_data, refuse_secret_file, refuse_secret_text
from zhengwu.lib.uploads_types import decoded_text, guess, kind_of, refuse_double_nature, refuse_large_picture

__all__ = [
    "EICAR", "MEDIA_TYPES", "Checked", "check", "clean_name", "has_secret_mark", "refuse_secret_data",
    "refuse_secret_text",
]

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
}
DEFAULT_MAX = 20 * 1024 * 1024
NAME_MAX = 120
_CONTAINERS = {"docx", "xlsx", "ofd"}
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_PDF_PAGES = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """An accepted upload: ``name`` cleaned, ``extension`` without dot in lower case, ``media_type`` by content."""

    name: str
    extension: str
    media_type: str


def check(
    name: str, data: bytes, *, max_bytes: int = DEFAULT_MAX, allowed: Collection[str] = tuple(MEDIA_TYPES)
) -> Checked:
    """Accepts ``data`` or raises ``Problem`` with the reason; see the codes in the tests of this package.

    ``allowed`` are extensions out of ``MEDIA_TYPES``. Content, not the name, decides what the file is; both must agree.
    """
    clean = clean_name(name)
    extension = clean.rpartition(".")[2].lower() if "." in clean else ""
    if extension not in allowed or extension not in MEDIA_TYPES:
        known = "、".join(e for e in MEDIA_TYPES if e in allowed)
        raise _refused("upload-type", f"不能上传这种文件。可以上传：{known}。", "this kind of file is not taken")
    if not data:
        raise _refused("upload-empty", "文件是空的，请检查后重新选择。", "the file is empty")
    if len(data) > max_bytes:
        raise Problem("upload-too-large", f"文件超过 {max_bytes / 1024 / 1024:g} MB，请压缩或拆分后再上传。",
                      f"the file is larger than {max_bytes} bytes", field="file", status=413)
    refuse_malware(data)
    text = _text_of(extension, data)
    refuse_secret_file(clean, text)
    return Checked(clean, extension, MEDIA_TYPES[extension])


def clean_name(name: str) -> str:
    """A name that is safe to show and to save: no path, no control or invisible characters, at most 120 characters."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    base = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    base = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", base)).strip(" .")
    if _RESERVED.match(base):
        base = f"_{base}"
    stem, dot, extension = base.rpartition(".")
    if not dot:
        return base[:NAME_MAX] or "未命名"
    extension = extension[:10]
    return f"{stem[: NAME_MAX - len(extension) - 1].rstrip(' .') or '未命名'}.{extension}"


def _text_of(extension: str, data: bytes) -> str:
    """Compares content with the name, looks for what hides inside, and returns the words that can be read."""
    real = kind_of(data)
    expected = "zip" if extension in _CONTAINERS else "jpg" if extension == "jpeg" else extension
    if real != expected:
        raise _mismatch(extension, data)
    if real == "zip":
        contents = inspect(data)
        if contents.kind != extension:
            raise _mismatch(extension, data)
        return contents.text
    if real == "txt":
        return decoded_text(data) or ""
    refuse_double_nature(data, real)
    if real == "pdf":
        return _pdf_text(data)
    refuse_large_picture(data, real)
    return ""


def _pdf_text(data: bytes) -> str:
    """Words of the first pages. A PDF that cannot be read or asks for a password cannot be checked and is refused."""
    try:
        reader = PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = [] if locked else [page.extract_text() for page in reader.pages[:_PDF_PAGES]]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise _refused("upload-damaged", "PDF 已损坏，无法打开。请重新导出后再上传。", "the PDF is damaged") from error
    if locked:
        raise _refused("upload-encrypted", "PDF 设有打开密码，无法检查。请去掉密码后再上传。", "the PDF is encrypted")
    if not pages:
        raise _refused("upload-damaged", "PDF 文件没有页面，请重新导出后再上传。", "the PDF has no pages")
    return "\n".join(pages)


def _mismatch(extension: str, data: bytes) -> Problem:
    seen = guess(data)
    looks = f"，内容像是 {seen}" if seen and seen != f".{extension}" else ""
    return _refused("upload-mismatch", f"文件内容与扩展名 .{extension} 不符{looks}。请上传真实格式的文件。",
                    f"the content is not what the name .{extension} says")


def _refused(code: str, zh: str, en: str) -> Problem:
    return Problem(code, zh, en, field="file", status=422)
