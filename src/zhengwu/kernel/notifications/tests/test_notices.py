"""Notices: once a key, in the caller's transaction, read by their owner only; the page in both shells."""

import pytest
from django.db import transaction
from django.urls import reverse

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.notifications.api import Message, notify, notify_many, unread
from zhengwu.kernel.notifications.models import Notice, Outbox

pytestmark = pytest.mark.django_db
PAGE = "/my/notices/"


@pytest.fixture
def citizen():
    return Account.objects.create_user("citizen", name="某", kind="citizen")


@pytest.fixture
def officer():
    return Account.objects.create_user("officer", name="乙", kind="staff")


def test_a_key_is_told_once(citizen):
    for _ in range(3):
        notify(account_id=citizen.pk, title="已受理", key="case:1:accepted")
    assert Notice.objects.count() == 1 and unread(citizen.pk) == 1


def test_many_cost_one_statement(citizen, officer, django_assert_num_queries):
    messages = [Message(person.pk, "待办", f"k{n}:{person.pk}", channels=("in_app", "sms"))
                for n in range(50) for person in (citizen, officer)]
    with django_assert_num_queries(1):
        notify_many(messages)
    assert Notice.objects.count() == Outbox.objects.count() == 100
    with django_assert_num_queries(0):
        notify_many([])


def test_told_if_and_only_if_the_deed_commits(citizen):
    with pytest.raises(RuntimeError), transaction.atomic():
        notify(account_id=citizen.pk, title="已受理", key="k", channels=("in_app", "sms"))
        raise RuntimeError
    assert not Notice.objects.exists() and not Outbox.objects.exists()


def test_a_message_without_anywhere_to_go_is_a_programming_error(citizen):
    for wrong in ({"account_id": None}, {"account_id": None, "channels": ("sms",)},
                  {"account_id": citizen.pk, "channels": ("mail",)}, {"account_id": citizen.pk, "channels": ("fax",)}):
        with pytest.raises(ValueError, match="k"):
            notify(**({"title": "t", "key": "k"} | wrong))
    assert not Notice.objects.exists() and not Outbox.objects.exists()


def test_an_address_is_never_kept_readable(citizen):
    notify(account_id=None, title="t", key="k", channels=("sms",), addresses={"sms": "13800138000"})
    assert "13800138000" not in Outbox.objects.get().address_sealed


def _fill(account):
    for n in range(25):
        notify(account_id=account.pk, title=f"通知第{n:02}号", body="内容<b>", url=f"/x/{n}/", key=f"{account.pk}:{n}")
    first = Notice.objects.filter(account=account).order_by("-id").first()
    Notice.objects.filter(pk=first.pk).update(read_at=first.created_at)
    return first


def test_unread_first_filters_and_pages(client, citizen):
    read = _fill(citizen)
    client.force_login(citizen)
    answer = client.get(PAGE)
    page = answer.context["page"]
    assert answer.status_code == 200 and answer.context["unread"] == 24
    assert [n.title for n in page.object_list][:2] == ["通知第23号", "通知第22号"] and len(page.object_list) == 20
    assert [n.pk for n in client.get(PAGE, {"page": "2"}).context["page"].object_list][-1] == read.pk
    assert [n.pk for n in client.get(PAGE, {"state": "read"}).context["page"].object_list] == [read.pk]
    assert [n.title for n in client.get(PAGE, {"q": "第07"}).context["page"].object_list] == ["通知第07号"]
    assert "内容&lt;b&gt;" in answer.content.decode()


def test_each_shell_for_its_people(client, citizen, officer):
    for account, template in ((citizen, "ui/public.html"), (officer, "ui/desk.html")):
        client.force_login(account)
        answer = client.get(PAGE)
        assert template in [t.name for t in answer.templates]
        assert "还没有通知" in answer.content.decode()
    assert "没有符合条件的通知" in client.get(PAGE, {"q": "x"}).content.decode()


def test_reading_one_goes_where_it_points_and_all_at_once(client, citizen):
    _fill(citizen)
    client.force_login(citizen)
    notice = Notice.objects.filter(read_at=None).first()
    answer = client.post(reverse("notifications:read", args=[notice.pk]))
    assert answer.status_code == 302 and answer["Location"] == notice.url
    assert unread(citizen.pk) == 23
    assert client.post(reverse("notifications:read-all"))["Location"] == PAGE
    assert unread(citizen.pk) == 0


def test_a_foreign_address_is_not_followed(client, citizen):
    notify(account_id=citizen.pk, title="t", url="https://evil.example/", key="k")
    client.force_login(citizen)
    answer = client.post(reverse("notifications:read", args=[Notice.objects.get().pk]))
    assert answer["Location"] == PAGE


def test_somebody_elses_notices_are_neither_seen_nor_marked(client, citizen, officer):
    _fill(citizen)
    client.force_login(officer)
    assert client.get(PAGE).context["page"].paginator.count == 0
    notice = Notice.objects.filter(read_at=None).first()
    assert client.post(reverse("notifications:read", args=[notice.pk])).status_code == 404
    client.post(reverse("notifications:read-all"))
    assert unread(citizen.pk) == 24


def test_visitors_are_sent_to_sign_in_and_reading_is_no_get(client, citizen):
    assert client.get(PAGE).status_code == 302
    client.force_login(citizen)
    assert client.get(reverse("notifications:read-all")).status_code == 405
