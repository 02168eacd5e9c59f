"""Reads: which version is published, and the parsed chart of a version without reading its file again."""

from functools import lru_cache

from zhengwu.kernel.flow.chart import Chart
from zhengwu.kernel.flow.models import Version, VersionState
from zhengwu.kernel.flow.problems import FlowError


def published(key: str) -> Version:
    """The published version of a chart; FlowError ``flow-not-published`` if there is none."""
    version = (
        Version.objects.filter(definition__key=key, state=VersionState.PUBLISHED).select_related("definition").first()
    )
    if version is None:
        raise FlowError("not-published", f"流程“{key}”还没有发布", element=key)
    return version


@lru_cache(maxsize=256)
def chart_of(version_id: int) -> Chart:
    """The chart of a version that was published; a published file never changes, so it is read once a
    process. Raises ``Version.DoesNotExist`` for an unknown or draft version."""
    return Version.objects.exclude(state=VersionState.DRAFT).get(pk=version_id).chart()
