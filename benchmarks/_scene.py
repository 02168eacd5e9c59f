"""What ``web.py`` asks for: cases in the database, tokens, sessions, and the requests made of them."""

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote

HOST = "127.0.0.1"
_TITLE = "食品小经营店备案"
_WORDS = ("食品经营", "营业执照", "户外广告", "出生医学证明", "不动产", "护士执业", "道路运输", "残疾人证")


@dataclass
class Scene:
    """``clerk``: a token; ``cookie``: the session of the same person; ``matter``: the code of what the cases ask for;
    ``matters``: codes of all the county offers; ``tokens`` of applicants; ``numbers`` of cases with their owners'
    tokens; ``steps``: their open steps at the window; ``files`` uploaded for each case to be opened."""

    clerk: str
    cookie: str
    matter: str
    matters: list[str]
    materials: list[int]
    form: dict[str, Any]
    tokens: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    files: list[list[str]] = field(default_factory=list)


def build(cases: int, opens: int) -> Scene:
    """Opens ``cases`` cases of one matter through ``open_case``, and stores the files that ``opens`` more will need."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore
    from tqdm import trange

    from zhengwu.demo.live_hands import filled_form, papers
    from zhengwu.demo.year_people import make_applicants
    from zhengwu.kernel.cases.api import open_case
    from zhengwu.kernel.directory.api import issue_token
    from zhengwu.kernel.directory.models import Account
    from zhengwu.kernel.matters.models import Matter
    from zhengwu.modules.hall.application import KIND

    matters = list(Matter.objects.with_guide().filter(division="519921").prefetch_related("materials"))
    matter = next(m for m in matters if m.name == _TITLE)
    rng = random.Random(5199)  # noqa: S311
    applicants = list(Account.objects.filter(pk__in=make_applicants(64, seed=5199)).order_by("pk"))
    clerk = Account.objects.get(username="clerk")
    session = SessionStore()
    session.update({SESSION_KEY: str(clerk.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: clerk.get_session_auth_hash()})
    session.create()
    by = Account.objects.get(username="secadmin").actor
    scopes = ["read", "apply", "work"]
    scene = Scene(clerk=issue_token(by=by, name="bench", account=clerk, scopes=scopes)[1],
                  cookie=str(session.session_key), matter=matter.code,
                  matters=[m.code for m in matters],
                  materials=[m.pk for m in matter.materials.all() if m.required],
                  form=filled_form(matter.form_schema, rng))
    scene.tokens = [issue_token(by=by, name="bench", account=a, scopes=scopes)[1] for a in applicants]
    for n in trange(cases, desc="办件", unit="件"):
        who = applicants[n % len(applicants)]
        case = open_case(kind=KIND, matter=matter, by=who.actor, applicant=who, applicant_name=who.name,
                         form=scene.form, materials=papers(matter))
        scene.numbers.append((case.number, scene.tokens[n % len(applicants)]))
        scene.steps.append(case.steps.get().pk)
    scene.files = _files(applicants, opens, len(scene.materials))
    return scene


def _files(applicants: list[Any], opens: int, each: int) -> list[list[str]]:
    """Rows of uploaded files, ``each`` for every case to be opened, owned by the applicants in turn."""
    from zhengwu.kernel.files.models import StoredFile

    rows = [StoredFile(name="材料.pdf", media_type="application/pdf", size=1000, sm3="0" * 64, purpose="material",
                       owner=applicants[n % len(applicants)]) for n in range(opens) for _ in range(each)]
    StoredFile.objects.bulk_create(rows, batch_size=2000)
    return [[str(row.pk) for row in rows[n * each:(n + 1) * each]] for n in range(opens)]


def get(path: str, *, token: str = "", cookie: str = "") -> str:
    """A whole request as text."""
    extra = f"Authorization: Bearer {token}\r\n" if token else f"Cookie: sessionid={cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\n{extra}\r\n"


_keys = count(1)


def post(path: str, body: dict[str, Any], *, token: str = "") -> str:
    """A whole request as text, each with its own Idempotency-Key."""
    data = json.dumps(body, ensure_ascii=False).encode()
    sign = f"Authorization: Bearer {token}\r\n" if token else ""
    return (f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n{sign}"
            f"Idempotency-Key: bench-{next(_keys)}\r\nContent-Length: {len(data)}\r\n\r\n") + data.decode("latin-1")


def opening(scene: Scene, index: int) -> str:
    """The request that opens the ``index``-th new case."""
    materials = [{"material": m, "file": f} for m, f in zip(scene.materials, scene.files[index], strict=True)]
    return post("/api/v1/cases", {"matter": scene.matter, "form": scene.form, "materials": materials},
                token=scene.tokens[index % len(scene.tokens)])


def accepting(scene: Scene, index: int) -> str:
    """The request by which the clerk accepts the ``index``-th case."""
    body = {"action": "accept", "opinion": "材料齐全，予以受理。"}
    return post(f"/api/v1/steps/{scene.steps[index]}/actions", body, token=scene.clerk)


def searches() -> Iterable[str]:
    return [get(f"/search/?q={quote(word)}") for word in _WORDS]
