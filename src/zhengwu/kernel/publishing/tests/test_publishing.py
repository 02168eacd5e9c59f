"""Publishing once, withdrawing with a reason, decisions in the act, and what the public pages show."""

import json
from datetime import datetime, timedelta
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from django.test import Client

from zhengwu.kernel.directory.api import ANONYMOUS, SYSTEM
from zhengwu.kernel.ledger.api import check_proof, seal, trusted_keys
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.publishing import api
from zhengwu.kernel.publishing.decisions import KIND
from zhengwu.kernel.publishing.models import Publication
from zhengwu.kernel.publishing.tests.conftest import act
from zhengwu.kernel.search.api import search
from zhengwu.lib.now import CN, travel
from zhengwu.lib.problem import Denied, Invalid, NotFound, Problem

pytestmark = pytest.mark.django_db


def give(world, **changes) -> Publication:
    said = {"kind": "notice", "key": "n1", "title": "关于停水的通告", "summary": "三月十三日停水",
            "unit_id": world.organ.pk, "division": world.organ.division_id, "facts": [("范围", "全城")]}
    return api.publish(**{**said, **changes})


def found(words: str) -> list[str]:
    return [hit.title for hit in search(words, kinds=None, actor=ANONYMOUS, limit=10).rows]


def text(response) -> str:
    return response.content.decode()


def test_publishing_again_changes_nothing(world):
    first, again = give(world), give(world)
    assert first.pk == again.pk and Publication.objects.count() == 1
    assert [e.kind for e in Event.objects.filter(stream=first.stream)] == ["publication.published"]
    assert found("停水") == ["关于停水的通告"]


def test_other_content_is_a_correction_with_its_own_entry(world):
    first = give(world)
    with travel(first.published_at + timedelta(days=1)):
        changed = give(world, title="关于停电的通告")
    assert changed.pk == first.pk and changed.published_at == first.published_at
    assert [e.kind for e in Event.objects.filter(stream=first.stream).order_by("seq")] == [
        "publication.published", "publication.changed"]
    assert found("停电") == ["关于停电的通告"]


def test_what_bears_a_secrecy_mark_is_not_published(world):
    with pytest.raises(Problem):
        give(world, summary="秘密★10年")
    assert not Publication.objects.exists()


def test_withdrawn_stays_withdrawn_and_leaves_the_search(world):
    row = give(world)
    api.withdraw(kind="notice", key="n1", reason="内容有误", by=world.actor("editor"))
    api.withdraw(kind="notice", key="n1", reason="再撤一次", by=world.actor("editor"))
    again = give(world, title="重新公开")
    assert again.withdrawn_reason == "内容有误" and again.title == row.title
    assert not list(api.published(kind="notice")) and found("停水") == []
    assert Event.objects.filter(stream=row.stream, kind="publication.withdrawn").count() == 1


@pytest.mark.parametrize(("who", "reason", "error"), [
    ("officer", "理由", Denied), ("stranger", "理由", Denied), ("citizen", "理由", Denied), ("editor", " ", Invalid),
    ("head", "长" * 301, Invalid)])
def test_a_refused_withdrawal_changes_nothing(world, who, reason, error):
    give(world)
    with pytest.raises(error):
        api.withdraw(kind="notice", key="n1", reason=reason, by=world.actor(who))
    assert Publication.objects.get().withdrawn_at is None
    assert not Event.objects.filter(kind="publication.withdrawn").exists()
    with pytest.raises(NotFound):
        api.withdraw(kind="notice", key="other", reason="理由", by=SYSTEM)


@pytest.mark.parametrize(("action", "result"), [("grant", "准予行政许可"), ("deny", "不予行政许可")])
def test_a_decision_is_public_in_the_act_with_a_masked_person(world, decide, action, result):
    case = decide(action=action)
    row = Publication.objects.get(kind=KIND)
    assert row.title == f"食品经营许可证核发：{result}" and dict(row.facts)["行政相对人"] == "李**"
    assert dict(row.facts)["决定文书号"] == case.documents.get(kind__in=("grant", "denial")).number
    said = json.dumps([row.title, row.summary, row.facts, row.key], ensure_ascii=False)
    assert "李小满" not in said and case.number not in said
    assert row.published_at == case.decided_at


def test_an_enterprise_is_named_in_full(world, decide):
    decide("firm")
    assert dict(Publication.objects.get().facts)["行政相对人"] == "金效市好味餐饮有限公司"


def test_only_permits_are_published(world, decide):
    world.matter.master.type = "20"
    world.matter.master.save()
    decide()
    assert not Publication.objects.exists()


def test_a_failing_act_publishes_nothing(world, decide):
    case = decide(action="")
    act(world, case, "review", "officer", "pass")
    with patch("zhengwu.kernel.publishing.decisions.publish", side_effect=RuntimeError("power cut")), \
            pytest.raises(RuntimeError):
        act(world, case, "decide", "leader", "grant")
    case.refresh_from_db()
    assert case.decided_at is None and not Publication.objects.exists() and found("食品经营许可证") == []


def test_the_list_filters_and_turns_pages(world, decide, monkeypatch):
    for day in (9, 10, 11):
        with travel(datetime(2026, 2, day, 10, tzinfo=CN)):
            decide()
    client = Client()
    assert len(client.get("/publicity/").context["rows"]) == 3
    sizes = {query: len(client.get(f"/publicity/?{query}").context["rows"]) for query in (
        "when=2026-02", "when=2026-03", "when=2026-02-10", f"division={world.organ.division_id}", "division=519922",
        f"unit={world.organ.pk}", "unit=0", "unit=x", f"division={world.organ.division_id}&unit={world.organ.pk}")}
    assert list(sizes.values()) == [3, 0, 1, 3, 0, 3, 0, 3, 3]
    assert "没有符合条件的许可决定" in text(client.get("/publicity/?when=2026-03"))
    wrong = client.get("/publicity/?when=2026-13")
    assert wrong.status_code == 422 and "日期应写作" in text(wrong)
    monkeypatch.setattr("zhengwu.kernel.publishing.views.publicity.PAGE", 2)
    first = client.get("/publicity/")
    second = client.get("/publicity/", {"cursor": first.context["page"].next})
    days = [r.published_at.astimezone(CN).day for r in [*first.context["rows"], *second.context["rows"]]]
    assert days == [11, 10, 9] and second.context["page"].next is None


def test_the_page_of_a_decision_and_its_proof(world, decide):
    decide()
    seal()
    row = Publication.objects.get()
    page = text(Client().get(f"/publicity/{row.pk}/"))
    assert "李**" in page and "临溪县市场监督管理局" in page and "撤下公示" not in page and "李小满" not in page
    answer = Client().get(f"/publicity/{row.pk}/proof-1.json")
    assert check_proof(json.loads(answer.content), trusted=trusted_keys()) == [] and "吴分管" not in text(answer)
    assert Client().get("/publicity/999999/").status_code == 404
    give(world)
    assert Client().get(f"/publicity/{Publication.objects.get(kind='notice').pk}/").status_code == 404


def test_the_publisher_takes_a_decision_back_on_its_page(world, decide):
    decide()
    row = Publication.objects.get()
    client = Client()
    client.force_login(world.people["editor"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "撤下公示" in text(client.get(f"/publicity/{row.pk}/"))
    assert client.post(f"/publicity/{row.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"/publicity/{row.pk}/withdraw/", {"reason": "涉及商业秘密"}).status_code == 302
    gone = Client().get(f"/publicity/{row.pk}/")
    assert gone.status_code == 410 and "涉及商业秘密" in text(gone) and "李**" not in text(gone)
    stranger = Client()
    stranger.force_login(world.people["citizen"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert stranger.post(f"/publicity/{row.pk}/withdraw/", {"reason": "x"}).status_code == 403


def test_the_feed_is_atom_with_the_same_filters(world, decide):
    decide()
    root = ElementTree.fromstring(Client().get("/publicity/feed.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = root.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "食品经营许可证核发：准予行政许可"
    assert entry.find(f"{atom}link").get("href").startswith("http://testserver/publicity/")
    assert not ElementTree.fromstring(Client().get("/publicity/feed.atom?when=2020-01").content).findall(f"{atom}entry")
