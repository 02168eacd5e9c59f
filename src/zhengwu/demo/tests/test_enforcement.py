"""The office's own powers in the demo city: every family is there, every stage is lived, nothing is stuck."""

from datetime import datetime

import pytest

from zhengwu.demo.live_enforcement import live_enforcement, plans
from zhengwu.demo.load import load
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.publishing.models import Publication
from zhengwu.lib.now import CN, travel
from zhengwu.modules.enforcement.families import FAMILIES
from zhengwu.modules.enforcement.models import Affair, Draw

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=CN)


@pytest.mark.django_db
def test_every_family_is_lived_at_several_stages():
    with travel(NOW):
        load(password="demo-pass-2026", on=NOW.date())
        assert live_enforcement(NOW) == len(plans())
    for code in FAMILIES:
        states = set(Case.objects.filter(kind=code).values_list("state", flat=True))
        assert len(states) > 1, (code, states)
    assert {"payment", "confirmation", "award", "ruling", "pledge"} <= set(Case.objects.values_list("kind", flat=True))
    assert Publication.objects.filter(kind="penalty-decision").count() >= 4
    assert Publication.objects.filter(kind="inspection-result").count() >= 1
    assert Draw.objects.exclude(drawn_at=None).exists()
    assert Affair.objects.filter(party_account__username="enterprise", told_at__isnull=False).exists()
    assert Case.objects.filter(closed_at=None).count() > 12
