"""Uploads: good files pass, hostile ones are refused with the right code, in Chinese, at the field."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengwu.lib import uploads
from zhengwu.lib.problem import Problem
from zhengwu.lib.tests import samples


def _code(name, data, **limits):
    with pytest.raises(Problem) as caught:
        uploads.check(name, data, **limits)
    assert caught.value.field == "file"
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.zh)
    return caught.value.code


@pytest.mark.parametrize("name", samples.good())
def test_good_files_pass(name):
    checked = uploads.check(name, samples.good()[name])
    assert checked.name == name
    assert checked.media_type == uploads.MEDIA_TYPES[name.rpartition(".")[2].lower()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_texts_in_the_usual_encodings_pass_and_are_read(encoding):
    assert uploads.check("a.txt", "说明：𠮷".encode(encoding)).extension == "txt"
    assert _code("a.txt", "机密★20年".encode(encoding)) == "secret-mark"


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.exe", b"MZ\x90\x00", "upload-type"),
    ("noextension", b"text", "upload-type"),
    ("a.docm", samples.docx(), "upload-type"),
    ("a.pdf", b"", "upload-empty"),
    ("photo.pdf", samples.png(), "upload-mismatch"),
    ("a.png", samples.pdf(), "upload-mismatch"),
    ("a.docx", samples.xlsx(), "upload-mismatch"),
    ("a.ofd", samples.docx(), "upload-mismatch"),
    ("a.docx", samples.zipped({"x.txt": "x"}), "upload-mismatch"),
    ("a.txt", b"MZ\x90\x00\x03\x00\x00\x00", "upload-mismatch"),
    ("a.docx", samples.docx(content_type=samples.MACRO), "upload-macro"),
    ("a.docx", samples.docx(more={"word/vbaProject.bin": b"x"}), "upload-macro"),
    ("a.docx", samples.docx(more={"word/media/setup.bin": b"MZ\x90\x00"}), "upload-program"),
    ("a.docx", samples.docx(more={"word/embeddings/a.bin": b"7z\xbc\xaf\x27\x1c"}), "upload-nested"),
    ("a.txt", uploads.EICAR, "upload-malware"),
    ("a.docx", samples.docx(more={"word/media/a.txt": uploads.EICAR}), "upload-malware"),
    ("a.docx", samples.docx(more={"../../evil.sh": "x"}), "upload-damaged"),
    ("a.docx", samples.docx()[:-30], "upload-damaged"),
    ("a.pdf", b"%PDF-1.7\nnothing", "upload-damaged"),
    ("a.png", samples.png()[:40], "upload-damaged"),
    ("a.jpg", samples.jpg()[:-2], "upload-damaged"),
    ("a.png", samples.png(40_000, 40_000), "upload-picture-too-large"),
    ("a.jpg", samples.jpg(60_000, 60_000), "upload-picture-too-large"),
    ("a.png", samples.png() + samples.zipped({"x.html": "<script>"}), "upload-polyglot"),
    ("a.jpg", samples.jpg() + b"<script>alert(1)</script>", "upload-polyglot"),
    ("a.png", samples.png() + b"hidden", "upload-polyglot"),
    ("a.pdf", samples.pdf() + samples.zipped({"x": "y"}), "upload-polyglot"),
])
def test_hostile_and_broken_files_are_refused(name, data, code):
    assert _code(name, data) == code


def test_the_largest_size_passes_and_one_byte_more_does_not():
    assert uploads.check("a.txt", b"x" * 100, max_bytes=100).extension == "txt"
    assert _code("a.txt", b"x" * 101, max_bytes=100) == "upload-too-large"


def test_a_caller_may_take_fewer_kinds():
    assert _code("a.txt", b"x", allowed=("pdf", "jpg")) == "upload-type"


def test_a_bomb_by_ratio():
    bomb = samples.docx(more={"word/media/a.bmp": b"\x00" * 40_000_000})
    assert len(bomb) < 100_000
    assert _code("a.docx", bomb) == "upload-bomb"


def test_a_bomb_by_number_of_entries():
    assert _code("a.docx", samples.docx(more={f"word/{n}.xml": "" for n in range(2_100)})) == "upload-bomb"


def test_a_bomb_by_nesting_while_one_embedded_sheet_is_fine():
    sheet = samples.docx(more={"word/embeddings/a.xlsx": samples.xlsx()})
    assert uploads.check("a.docx", sheet).extension == "docx"
    deep = samples.zipped({"b.zip": samples.zipped({"c.zip": samples.zipped({"d": "x"})})})
    assert _code("a.docx", samples.docx(more={"word/embeddings/a.zip": deep})) == "upload-bomb"


def test_an_entry_that_lies_about_its_size_is_refused():
    data = bytearray(samples.docx(more={"word/big.xml": b"a" * 1_000_000}))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert _code("a.docx", bytes(data)) == "upload-damaged"


def test_doubled_entries_are_refused():
    out = io.BytesIO(samples.docx())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("word/document.xml", "<other/>")
    assert _code("a.docx", out.getvalue()) == "upload-damaged"


SECRETS = ["机密★20年", "绝密★", "秘密★长期", "密级：秘密", "密级 机密", "【密级】绝密", "绝 密 ★ 30 年",
           "机\u200b密★10年",
           "机密10年", "秘密5年", "绝密级★", "密级\n机密", "秘密 ★ 一年", "機密★10年"]
ORDINARY = ["保守国家秘密", "商业秘密", "机密计算平台", "密级：无", "商业秘密3年内不得披露",
            "不涉及国家秘密、商业秘密、个人隐私",
            "秘密\n2026年3月9日", "请保密，机密文件不得上传"]


@pytest.mark.parametrize("text", SECRETS)
def test_secret_marks_are_refused_everywhere(text):
    assert uploads.has_secret_mark(text)
    assert _code("a.txt", f"标题\n{text}\n正文".encode()) == "secret-mark"
    with pytest.raises(Problem, match="国家秘密") as caught:
        uploads.refuse_secret_text(text, "opinion")
    assert (caught.value.code, caught.value.field) == ("secret-mark", "opinion")


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_words_are_no_marks(text):
    assert not uploads.has_secret_mark(text)
    uploads.refuse_secret_text(text)


@pytest.mark.parametrize(("name", "data"), [
    ("a.docx", samples.docx("机密★20年")),
    ("a.docx", samples.docx("机</w:t></w:r><w:r><w:t>密★20年")),
    ("a.xlsx", samples.xlsx("密级：秘密")),
    ("a.ofd", samples.ofd("绝密★30年")),
    ("a.pdf", samples.pdf("机密★20年")),
    ("机密★20年.jpg", samples.jpg()),
    ("a.docx", samples.docx(more={"word/embeddings/b.xlsx": samples.xlsx("绝密★")})),
])
def test_secret_marks_are_found_inside(name, data):
    assert _code(name, data) == "secret-mark"


@pytest.mark.parametrize(("given_name", "clean"), [
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\Users\\我\\申请书.pdf", "申请书.pdf"),
    ("a\x00b\r\n.txt", "ab.txt"),
    ("照片\u202egpj.exe", "照片gpj.exe"),
    ("  .hidden.txt ", "hidden.txt"),
    ("con.txt", "_con.txt"),
    ('<b>"x".txt', "_b__x_.txt"),
    ("/", "未命名"),
    ("....", "未命名"),
    ("长" * 300 + ".docx", "长" * 115 + ".docx"),
])
def test_names_are_made_safe(given_name, clean):
    assert uploads.clean_name(given_name) == clean


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_name_becomes_safe_and_stays_so(name):
    clean = uploads.clean_name(name)
    assert 0 < len(clean) <= uploads.NAME_MAX
    assert not set(clean) & set('/\\<>:"|?*\x00\r\n') and clean not in (".", "..")
    assert uploads.clean_name(clean) == clean


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(["pdf", "docx", "jpg", "png", "txt", "ofd"]),
       st.sampled_from([b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"]))
def test_whatever_bytes_come_the_answer_is_yes_or_a_problem(data, extension, start):
    try:
        assert uploads.check(f"a.{extension}", start + data).extension == extension
    except Problem as problem:
        assert problem.code.startswith(("upload-", "secret-mark"))
