"""Papers: what the law asks for stands on them, names stay whole, data never become markup."""

import io
import threading
from datetime import UTC, datetime

import pylopdf_fonts_zh_cn as fonts
import pytest
from pypdf import PdfReader

from zhengwu.lib import paper, qr
from zhengwu.lib.paper import coverage

BASE = {
    "unit": "金效市永宁县市场监督管理局", "number": "永市监许受〔2026〕128号", "case_number": "410522-2026-0000128",
    "query_code": "482913", "phone": "0372-5550123", "qr": qr.svg("https://x.example/1"), "date": "2026年3月13日",
    "applicant": "㐂来乐餐饮有限公司", "matter": "食品经营许可核发", "matter_code": "11410522MB1A2345XK4000131001000",
    "received_on": "2026年3月9日", "accepted_on": "2026年3月11日", "url": "x.example/q",
    "reconsideration_organ": "永宁县人民政府", "court": "永宁县人民法院",
}
REMEDY = ["六十日内向永宁县人民政府申请行政复议", "六个月内依法直接向永宁县人民法院提起行政诉讼"]
CASES = {
    "acceptance": (
        {"lawful_limit": "20个工作日", "lawful_due": "2026年4月9日", "promised_limit": "8个工作日",
         "promised_due": "2026年3月23日", "excluded": [{"name": "现场核查", "time": "5个工作日"}]},
        ["行政许可申请受理通知书", "第三十二条第一款第（五）项", "2026年4月9日", "2026年3月23日", "第四十五条",
         "现场核查", "482913", "0372-5550123", "永市监许受〔2026〕128号"]),
    "correction": (
        {"items": [{"material": "申请书", "problem": "未签名", "wanted": "由法定代表人签名"}], "due": "2026年3月27日"},
        ["补正告知书", "第三十二条第一款第（四）项", "一次告知", "未签名", "由法定代表人签名", "2026年3月27日"]),
    "refusal": (
        {"reason": "该事项不属于本机关职权范围", "competent_organ": "永宁县卫生健康委员会"},
        ["不予受理决定书", "不属于本机关职权范围", "永宁县卫生健康委员会", *REMEDY]),
    "decision": (
        {"granted": False, "facts": "经审查。", "reason": "距离不足25米"},
        ["不予行政许可决定书", "第三十八条第二款", "距离不足25米", *REMEDY]),
    "extension": (
        {"due": "2026年4月9日", "reason": "情况复杂", "approved_by": "本机关负责人", "days": 10,
         "new_due": "2026年4月23日"}, ["第四十二条", "本机关负责人", "10个工作日", "2026年4月23日"]),
    "delivery": (
        {"recipient": "㐂来乐餐饮有限公司",
         "papers": [{"name": "准予行政许可决定书", "number": "1号"}], "method": "直接送达"},
        ["送达回证", "《准予行政许可决定书》", "直接送达", "见证人"]),
    "receipt": (
        {"received_at": "2026年3月9日 09:42", "received_by": "李敏", "proof": "5a" * 32,
         "materials": [{"name": "申请书", "copies": 2, "form": "原件"}]},
        ["申请材料接收凭证", "410522-2026-0000128", "482913", "李敏", "申请书", "五个工作日", "5a5a5a5a"]),
    "certificate": (
        {"title": "食品经营许可证", "holder": "㐂来乐餐饮有限公司", "holder_code": "91410522MA00000000",
         "facts": [{"label": "经营项目", "value": "热食类食品制售"}], "valid_from": "2026年3月13日",
         "identifier": "1.2.156.3005.2.X.Y.1.001.7", "issued_on": "2026年3月13日"},
        ["1.2.156.3005.2.X.Y.1.001.7", "热食类食品制售", "长期有效", "91410522MA00000000"]),
}


def _text(pdf):
    found = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(found.split()).replace("\u200b", "")


@pytest.mark.parametrize("name", CASES)
def test_a_paper_states_what_it_must(name):
    more, wanted = CASES[name]
    text = _text(paper.render(name, BASE | more))
    assert [w for w in wanted if "".join(w.split()) not in text] == []
    assert "金效市永宁县市场监督管理局" in text and "㐂来乐" in text


def test_a_grant_is_not_a_denial():
    text = _text(paper.render("decision", BASE | {"granted": True, "content": "餐饮服务", "term": "五年"}))
    assert "准予行政许可决定书" in text and "不予" not in text and "五年" in text


@pytest.mark.parametrize("name", CASES)
def test_long_names_and_missing_data_still_give_a_paper(name):
    long = {"applicant": "某" * 60, "holder": "某" * 60, "recipient": "某" * 60, "unit": "金效市" + "某" * 27 + "局"}
    assert paper.render(name, BASE | CASES[name][0] | long).startswith(b"%PDF-")
    assert paper.render(name, {"unit": "局", "title": "证"}).startswith(b"%PDF-")


def test_data_never_become_markup_or_code():
    evil = '#panic("x") $x$ *b* _i_ `raw` \\ <l> @ref #read("/lib/now.py") = h'
    text = _text(paper.render("refusal", BASE | {"reason": evil}))
    assert "".join(evil.split()) in text and "importdatetime" not in text


def test_the_same_data_give_the_same_bytes_and_a_small_file():
    moment = datetime(2026, 3, 13, 1, 20, tzinfo=UTC)
    first, again = (paper.render("decision", BASE | CASES["decision"][0], at=moment) for _ in range(2))
    assert first == again and len(first) < 100_000
    assert PdfReader(io.BytesIO(first)).metadata.creation_date == moment


def test_an_unknown_template_or_one_outside_is_refused():
    for name in ("nothing", "../../../etc/passwd", "lib/paper/../../../../x.typ"):
        with pytest.raises(FileNotFoundError):
            paper.render(name, {})


def test_data_that_do_not_suit_are_named():
    with pytest.raises(ValueError, match="correction"):
        paper.render("correction", BASE | {"items": [{"material": "x"}]})


def test_threads_get_their_own_papers():
    seen = {}

    def work(number):
        seen[number] = _text(paper.render("refusal", BASE | {"reason": f"理由第{number}号"}))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"理由第{n}号" in seen[n] for n in range(8))


def test_preview_is_a_picture_a_page():
    assert all(p.startswith(b"\x89PNG") for p in paper.preview("receipt", BASE | CASES["receipt"][0], ppi=40))


def test_rare_characters_of_names_are_printed():
    assert paper.unprintable("𠮷田㐂子，A1〔2026〕\u200b\n") == []
    assert "𠮷田㐂子" in _text(paper.render("certificate", BASE | CASES["certificate"][0] | {"holder": "𠮷田㐂子"}))


def test_a_character_without_font_is_marked_and_logged_never_an_empty_box(caplog):
    rare = "李\U0002e9f5"
    data = BASE | CASES["certificate"][0] | {"holder": rare, "facts": [{"label": "经营者", "value": rare}]}
    text = _text(paper.render("certificate", data))
    assert text.count("李〓（U+2E9F5）") == 2
    assert "U+2E9F5" in caplog.text and "李" not in caplog.text
    assert paper.unprintable(rare) == ["\U0002e9f5"]
    assert paper.unprintable("\U00031350") == ["\U00031350"], "a character newer than Python's own tables"


def test_the_character_map_of_broken_fonts_ends_where_it_breaks(tmp_path):
    (tmp_path / "broken.otf").write_bytes(b"OTTO\x00\x09")
    (tmp_path / "notes.txt").write_text("no font")
    assert coverage.covered([tmp_path]) == frozenset()
    serif = coverage.characters(fonts.serif_path().read_bytes())
    assert ord("㐂") in serif and ord("A") in serif and ord("𠮷") not in serif
