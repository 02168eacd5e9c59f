"""The public API of matters: lists by cursor, guides, charts, and answers that are not sent twice."""

import pytest
from django.test import Client

from zhengwu.kernel.matters.models import Matter

pytestmark = pytest.mark.django_db
MOST = 3


@pytest.fixture
def matters():
    from zhengwu.kernel.cases.tests.world import make_world

    first = make_world().matter
    for n in range(6):
        Matter.objects.create(**{f.attname: getattr(first, f.attname) for f in Matter._meta.concrete_fields
                                 if f.attname not in ("id", "code", "name", "sort_key")},
                              code=f"{first.code[:-1]}{n + 2}", name=f"事项{n}", sort_key=f"shi{n // 2}")
    return first


def get(path, **headers):
    return Client().get(f"/api/v1/{path}", headers=headers)


def test_a_list_is_stable_while_rows_arrive_before_the_cursor(matters):
    found, cursor = [], ""
    while True:
        page = get(f"matters?limit={MOST}&cursor={cursor}").json()
        found += [row["code"] for row in page["items"]]
        Matter.objects.filter(code=matters.code).update(sort_key="")
        if not (cursor := page["next"]):
            break
    assert len(found) == len(set(found)) == 7


@pytest.mark.parametrize("path", ["matters", "matters/{code}", "matters/{code}/chart.bpmn", "matters/{code}/chart.svg"])
def test_what_is_known_is_not_sent_again(matters, path):
    url = path.format(code=matters.code)
    first = get(url)
    assert first.status_code == 200
    again = get(url, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert get(url, **{"If-None-Match": '"other"'}).status_code == 200


def test_a_list_costs_one_query(matters, django_assert_num_queries):
    with django_assert_num_queries(1):
        get("matters")


def test_a_draft_is_unknown_and_a_withdrawn_one_says_so(matters):
    Matter.objects.filter(pk=matters.pk).update(status="draft")
    assert get(f"matters/{matters.code}").status_code == 404
    assert matters.code not in {row["code"] for row in get("matters").json()["items"]}
