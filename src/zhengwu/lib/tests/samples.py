"""Small files made on the spot: good ones of every kind we take, and the parts bad ones are made of."""

import io
import struct
import zipfile
import zlib

from zhengwu.lib import paper

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    """A ZIP of name → bytes or text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def _types(content_type):
    return f'<Types><Override PartName="/main.xml" ContentType="{content_type}"/></Types>'


def docx(text="申请书", more=None, content_type=WORD):
    body = f"<w:document><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:document>"
    return zipped({"[Content_Types].xml": _types(content_type), "word/document.xml": body} | (more or {}))


def xlsx(text="名单"):
    return zipped({"[Content_Types].xml": _types(SHEET), "xl/workbook.xml": "<workbook/>",
                   "xl/sharedStrings.xml": f"<sst><si><t>{text}</t></si></sst>"})


def ofd(text="公文"):
    page = f"<ofd:Page><ofd:TextObject><ofd:TextCode>{text}</ofd:TextCode></ofd:TextObject></ofd:Page>"
    return zipped({"OFD.xml": "<ofd:OFD/>", "Doc_0/Pages/Page_0/Content.xml": page})


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=2, height=2):
    """A grey picture; its data fit the size only when it is small, as a bomb's would."""
    lines = b"".join(b"\x00" + b"\x80" * width for _ in range(height)) if width * height < 10_000 else b"\x00"
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(lines)) + _chunk(b"IEND", b"")


def jpg(width=16, height=16):
    """Headers as a camera writes them, a few bytes of picture data, the end mark."""
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00"
    return b"\xff\xd8" + app + frame + scan + b"\x12\x34\x56" + b"\xff\xd9"


def pdf(text="经审查"):
    return paper.render("refusal", {"unit": "某局", "applicant": "某", "reason": text})


def good():
    """Name → bytes of one good file of every kind."""
    return {"申请书.pdf": pdf(), "公文.ofd": ofd(), "申请书.docx": docx(), "名单.xlsx": xlsx(), "门头.jpg": jpg(),
            "门头.JPEG": jpg(), "平面图.png": png(), "说明.txt": "说明".encode()}
