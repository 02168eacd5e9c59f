"""A case that may be charged for, the register, and people on every side of the money."""

from collections.abc import Iterator
from datetime import date

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.tests.world import START, World, make_world, person, unit
from zhengwu.lib.now import travel
from zhengwu.modules.fees.models import Charge, Standard
from zhengwu.modules.fees.services.register import Rate, draft_charge, publish_charge

SINCE = date(2020, 1, 1)


@pytest.fixture
def world() -> Iterator[World]:
    with travel(START):
        made = make_world()
        office = unit("临溪县财政局", made.organ.division)
        made.people["finance"] = person("finance", "蒋守廉", office, "finance")
        made.people["colleague"] = person("colleague", "何同事", made.organ, "officer")
        made.people["firm"] = person("firm", "好味来餐饮公司", kind="enterprise")
        yield made


@pytest.fixture
def case(world: World) -> Case:
    citizen = world.people["citizen"]
    made = api.open_case(kind="application", matter=world.matter, by=world.actor("citizen"), applicant=citizen,
                         applicant_name=citizen.name, form={})
    api.act(step_id=made.steps.get(closed_at=None).pk, action="accept", by=world.actor("clerk"), opinion="")
    return made


def charge(world: World, code: str = "LX001", payer: str = "both", cents: int = 12000, publish: bool = True) -> Charge:
    made = draft_charge(by=world.actor("finance"), code=code, name="证照工本费", category="certificate", payer=payer,
                        unit=world.organ, basis="发改价格规〔2019〕914号", rates=[Rate("每本", cents, "本")],
                        valid_from=SINCE, matters=[world.matter])
    return publish_charge(charge_id=made.pk, by=world.actor("finance")) if publish else made


@pytest.fixture
def standard(world: World) -> Standard:
    return charge(world).standards.get()
