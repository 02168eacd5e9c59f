"""Pages: owner, colleague, stranger; forms come back filled; lists, files, export."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START
from zhengwu.modules.enforcement.models import Affair, Draw
from zhengwu.modules.enforcement.tests.test_penalty import TO_NOTICE
from zhengwu.modules.enforcement.tests.world import CITIZEN_ID


def client(office, name):
    made = Client()
    made.force_login(office.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


@pytest.fixture
def told(office):
    affair = office.open()
    office.propose(affair)
    office.run(affair.case, TO_NOTICE)
    return Affair.objects.get(pk=affair.pk)


def test_staff_of_the_unit_see_the_list_and_the_affair(office, told):
    number = told.case.number
    for name in ("officer", "officer2", "head", "leader", "legal", "inspector"):
        page = client(office, name).get("/desk/enforcement/")
        assert page.status_code == 200 and number in page.content.decode(), name
        page = client(office, name).get(f"/desk/enforcement/{number}/")
        assert page.status_code == 200
        text = page.content.decode()
        assert CITIZEN_ID not in text and "110105********002X" in text


def test_strangers_see_nothing(office, told):
    number = told.case.number
    for name in ("stranger", "partner"):
        page = client(office, name).get("/desk/enforcement/")
        assert number not in page.content.decode()
        assert client(office, name).get(f"/desk/enforcement/{number}/").status_code == 404
        rows = b"".join(client(office, name).get("/desk/enforcement/export.csv").streaming_content).decode()
        assert number not in rows
        for part in ("propose", "team", "hearing", "evidence"):
            assert client(office, name).post(f"/desk/enforcement/{number}/{part}/", {}).status_code in (403, 404)
    for name in ("citizen", "neighbour", "sysadmin", "clerk"):
        assert client(office, name).get("/desk/enforcement/").status_code in (302, 403)
    assert Client().get(f"/desk/enforcement/{number}/").status_code in (302, 403)


def test_party_sees_only_the_own_case_and_only_when_told(office):
    affair = office.open()
    number = affair.case.number
    citizen = client(office, "citizen")
    assert number not in citizen.get("/my/affairs/").content.decode()
    assert citizen.get(f"/my/affairs/{number}/").status_code == 404
    assert not Case.objects.visible_to(office.actor("citizen")).filter(number=number).exists()
    office.propose(affair)
    case = office.run(affair.case, TO_NOTICE)
    page = citizen.get(f"/my/affairs/{number}/").content.decode()
    assert "行政处罚告知书" in page and "货架" not in page
    paper = case.documents.get(kind="enf_penalty_notice")
    assert citizen.get(f"/cases/{number}/papers/{paper.pk}.pdf").status_code == 200
    neighbour = client(office, "neighbour")
    assert neighbour.get(f"/my/affairs/{number}/").status_code == 404
    assert neighbour.get(f"/cases/{number}/papers/{paper.pk}.pdf").status_code == 404
    assert citizen.get(f"/desk/enforcement/{number}/").status_code in (302, 403)


def test_party_pleads_on_the_page(office, told):
    url = f"/my/affairs/{told.case.number}/"
    refused = client(office, "citizen").post(url, {"text": " "})
    assert refused.status_code == 422
    assert client(office, "neighbour").post(url, {"text": "我"}).status_code == 404
    assert client(office, "citizen").post(url, {"text": "<b>牛奶已下架</b>"}).status_code == 302
    page = client(office, "officer").get(f"/desk/enforcement/{told.case.number}/").content.decode()
    assert "&lt;b&gt;牛奶已下架" in page
    assert told.statements.count() == 1


def test_opening_on_the_page(office):
    officer = client(office, "officer")
    matter = office.matters["penalty-general"]
    assert matter.name in officer.get("/desk/enforcement/new/").content.decode()
    url = f"/desk/enforcement/new/{matter.code}/"
    assert officer.get(url).status_code == 200
    given = {"subject": "经营过期食品", "source": "report", "facts": "事实经过", "party_kind": "person",
             "party_name": "李小满", "party_number": CITIZEN_ID, "party_phone": "", "place": "", "happened_on": "",
             "key": "page-1", "officer": [office.people["officer"].pk, ""], "badge": ["ZF1", ""]}
    refused = officer.post(url, given)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "不得少于两人" in text and 'value="经营过期食品"' in text and 'value="ZF1"' in text
    assert not Affair.objects.exists()
    given |= {"officer": [office.people["officer"].pk, office.people["officer2"].pk], "badge": ["ZF1", "ZF2"]}
    done = officer.post(url, given)
    assert done.status_code == 302 and Affair.objects.get().subject == "经营过期食品"
    officer.post(url, given)
    assert Affair.objects.count() == 1
    assert client(office, "partner").get(url).status_code == 404


def test_a_power_not_in_force_says_why(office):
    matter = office.matters["penalty-general"]
    matter.status = "withdrawn"
    matter.save()
    page = client(office, "officer").get("/desk/enforcement/new/").content.decode()
    assert "该事项未公布" in page


def test_proposal_team_hearing_evidence_on_the_page(office):
    affair = office.open()
    number, officer = affair.case.number, client(office, "officer")
    url = f"/desk/enforcement/{number}"
    given = {"violation": "事实", "proof": "证据", "basis": "法条", "how": "十五日内", "kind": ["fine"], "text": [""],
             "yuan": ["一千"], "revision": "1", "discretion": ""}
    refused = officer.post(f"{url}/propose/", given)
    text = refused.content.decode()
    assert refused.status_code == 422 and "金额应为数字" in text and "一千" in text
    assert officer.post(f"{url}/propose/", given | {"yuan": ["60,000.50"]}).status_code == 302
    affair.refresh_from_db()
    assert affair.proposal["measures"][0]["cents"] == 6_000_050
    assert officer.post(f"{url}/propose/", given | {"yuan": ["1"], "revision": "1"}).status_code == 409
    assert officer.post(f"{url}/team/", {"officer": ["1"], "badge": ["x"]}).status_code == 422
    day = (START + timedelta(days=3)).date().isoformat()
    bad = officer.post(f"{url}/hearing/", {"day": day, "hour": "09:30", "place": "室", "chair": "0"})
    assert bad.status_code == 422 and "七个工作日前" in bad.content.decode()
    later = date(2026, 4, 10).isoformat()
    assert officer.post(f"{url}/hearing/", {"day": later, "hour": "09:30", "place": "听证室",
                                            "chair": office.people["legal"].pk}).status_code == 302
    file = SimpleUploadedFile("照片.txt", "现场照片说明".encode(), content_type="text/plain")
    done = officer.post(f"{url}/evidence/", {"name": "现场照片", "evidence_kind": "scene", "proves": "过期",
                                             "file": file})
    assert done.status_code in (302, 422)
    assert client(office, "leader").post(f"{url}/propose/", given).status_code == 403
    affair.refresh_from_db()
    assert affair.hearing_chair == office.people["legal"]


def test_evidence_is_not_for_the_party(office, told):
    from io import BytesIO

    from zhengwu.kernel.files.api import stored_of
    from zhengwu.lib.problem import Problem
    from zhengwu.modules.enforcement.services import record

    made = record.add_evidence(number=told.case.number, by=office.actor("officer"), name="照片", kind="scene",
                               proves="现场", filename="a.png", stream=BytesIO(PNG))
    assert stored_of(office.actor("head"), made.file_id).name == "a.png"
    for name in ("citizen", "neighbour", "stranger"):
        with pytest.raises(Problem):
            stored_of(office.actor(name), made.file_id)


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
                    "0000000500010d0a2db40000000049454e44ae426082")


def test_list_is_filtered_exported_and_reads_a_fixed_number_of_rows(office, django_assert_max_num_queries):
    for n in range(4):
        office.open(subject=f"案由{n}", key=f"k{n}")
    officer = client(office, "officer")
    officer.get("/desk/enforcement/")
    with django_assert_max_num_queries(16):
        page = officer.get("/desk/enforcement/?family=penalty&phase=open&state=clue").content.decode()
    assert page.count("案由") >= 4
    assert "案由1" not in officer.get("/desk/enforcement/?family=levy").content.decode()
    assert "案由2" in officer.get("/desk/enforcement/?q=案由2").content.decode()
    rows = b"".join(officer.get("/desk/enforcement/export.csv?q=案由2").streaming_content).decode("utf-8-sig")
    assert rows.count("案由2") == 1 and "案由1" not in rows
    assert officer.get("/desk/enforcement/export.xlsx").content[:2] == b"PK"
    assert officer.get("/desk/enforcement/export.pdf").status_code == 404
    assert officer.get("/desk/enforcement/?cursor=garbage").status_code in (400, 422)


def test_draw_on_the_page(office):
    officer = client(office, "officer")
    given = {"title": "一季度抽查", "unit": office.world.organ.pk, "objects": "2", "inspectors": "9"}
    refused = officer.post("/desk/enforcement/draws/", given)
    assert refused.status_code == 422 and "名录库里只有2名" in refused.content.decode()
    done = officer.post("/desk/enforcement/draws/", given | {"inspectors": "2"})
    draw = Draw.objects.get()
    assert done["Location"].endswith(f"/draws/{draw.pk}/")
    page = officer.get(done["Location"]).content.decode()
    assert "尚未抽取" in page and "抽取后公开" in page
    assert client(office, "stranger").post(f"/desk/enforcement/draws/{draw.pk}/reveal/").status_code in (403, 404)
    assert client(office, "stranger").get(f"/desk/enforcement/draws/{draw.pk}/").status_code == 404
    officer.post(f"/desk/enforcement/draws/{draw.pk}/reveal/")
    assert "结果与记录一致" in officer.get(done["Location"]).content.decode()


def test_publicity_is_for_everybody(office):
    assert "还没有公示" in Client().get("/enforcement/").content.decode()
    affair = office.open()
    office.propose(affair)
    office.run(affair.case, TO_NOTICE + ",plead none,decide penalty,deliver deliver,publish publish")
    page = Client().get("/enforcement/").content.decode()
    assert "2000.00元" in page and "李小满" not in page and "货架" not in page


def test_discretion_and_case_page_link(office):
    affair = office.open()
    officer = client(office, "officer")
    assert "主动改正" in officer.get("/desk/enforcement/discretion/").content.decode()
    page = officer.get(f"/desk/cases/{affair.case.number}/").content.decode()
    assert f"/desk/enforcement/{affair.case.number}/" in page
