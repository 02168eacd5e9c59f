"""Search: what is indexed is found by those who may see it, in a stable order, with bounded work."""

from datetime import timedelta

import pytest

from zhengwu.kernel.directory.api import Actor, Post
from zhengwu.kernel.search import finding
from zhengwu.kernel.search.api import Item, index, index_many, remove, search, suggest
from zhengwu.kernel.search.indexing import initials_of
from zhengwu.kernel.search.models import Document
from zhengwu.lib.now import now
from zhengwu.lib.problem import Problem

pytestmark = pytest.mark.django_db
START = now()


def _item(key, title, body="", days=0, **more):
    return Item(**({"kind": "matter", "key": key, "title": title, "body": body, "url": f"/m/{key}/", "public": True,
                    "at": START + timedelta(days=days)} | more))


def _keys(text, **more):
    return [hit.key for hit in search(text, **more).rows]


def _officer(*units):
    posts = tuple(Post(unit_id=u, unit_name="", unit_path="", division="", division_prefix="", role="officer")
                  for u in units)
    return Actor(account_id=1, name="甲", kind="staff", posts=posts)


def test_any_fragment_of_the_text_is_found():
    text = "申请人应当提交与食品经营相适应的主要设备设施布局、操作流程等文件"
    index_many([_item("a", "食品经营许可", text), _item("b", "道路运输经营许可", "车辆")])
    clean = [run for run in text.split("、")]
    for run in clean:
        for at in range(len(run) - 3):
            assert _keys(run[at : at + 4]) == ["a"], run[at : at + 4]


def test_one_character_two_characters_latin_and_rare_ones():
    index_many([_item("a", "𠮷田商店营业执照"), _item("b", "GB/T 9704 公文格式")])
    assert _keys("照") == ["a"] and _keys("执照") == ["a"] and _keys("𠮷田") == ["a"]
    assert _keys("gb 9704") == ["b"] and _keys("９７") == ["b"] and _keys("公") == ["b"]


def test_a_phrase_does_not_cross_punctuation_and_all_words_count():
    index_many([_item("a", "许可。证明"), _item("b", "许可证明")])
    assert _keys("许可证明") == ["b"]
    assert _keys("证明 许可") == ["b", "a"] or set(_keys("证明 许可")) == {"a", "b"}
    assert _keys("许可 驾驶") == []


@pytest.mark.parametrize("text", ["", "   ", "，。！", "%_'\\", "\x00", "' | 'x", "🙂", "&!():*<->"])
def test_nothing_to_search_for_finds_nothing_and_breaks_nothing(text):
    index(kind="matter", key="a", title="许可", url="/", public=True)
    assert _keys(text) == []


def test_three_personas_see_their_own_hits_and_totals():
    index_many([_item("open", "许可公开"), _item("one", "许可甲", public=False, unit_id=1),
                _item("two", "许可乙", public=False, unit_id=2), _item("none", "许可丙", public=False)])
    for actor, seen in ((None, {"open"}), (_officer(1), {"open", "one"}), (_officer(1, 2), {"open", "one", "two"}),
                        (Actor(account_id=9, name="", kind="citizen"), {"open"})):
        hits = search("许可", actor=actor)
        assert {hit.key for hit in hits.rows} == seen
        assert (hits.total, hits.total_text) == (len(seen), f"{len(seen)}条")


def test_kinds_and_divisions_narrow():
    index_many([_item("a", "许可", division="410522"), _item("b", "许可", division="410523"),
                _item("c", "许可", kind="article", division="410522101")])
    assert set(_keys("许可", division="410522")) == {"a", "c"}
    assert set(_keys("许可", division="4105", kinds=["matter"])) == {"a", "b"}
    assert _keys("许可", kinds=[]) == [] and _keys("许可", division="%") == []


def test_titles_first_then_newest_and_pages_join_without_gap():
    index_many([_item(f"b{n:02}", "其他", "办理许可", days=n) for n in range(12)]
               + [_item(f"t{n}", "许可", days=-n) for n in range(3)])
    wanted = ["t0", "t1", "t2", *[f"b{n:02}" for n in reversed(range(12))]]
    got, cursor = [], None
    while True:
        hits = search("许可", limit=4, before=cursor)
        got += [hit.key for hit in hits.rows]
        assert hits.total_text == "15条"
        cursor = hits.next
        assert hits.more == bool(cursor)
        if not hits.more:
            break
    assert got == wanted


@pytest.mark.parametrize("window", [5, 1000])
def test_frequent_words_are_counted_to_the_bound_and_come_newest_first(monkeypatch, window):
    monkeypatch.setattr(finding, "BOUND", 10)
    monkeypatch.setattr(finding, "WINDOW", window)
    index_many([_item(f"{n:02}", "许可" if n % 2 else "备案", days=n) for n in range(60)])
    got, cursor = [], None
    for _ in range(20):
        hits = search("许可", limit=7, before=cursor)
        assert hits.total_text == "超过10条"
        got += [hit.key for hit in hits.rows]
        cursor = hits.next
        if not hits.more:
            break
    assert got == [f"{n:02}" for n in range(59, 0, -2)]


@pytest.mark.parametrize("cursor", ["x", "1.2", "1.2.3.4", "a.b.c", "1.99999999999999999999999.1", "0.1." + "9" * 30])
def test_a_cursor_that_is_none_is_refused(cursor):
    index(kind="matter", key="a", title="许可", url="/", public=True)
    with pytest.raises(Problem) as caught:
        search("许可", before=cursor)
    assert caught.value.code == "bad-cursor"


def test_extracts_are_marked_and_escaped():
    index_many([_item("a", "<b>许可</b>", "前" * 300 + "<script>办理许可</script>" + "后" * 300)])
    hit = search("许可").rows[0]
    assert hit.title_html == "&lt;b&gt;<mark>许可</mark>&lt;/b&gt;"
    assert "<mark>许可</mark>" in hit.snippet and "<script>" not in hit.snippet
    assert "&lt;script&gt;" in hit.snippet


def test_indexing_again_replaces_and_removing_removes():
    index_many([_item("a", "旧名称"), _item("a", "新名称")])
    index_many([_item("a", "更新名称")])
    assert Document.objects.count() == 1
    assert _keys("旧名") == [] and _keys("更新") == ["a"]
    remove("matter", "a")
    remove("matter", "a")
    assert _keys("更新") == []


def test_a_text_longer_than_postgresql_keeps_is_stored_and_its_beginning_found():
    index_many([_item("a", "长文", "开头" + "政务服务" * 20_000), _item("b", "有\x00零", "x")])
    assert _keys("开头政务") == ["a"] and _keys("零") == ["b"]


def test_bulk_writes_more_than_one_chunk():
    assert index_many(_item(str(n), f"许可{n}") for n in range(1_201)) == 1_201
    assert Document.objects.count() == 1_201


def test_suggestions_by_title_and_by_initials():
    index_many([_item("a", "食品经营许可", suggest=True), _item("b", "小食品摊点备案", suggest=True),
                _item("c", "食品生产许可"), _item("d", "食品经营许可注销", suggest=True, public=False)])
    assert [h.key for h in suggest("食品")] == ["a", "b"]
    assert [h.key for h in suggest("spjy")] == ["a"] and [h.key for h in suggest("SP")] == ["a"]
    assert suggest("") == [] and suggest("%") == [] and suggest("食品", kinds=["other"]) == []


@pytest.mark.parametrize(("title", "letters"), [("食品经营许可", "spjyxk"), ("GB 9704格式", "gb9704gs"), ("（）", "")])
def test_initials(title, letters):
    assert initials_of(title) == letters
