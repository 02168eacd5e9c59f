"""What the tests of the demo city share."""

from datetime import date
from hashlib import sha256

from zhengwu.kernel.directory.models import Account, Appointment, Division, Unit
from zhengwu.kernel.matters.models import JointUnit, MasterMatter, Material, Matter, Window

PASSWORD = "demo-city-under-test"
ON = date(2026, 11, 20)


def digest() -> str:
    """One number for everything the load wrote, by natural keys: no row ids, no salted hashes, no ciphertext."""
    tables = [
        Division.objects.order_by("code").values_list("code", "name", "level", "parent_id"),
        Unit.objects.order_by("id").values_list("name", "short_name", "code", "family", "kind", "division_id",
                                                "parent__name", "sort_key", "phone", "address"),
        MasterMatter.objects.order_by("code").values_list("code", "name", "type", "basis", "lawful_days", "theme"),
        Matter.objects.order_by("code").values_list("code", "unit__code", "point__name", "window__number", "chart__key",
                                                    "kind", "lawful_n", "promised_n", "conditions", "procedure",
                                                    "fee_text", "certificate_type", "visits", "form_schema",
                                                    "valid_from"),
        Material.objects.order_by("matter__code", "order").values_list("matter__code", "name", "source", "required"),
        JointUnit.objects.order_by("order").values_list("matter__code", "unit__code", "part", "limit_days"),
        Window.objects.order_by("number").values_list("number", "name", "unit__code"),
        Account.objects.order_by("username").values_list("username", "name", "kind", "uscc"),
        Appointment.objects.order_by("account__username", "role").values_list("account__username", "unit__name", "role",
                                                                             "title"),
    ]
    mixed = sha256()
    for rows in tables:
        for row in rows:
            mixed.update(repr(row).encode())
    return mixed.hexdigest()
