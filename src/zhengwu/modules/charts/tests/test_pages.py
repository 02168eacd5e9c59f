"""Pages for designer, colleague and strangers; the editor's save; packages between installations."""

import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhengwu.kernel.flow.api import published, walks
from zhengwu.lib import canonical, frontend
from zhengwu.lib.keys import FileKeys
from zhengwu.lib.now import today
from zhengwu.lib.problem import Invalid, Problem
from zhengwu.modules.charts.models import Draft, Package
from zhengwu.modules.charts.scenarios import checked
from zhengwu.modules.charts.services.drafts import begin, begin_from, save
from zhengwu.modules.charts.services.packages import pack, receive, take, verified
from zhengwu.modules.charts.services.release import release
from zhengwu.modules.charts.tests.conftest import FLOWS, SHIPPED

pytestmark = pytest.mark.django_db
LIST = "/desk/charts/"


def as_(world, who: str | None) -> Client:
    client = Client()
    if who:
        client.force_login(world.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(response) -> str:
    return response.content.decode()


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_who_opens_what(world, draft):
    base = f"{LIST}drafts/{draft.pk}/"
    workshop = [base, f"{base}chart.bpmn", f"{base}rehearsal/", f"{base}publish/", f"{LIST}new/", f"{LIST}import/",
                f"{LIST}packages/", f"{LIST}of/promised/migrate/", f"{LIST}of/promised/withdraw/"]
    public = [LIST, f"{LIST}export.csv", f"{LIST}of/promised/", f"{LIST}of/promised/1/", f"{LIST}of/promised/1.bpmn",
              f"{LIST}of/promised/1/rehearsal/", f"{LIST}of/promised/compare/"]
    expected = {"designer": (200, 200), "colleague": (200, 200), "head": (403, 200), "sysadmin": (403, 200),
                "officer": (403, 403), "citizen": (403, 403), None: (302, 302)}
    for who, (drawn, read) in expected.items():
        client = as_(world, who)
        for url in workshop:
            assert client.get(url).status_code == drawn, (who, url)
        for url in public:
            assert client.get(url).status_code == read, (who, url)
    assert "草稿 " not in text(as_(world, "head").get(f"{LIST}of/fresh/"))
    posts = [f"{base}save/", f"{base}drop/", f"{base}upload/", f"{base}layout/", f"{base}call-off/",
             f"{LIST}of/promised/1/draft/", f"{LIST}packages/export/"]
    for who in ("head", "citizen"):
        assert {as_(world, who).post(url).status_code for url in posts} == {403}
    draft.refresh_from_db()
    assert draft.state == "editing" and Draft.objects.count() == 1


def test_what_is_not_there_is_not_found(world):
    client = as_(world, "designer")
    for url in (f"{LIST}of/none/", f"{LIST}of/promised/9/", f"{LIST}drafts/999/", f"{LIST}packages/999/",
                f"{LIST}transfers/999/", f"{LIST}of/promised/compare/?a=1&b=77", f"{LIST}export.pdf"):
        status = client.get(url).status_code
        assert status == (200 if "compare" in url else 404), url  # one version alone: nothing to compare yet


def test_the_list_asks_the_database_the_same_however_long(world, designer, django_assert_max_num_queries):
    for n in range(12):
        begin(key=f"chart_{n}", title=f"流程之{n}", by=designer)
    client = as_(world, "designer")
    client.get(LIST)
    with django_assert_max_num_queries(9):
        page = client.get(LIST)
    assert "流程之11" in text(page) and "测试流程" in text(page)
    assert "流程之3" in text(client.get(LIST, {"q": "之3"})) and "流程之4" not in text(client.get(LIST, {"q": "之3"}))
    assert "测试流程" not in text(client.get(LIST, {"state": "unpublished"}))


def test_the_editor_saves_and_hears_what_is_wrong(world, draft):
    url, client = f"{LIST}drafts/{draft.pk}/save/", as_(world, "designer")

    def send(revision, xml, who=client):
        return who.post(url, json.dumps({"revision": revision, "xml": xml}), content_type="application/json")

    told = send(1, draft.xml.replace(' zw:role="clerk"', "")).json()
    assert told["revision"] == 2 and not told["runs"]
    assert [f["element"] for f in told["findings"]] == ["precheck"] and "岗位" in told["findings"][0]["message"]
    stale = send(1, draft.xml, as_(world, "colleague"))
    assert stale.status_code == 412 and "沈墨" in stale.json()["message"]
    assert send(2, draft.xml).json() == {"revision": 3, "title": "新流程", "runs": True, "findings": []}
    for body in ("", "[]", '{"revision": 3}', '{"revision": "x", "xml": ""}', "[" * 5000):
        assert client.post(url, body, content_type="application/json").status_code == 400
    for xml in ("", "<a/>", "<!DOCTYPE a><a/>"):
        assert send(3, xml).status_code in (400, 422)
    draft.refresh_from_db()
    assert draft.revision == 3


def test_without_the_package_the_page_says_what_is_missing(world, draft, settings, tmp_path):
    settings.FRONT_DIR = tmp_path / "front"
    page = text(as_(world, "designer").get(f"{LIST}drafts/{draft.pk}/"))
    assert "./zw manage fetch_front" in page and "data-charts-editor" not in page and "上传替换" in page
    name = "bpmn-js/modeler.js"
    assert as_(world, None).get(f"/front/{frontend.digest(settings.ROOT)}/{name}").status_code == 404
    kept = tmp_path / "front" / frontend.digest(settings.ROOT) / name
    kept.parent.mkdir(parents=True)
    kept.write_text("// modeler")
    page = text(as_(world, "designer").get(f"{LIST}drafts/{draft.pk}/"))
    assert "fetch_front" not in page and "data-charts-editor" in page
    found = as_(world, None).get(f"/front/{frontend.digest(settings.ROOT)}/{name}")
    assert b"".join(found.streaming_content) == b"// modeler" and "immutable" in found["Cache-Control"]
    for wrong in ("bpmn-js/../../x", "package.json", "bpmn-js"):
        assert as_(world, None).get(f"/front/{frontend.digest(settings.ROOT)}/{wrong}").status_code == 404


def test_a_file_takes_the_place_of_a_draft_only_if_it_is_the_same_chart(world, draft):
    url, client = f"{LIST}drafts/{draft.pk}/upload/", as_(world, "designer")
    assert client.post(url, {"revision": 1, "file": upload("a.bpmn", SHIPPED.encode())}).status_code == 422
    assert client.post(url, {"revision": 1}).status_code == 400
    changed = draft.xml.replace("收件预审", "当场办结").encode()
    assert client.post(url, {"revision": 7, "file": upload("a.bpmn", changed)}).status_code == 412
    assert client.post(url, {"revision": 1, "file": upload("a.bpmn", changed)}).status_code == 302
    assert client.get(f"{LIST}drafts/{draft.pk}/chart.bpmn").content == changed
    assert "当场办结" in text(client.get(f"{LIST}drafts/{draft.pk}/"))


def test_import_shows_the_table_and_refuses_what_is_none(world):
    client = as_(world, "designer")
    page = client.post(f"{LIST}import/", {"file": upload("s.bpmn", SHIPPED.encode())}, follow=True)
    assert "可以在本平台运行" in text(page) and "● 可以" in text(page)
    wrong = SHIPPED.replace("<userTask", "<scriptTask", 1).replace("</userTask>", "</scriptTask>", 1)
    page = client.post(f"{LIST}import/", {"file": upload("s.bpmn", wrong.encode())}, follow=True)
    assert "■ 不能运行" in text(page) and "脚本任务" in text(page)
    for data in (b"<a/>", b"x" * 2_100_000):
        refused = client.post(f"{LIST}import/", {"file": upload("s.bpmn", data)})
        assert refused.status_code in (413, 422) and Draft.objects.count() == 2


def test_the_dry_run_walks_every_line_and_plays_scenarios(world, draft):
    url, client = f"{LIST}drafts/{draft.pk}/rehearsal/", as_(world, "designer")
    assert "走遍了全部 2 条流程线" in text(client.get(url))
    good = json.dumps({"scenarios": [{"name": "办结", "steps": [["precheck", "accept"]]}]}).encode()
    assert client.post(url, {"revision": 1, "scenarios": upload("s.json", good)}).status_code == 302
    assert "1 个情景走遍" in text(client.get(f"{url}?by=scenarios&way=1"))
    assert client.get(f"{url}?download=1").json()["scenarios"][0]["name"] == "办结"
    stale = client.post(url, {"revision": 1, "scenarios": upload("s.json", good)})
    assert stale.status_code == 412
    for bad in (b"", b"[]", b'{"scenarios": []}', b'{"scenarios": [{"name": "", "steps": []}]}',
                b'{"scenarios": [{"name": "a", "steps": [["x"]]}]}', b'{"scenarios": [{"name": 1}]}'):
        assert client.post(url, {"revision": 2, "scenarios": upload("s.json", bad)}).status_code == 422
    draft.refresh_from_db()
    assert draft.revision == 2 and len(draft.scenarios) == 1


def test_scenarios_of_the_shipped_charts_are_taken():
    for file in FLOWS.glob("*.scenarios.json"):
        assert checked(file.read_bytes())


def test_publishing_by_page_asks_for_day_and_reason(world, designer, draft):
    url, client = f"{LIST}drafts/{draft.pk}/publish/", as_(world, "designer")
    assert "这是第一个版本" in text(client.get(url))
    for given in ({"note": "", "on": today()}, {"note": "改", "on": "明天"}, {"note": "改", "on": "2020-01-01"}):
        assert client.post(url, {"revision": 1, **given}).status_code == 422
    assert client.post(url, {"revision": 1, "note": "首发", "on": today()}).status_code == 302
    assert published("fresh").note == "首发"
    assert client.post(url, {"revision": 1, "note": "再发", "on": today()}).status_code == 409
    after = begin_from(version=published("fresh"), by=designer)
    save(draft_id=after.pk, revision=1, xml=after.xml.replace("收件预审", "预审"), by=designer)
    page = text(client.get(f"{LIST}of/fresh/compare/"))
    assert "<del>收件预审</del>" in page and "charts-changed" in page
    refused = client.post(f"{LIST}of/fresh/withdraw/", {"reason": ""})
    assert refused.status_code == 422 and published("fresh").number == 1
    assert client.post(f"{LIST}of/fresh/withdraw/", {"reason": "废止"}).status_code == 302
    assert "没有现行版本" in text(client.get(f"{LIST}of/fresh/"))


@pytest.fixture
def two(designer, draft):
    """Two published definitions."""
    release(draft_id=draft.pk, revision=1, note="首发", on=today(), by=designer)
    return ["fresh", "promised"]


def test_a_package_is_taken_whole_and_shows_what_differs(world, designer, two, tmp_path, settings):
    data = pack(definitions=two, by=designer)
    own = receive(name="a.json", data=data, by=designer)
    assert own.trusted and take(package_id=own.pk, by=designer) == []  # nothing differs from what is here
    after = begin_from(version=published("fresh"), by=designer)
    changed = save(draft_id=after.pk, revision=1, xml=after.xml.replace("收件预审", "预审"), by=designer)
    release(draft_id=changed.pk, revision=2, note="改名", on=today(), by=designer)
    client = as_(world, "colleague")
    where = client.post(f"{LIST}packages/", {"file": upload("a.json", data)}, follow=True).redirect_chain[-1][0]
    page = text(client.get(where))
    assert "<del>预审</del>" in page and "完全相同" in page and "在信任名单中" in page
    assert client.post(where, {"take": 1}).status_code == 302
    made = Draft.objects.get(origin="package")
    assert made.definition.key == "fresh" and made.xml == after.xml and made.state == "editing"
    assert client.post(where, {"take": 1}).status_code == 409
    assert as_(world, "head").get(where).status_code == 403


def test_a_strangers_package_needs_somebody_who_vouches(designer, two, tmp_path):
    payload = canonical.loads(pack(definitions=["fresh"], by=designer))["payload"]
    payload["charts"][0] |= {"xml": payload["charts"][0]["xml"].replace("收件预审", "初审")}
    key = FileKeys(tmp_path / "elsewhere").signing("charts")
    data = canonical.dumps({"payload": payload, "signer": key.public_hex,
                            "signature": key.sign(canonical.dumps(payload)).hex()})
    package = receive(name="b.json", data=data, by=designer)
    assert not package.trusted
    with pytest.raises(Invalid):
        take(package_id=package.pk, by=designer)
    package.refresh_from_db()
    assert package.state == "shown" and not Draft.objects.filter(origin="package").exists()
    assert len(take(package_id=package.pk, vouched=True, by=designer)) == 1


def test_what_was_changed_after_signing_is_refused(world, designer, two):
    data = pack(definitions=two, by=designer)
    outer = canonical.loads(data)
    forged = json.loads(data)
    forged["payload"]["charts"][0]["note"] = "改过"
    other = FileKeys(settings.KEYS_DIR / "other").signing("charts")
    bad = [b"", b"{}", b"[1]", data[:-5], canonical.dumps(forged),
           canonical.dumps(outer | {"signer": other.public_hex}), canonical.dumps(outer | {"signature": "00"}),
           canonical.dumps(outer | {"signature": "zz"}), canonical.dumps(outer | {"payload": 1}), b"x" * 10_000_001]
    for wrong in bad:
        with pytest.raises(Problem):
            verified(wrong)
    client = as_(world, "designer")
    refused = client.post(f"{LIST}packages/", {"file": upload("x.json", canonical.dumps(forged))})
    assert refused.status_code == 422 and "被改动过" in text(refused) and not Package.objects.exists()
    assert client.post(f"{LIST}packages/export/", {}).status_code == 422
    assert client.post(f"{LIST}packages/export/", {"definitions": "none"}).status_code == 422


def test_a_package_with_one_bad_chart_is_refused_whole(designer, two):
    outer = canonical.loads(pack(definitions=two, by=designer))
    payload = outer["payload"]
    payload["charts"][1]["xml"] = "<nothing/>"
    from zhengwu.modules.charts.services.packages import KEY, keys

    signature = keys().signing(KEY).sign(canonical.dumps(payload)).hex()
    with pytest.raises(Problem):
        receive(name="c.json", data=canonical.dumps(outer | {"payload": payload, "signature": signature}), by=designer)
    assert not Package.objects.exists() and not Draft.objects.filter(origin="package").exists()


def test_the_ways_of_the_test_chart_end(world):
    assert walks(published("promised").chart()).faults == []
