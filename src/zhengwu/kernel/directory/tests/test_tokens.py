"""Tokens for other systems: who may hand them out, what is written down, and the two commands."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from zhengwu.kernel.directory.api import actor_of, actor_of_token, issue_token, revoke_token
from zhengwu.kernel.directory.models import Account, ApiToken, Appointment, Division, Unit
from zhengwu.kernel.ledger.models import Event
from zhengwu.lib.problem import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


@pytest.fixture
def people():
    city = Division.objects.create(code="519900", name="金效市", level=3)
    unit = Unit.objects.create(name="数据局", short_name="数据局", family="government", kind="organ", division=city,
                               path="00000001.", valid_from=SINCE)
    found = {}
    for name, role in (("secadmin", "secadmin"), ("sysadmin", "sysadmin"), ("clerk", "clerk")):
        found[name] = Account.objects.create_user(name, "pass-word-1", name=name, kind="staff")
        Appointment.objects.create(account=found[name], unit=unit, role=role, valid_from=SINCE)
    return found


def test_only_the_security_administrator(people):
    for name in ("sysadmin", "clerk"):
        with pytest.raises(Denied):
            issue_token(by=actor_of(people[name]), name="x", account=people["clerk"], scopes=["read"])
    row, secret = issue_token(by=actor_of(people["secadmin"]), name=" 税务 ", account=people["clerk"],
                              scopes=["work", "read", "read"])
    assert (row.name, row.scopes) == ("税务", ["read", "work"]) and secret not in row.digest
    assert actor_of_token(secret).scopes == {"read", "work"}
    with pytest.raises(Denied):
        revoke_token(by=actor_of(people["clerk"]), token_id=row.pk)
    assert actor_of_token(secret) is not None
    with pytest.raises(NotFound):
        revoke_token(by=actor_of(people["secadmin"]), token_id=row.pk + 1)


@pytest.mark.parametrize(("field", "more"), [
    ("name", {"name": " "}), ("name", {"name": "长" * 61}), ("scopes", {"scopes": []}), ("scopes", {"scopes": ["all"]}),
    ("days", {"days": 0}), ("days", {"days": 731})])
def test_what_makes_no_sense_is_refused(people, field, more):
    with pytest.raises(Invalid) as caught:
        issue_token(**{"by": actor_of(people["secadmin"]), "name": "x", "account": people["clerk"],
                       "scopes": ["read"]} | more)
    assert list(caught.value.errors) == [field] and not ApiToken.objects.exists() and not Event.objects.exists()


def test_the_commands(people):
    out = StringIO()
    call_command("token_issue", "税务系统", "--by", "secadmin", "--account", "clerk", "--scope", "read", stdout=out)
    secret = out.getvalue().split()[-1]
    assert actor_of_token(secret).name == "clerk"
    row = ApiToken.objects.get()
    call_command("token_revoke", str(row.pk), "--by", "secadmin", stdout=out)
    call_command("token_revoke", str(row.pk), "--by", "secadmin", stdout=out)
    assert actor_of_token(secret) is None
    kinds = Event.objects.filter(stream=f"token:{row.pk}").order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["token.issued", "token.revoked"]
    with pytest.raises(CommandError, match="安全管理员"):
        call_command("token_issue", "x", "--by", "clerk", "--account", "clerk", "--scope", "read")
    with pytest.raises(CommandError, match="没有账号"):
        call_command("token_revoke", "1", "--by", "nobody")
