"""People of the demo city: who works where, and the accounts one can sign in with."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from zhengwu.demo import codes
from zhengwu.demo.accounts import ACCOUNTS, CITY, COUNTY, PHONES, DemoAccount
from zhengwu.demo.lists import places
from zhengwu.demo.tables import names
from zhengwu.demo.units import FOUNDED, Units
from zhengwu.kernel.directory.api import ADMINISTRATORS, Role, set_identity
from zhengwu.kernel.directory.models import Account, Appointment, Unit
from zhengwu.kernel.matters.models import Matter, Window

_RARE_EVERY = 40
_CITIZEN_ID = (COUNTY, "19900317", 202)
_ENTERPRISE_SERIAL = 50_000_001


class Names:
    """Gives natural names, deterministically; now and then one that is hard on software."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(f"{seed}:names")  # noqa: S311 - a fictional city, not a secret
        self._given = 0

    def next(self) -> str:
        self._given += 1
        rare = names()["rare"]
        if self._given % _RARE_EVERY == 0 and self._given // _RARE_EVERY <= len(rare):
            return str(rare[self._given // _RARE_EVERY - 1])
        return self._rng.choice(names()["surnames"]) + self._rng.choice(names()["given"])


@dataclass
class People:
    """Accounts and appointments being gathered."""

    names: Names
    accounts: list[Account] = field(default_factory=list)
    posts: list[Appointment] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def hire(self, unit: Unit, role: Role, stem: str, title: str, count: int = 1) -> None:
        """``count`` more people in a role; ``stem`` 519921.market → 519921.market.officer1. They cannot sign in."""
        for _ in range(count):
            base = f"{stem}.{role.value}"
            number = self._numbers[base] = self._numbers.get(base, 0) + 1
            account = Account(username=f"{base}{number}", name=self.names.next(), kind=Account.Kind.STAFF,
                              password=make_password(None))
            self.appoint(account, unit, role, title)

    def appoint(self, account: Account, unit: Unit, role: Role, title: str) -> None:
        self.accounts.append(account)
        self.posts.append(Appointment(account=account, unit=unit, role=role, title=title, valid_from=FOUNDED))


def load_people(units: Units, matters: Iterable[Matter], windows: dict[str, list[Window]], *,
                password: str, seed: int) -> People:
    """Writes the demo accounts (all with ``password``) and the staff of every unit that owns a matter."""
    people = People(Names(seed))
    for demo in ACCOUNTS:
        _demo_account(people, demo, units, password)
    owners = {(m.division_id, m.unit_id): m.unit for m in matters}
    keys = {unit.pk: key for (_, key), unit in units.by_key.items()}
    for (division, unit_id), unit in owners.items():
        _department(people, f"{division}.{keys[unit_id]}", unit)
    for place in places():
        _common(people, units, place.code, windows)
    Account.objects.bulk_create(people.accounts, batch_size=500)
    Appointment.objects.bulk_create(people.posts, batch_size=500)
    return people


def _demo_account(people: People, demo: DemoAccount, units: Units, password: str) -> None:
    account = Account(username=demo.username, name=demo.name, kind=Account.Kind.STAFF,
                      password=make_password(password))
    if demo.role in Account.Kind.values:
        account.kind = demo.role
        if demo.role == Account.Kind.CITIZEN:
            set_identity(account, citizen_id=codes.citizen_id(*_CITIZEN_ID), phone=PHONES[demo.username])
        else:
            set_identity(account, uscc=codes.credit_code(codes.ENTERPRISE, COUNTY, _ENTERPRISE_SERIAL),
                         phone=PHONES[demo.username])
        people.accounts.append(account)
        return
    people.appoint(account, units[demo.place], Role(demo.role), demo.title)


def _department(people: People, stem: str, unit: Unit) -> None:
    """A department that owns matters: officer, head, leader; in the full county more, and a legal officer."""
    full = unit.division_id == COUNTY
    section = "科" if unit.division_id == CITY else "股"
    people.hire(unit, Role.OFFICER, stem, f"行政审批{section}科员", 2 if full else 1)
    people.hire(unit, Role.HEAD, stem, f"行政审批{section}{section}长")
    people.hire(unit, Role.LEADER, stem, "分管负责人")
    if full:
        people.hire(unit, Role.LEGAL, stem, "政策法规股股长")


def _common(people: People, units: Units, place: str, windows: dict[str, list[Window]]) -> None:
    """What every city and county has: a centre with clerks, inspectors, editors, a duty room, three administrators."""
    centre = units[place, "centre"]
    if place == COUNTY:
        for rows in windows.values():
            for window in rows:
                people.hire(centre, Role.CLERK, f"{place}.centre", f"{window.number}号窗口（{window.name}）")
    else:
        people.hire(centre, Role.CLERK, f"{place}.centre", "综合窗口工作人员", 3)
    people.hire(units[place, "discipline"], Role.INSPECTOR, f"{place}.discipline", "党风政风监督室干部", 2)
    office = units[place, "gov_office"]
    people.hire(office, Role.EDITOR, f"{place}.gov_office", "政务公开信息员", 2)
    people.hire(office, Role.DUTY, f"{place}.gov_office", "总值班室值班员", 3)
    for role in sorted(ADMINISTRATORS):
        people.hire(units[place, "area"], role, f"{place}.area", Role(role).label)
