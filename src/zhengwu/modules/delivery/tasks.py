"""Periodic work: what the carriers tell."""

from zhengwu.lib.periodic import each, every
from zhengwu.modules.delivery.services.send import follow, under_way


@every(seconds=1800, name="zhengwu.delivery.follow")
def follow_parcels() -> int:
    """Asks after every parcel under way; one carrier that fails does not hold up the rest."""
    return each(under_way(), follow, name="delivery.follow")
