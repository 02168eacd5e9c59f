"""What the worker does in rounds: one case that cannot go on never holds up the others."""

from datetime import timedelta

import pytest

from zhengwu.kernel.cases import api
from zhengwu.kernel.cases.models import Case
from zhengwu.kernel.cases.services import archive as archiving
from zhengwu.kernel.cases.services.attach import MATERIAL, forget_unused
from zhengwu.kernel.cases.tests.test_act import apply, do
from zhengwu.kernel.cases.tests.world import START, World, make_world
from zhengwu.kernel.files.api import keep
from zhengwu.kernel.files.models import StoredFile
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


def test_uploads_named_nowhere_are_forgotten_those_in_a_draft_or_a_case_are_not(world):
    actor = world.actor("citizen")

    def upload(subject: str = "") -> StoredFile:
        stored = keep(
            name="a.pdf", media_type="application/pdf", data=b"x", owner=actor, purpose=MATERIAL, subject=subject
        )
        StoredFile.objects.filter(pk=stored.pk).update(created_at=START)
        return stored

    unused, drafted, handed_in = upload(), upload(), upload("519921")
    with travel(START):
        api.save_draft(matter=world.matter, by=actor, files={"1": str(drafted.pk)})
    with travel(START + timedelta(days=29)):
        assert forget_unused() == 0
    with travel(START + timedelta(days=31)):
        assert forget_unused() == 1
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {drafted.pk, handed_in.pk}
    assert unused.pk not in {drafted.pk, handed_in.pk}
