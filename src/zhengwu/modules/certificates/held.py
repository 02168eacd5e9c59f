"""What the kernel may ask: which certificate of a type somebody holds in force (``matters.held``)."""

from django.db.models import Q
from django.urls import reverse

from zhengwu.kernel.directory.models import Account
from zhengwu.kernel.matters.held import HeldCertificate
from zhengwu.lib.now import today
from zhengwu.modules.certificates.models import Certificate


def held(account: Account, type_code: str) -> HeldCertificate | None:
    """The newest certificate of the type the account holds that is in force today; None otherwise."""
    row = (Certificate.objects.filter(holder_id=account.pk, type_code=type_code, status=Certificate.Status.NORMAL)
           .filter(Q(valid_to=None) | Q(valid_to__gte=today())).select_related("unit", "kind").order_by("-id").first())
    if row is None:
        return None
    keys = {f["label"]: f["key"] for f in row.kind.fields} if row.kind else {}
    fields = {keys.get(label, label): text for label, text in row.face}
    return HeldCertificate(number=row.number, title=row.title, valid_to=row.valid_to, fields=fields,
                           reference=row.identifier, issuer=row.unit.name,
                           url=reverse("certificates:page", args=[row.identifier]))
