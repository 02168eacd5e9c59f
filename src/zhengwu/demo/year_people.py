"""The applicants of a simulated year: some thousand accounts, made in bulk."""

import random
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from zhengwu.demo import codes
from zhengwu.demo.accounts import COUNTY
from zhengwu.demo.people import Names
from zhengwu.kernel.directory.api import set_identity
from zhengwu.kernel.directory.models import Account

_ENTERPRISE_EVERY = 6
_FIRST_SERIAL = 60_000_000
_BORN = date(1955, 1, 1)
_SPAN = 18_000


def make_applicants(count: int, *, seed: int) -> list[int]:
    """Writes ``count`` accounts nobody can sign in to, every sixth an enterprise; returns their ids."""
    rng = random.Random(f"{seed}:applicants")  # noqa: S311 - a fictional city, not a secret
    names, rows = Names(seed + 7), []
    for number in range(count):
        account = Account(username=f"year.applicant{number}", password=make_password(None))
        phone = f"139{number % 100_000_000:08d}"
        if number % _ENTERPRISE_EVERY == 0:
            account.name, account.kind = f"临溪县{names.next()}商贸有限公司", Account.Kind.ENTERPRISE
            uscc = codes.credit_code(codes.ENTERPRISE, COUNTY, _FIRST_SERIAL + number)
            set_identity(account, uscc=uscc, phone=phone)
        else:
            account.name, account.kind = names.next(), Account.Kind.CITIZEN
            born = _BORN + timedelta(days=number % _SPAN)
            serial = 1 + number // _SPAN * 2 + rng.randint(0, 1)
            set_identity(account, citizen_id=codes.citizen_id(COUNTY, f"{born:%Y%m%d}", 500 + serial), phone=phone)
        rows.append(account)
    return [row.pk for row in Account.objects.bulk_create(rows, batch_size=500)]
