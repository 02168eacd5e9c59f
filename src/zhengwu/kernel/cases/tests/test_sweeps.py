"""What the worker does in rounds: one case that cannot go on never holds up the others."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services import archive as archiving
from zhengwu.kernel.cases.tests.test_act import apply, do
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.lib.now import travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    with travel(START):
        return make_world()


def test_a_case_that_cannot_be_filed_does_not_keep_the_next_from_the_archive(world, monkeypatch, caplog):
    with travel(START):
        cases = [apply(world), apply(world)]
        for case in cases:
            do(world, case, "precheck", "clerk", "refuse", opinion="不属于本机关职权")
    broken, sound = cases
    real = archiving.manifest

    def manifest(case):
        if case.pk == broken.pk:
            raise FileNotFoundError("a file is gone")
        return real(case)

    monkeypatch.setattr(archiving, "manifest", manifest)
    with travel(START + timedelta(days=31)):
        assert api.archive_due() == 1
    assert Case.objects.get(pk=broken.pk).archived_at is None
    assert Case.objects.get(pk=sound.pk).archived_at is not None
    assert "a file is gone" in caplog.text
