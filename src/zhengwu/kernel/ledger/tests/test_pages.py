"""The public pages, the scripts in them, the check with OpenSSL alone, and the commands."""

import json
import re
import shutil
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from zhengwu.kernel.ledger.api import latest_seal, proof_of, proof_text, seal, trusted_keys
from zhengwu.kernel.ledger.models import Event
from zhengwu.kernel.ledger.openssl_steps import STEPS
from zhengwu.kernel.ledger.tests.making import AT, CLERK, Entry, append, as_owner, some_events
from zhengwu.kernel.ledger.views import checking
from zhengwu.lib import canonical

node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
openssl = pytest.mark.skipif(
    not all(map(shutil.which, ("openssl", "xxd", "sh", "sed"))) or "SM3" not in subprocess.run(
        ["openssl", "list", "-digest-algorithms"], capture_output=True, text=True, check=False).stdout,
    reason="openssl with SM3, or xxd, is not installed")


@pytest.fixture
def events(db):
    """Eleven sealed events; the last has text and numbers that JSON writers like to disagree about."""
    some_events(streams=3, each=3)
    odd = {"z": 1, "a": "引号\" 反斜\\ 斜/ 换行\n 制表\t 控制\x1f 删除\x7f 行\u2028 表情😀", "𠮷": -(10**25), "ｚ": [],
           "format": "zhengwu-proof/1", "prev": {"prev": "00"}, "e": {}, "leaf": {"count": 5, "path": []}}
    append("370800-9", CLERK, [Entry("a", {}), Entry("odd", odd)], at=AT)
    seal(AT)
    return list(Event.objects.order_by("id"))


# ---- pages --------------------------------------------------------------------------------------------------------

def test_seals_are_listed_with_their_roots(client, events):
    page = client.get(reverse("ledger:seals")).content.decode()
    made = latest_seal()
    assert bytes(made.root).hex() in page
    assert made.public_key in page
    assert "第1号" in page
    assert reverse("ledger:seal_json", args=[1]) in page


def test_before_the_first_seal_the_page_says_so(client, db):
    assert "还没有封存" in client.get(reverse("ledger:seals")).content.decode()


def test_a_seal_as_json_is_what_proofs_carry(client, events):
    answer = client.get(reverse("ledger:seal_json", args=[1]))
    assert answer["Content-Type"] == "application/json"
    assert canonical.loads(answer.content) == proof_of(events[0])["seal"]
    for number in (2, 0, 10**12):
        assert client.get(f"/seals/{number}.json").status_code == 404


def test_pages_can_only_be_read(client, events):
    for name in ("seals", "check", "offline", "openssl"):
        assert client.get(reverse(f"ledger:{name}")).status_code == 200
        assert client.post(reverse(f"ledger:{name}")).status_code == 405


def test_the_check_page_has_our_keys_and_no_inline_script(client, events):
    page = client.get(reverse("ledger:check")).content.decode()
    assert all(key in page for key in trusted_keys())
    own = page[page.index("<main"):page.index("</main")]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", own)
    for name in checking.SCRIPTS:
        assert name in page


def test_the_offline_page_is_one_file_without_any_address(client, events):
    answer = client.get(reverse("ledger:offline"))
    page = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert not re.search(r"https?:|src=|href=|url\(|import ", page)
    assert page.count("<script>") == page.count("</script>") == 1
    assert all(key in page for key in trusted_keys())


def test_the_openssl_page_shows_every_command(client, db):
    page = client.get(reverse("ledger:openssl")).content.decode()
    for step in STEPS:
        assert step.title in page
    assert page.count("ledger-command") == len(STEPS)


# ---- the scripts under node ---------------------------------------------------------------------------------------

def in_node(script, given):
    """The offline page's own script, with ``given`` as JSON on stdin; returns what ``script`` writes as JSON."""
    page = str(checking._script()).replace("document.getElementById", "((id) => null)")
    code = f"{page}\nconst given = JSON.parse(require('fs').readFileSync(0)); {script}"
    done = subprocess.run(["node", "-e", code], input=json.dumps(given), capture_output=True, text=True, timeout=60,
                          check=True)
    return json.loads(done.stdout)


CHECK = "console.log(JSON.stringify(given.texts.map((t) => ZhengwuProof.check(t, given).findings)));"


@node
def test_the_script_accepts_every_real_proof(events):
    texts = [proof_text(event) for event in events] + [json.dumps(proof_of(events[-1]), indent=2)]
    assert in_node(CHECK, {"texts": texts, "keys": list(trusted_keys())}) == [[]] * len(texts)


@node
def test_the_script_says_of_a_tampered_proof_what_the_command_says(events):
    from zhengwu.kernel.ledger.proof import check_proof

    proof = proof_of(events[4])
    raw = canonical.dumps(proof)
    texts = []
    for place in range(0, len(raw), 5):
        changed = bytearray(raw)
        changed[place] ^= 1 << place % 8
        try:
            texts.append(bytes(changed).decode())
        except UnicodeDecodeError:
            continue
    for field, value in (("status", "pending"), ("format", "x"), ("leaf", None), ("extra", 1)):
        texts.append(canonical.text(proof | {field: value}))
    wanted = []
    for text in texts:
        try:
            wanted.append(check_proof(canonical.loads(text)))
        except ValueError:
            wanted.append(["文件不是合格的JSON"])
    assert all(wanted)
    found = in_node(CHECK, {"texts": texts})
    assert [(t, f) for t, f, w in zip(texts, found, wanted, strict=True) if f != w] == []


@node
def test_the_script_compares_root_and_keys(events):
    given = {"texts": [proof_text(events[0])]}
    assert in_node(CHECK, given | {"root": "00" * 32}) == [["第1号封存的根摘要与公布的不一致"]]
    assert in_node(CHECK, given | {"keys": ["04"]}) == [["签名公钥不是受信任的公钥"]]


@node
def test_sm3_of_every_padding_length_agrees():
    from zhengwu.lib.sm import sm3

    found = in_node("console.log(JSON.stringify(given.map((n) => ZhengwuCrypto.hexOf("
                    "ZhengwuCrypto.sm3(new Uint8Array(n).fill(n))))))", list(range(200)))
    assert found == [sm3(bytes([n]) * n).hex() for n in range(200)]


# ---- OpenSSL alone ------------------------------------------------------------------------------------------------

def by_hand(folder, text):
    (folder / "proof.json").write_text(text)
    script = "\n".join(step.command for step in STEPS)
    done = subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout


@openssl
def test_the_published_commands_accept_real_proofs(events, tmp_path):
    wanted = [step.expect for step in STEPS if step.expect]
    for event in (events[0], events[4], events[9], events[10]):
        assert by_hand(tmp_path, proof_text(event)).split("\n")[:-1] == wanted


@openssl
@pytest.mark.parametrize(("old", "new", "words"), [
    ('"label":"窗口人员', '"label":"主任', "事件内容不一致"), ('"index":4', '"index":5', "根摘要不一致"),
    ('"upto":', '"upto":1', "封存摘要不一致"), ('"signature":"30', '"signature":"31', "Verification")])
def test_the_published_commands_refuse_changed_proofs(events, tmp_path, old, new, words):
    text = proof_text(events[4])
    assert old in text
    printed = by_hand(tmp_path, text.replace(old, new))
    if words == "Verification":
        assert "Verified OK" not in printed
    else:
        assert words in printed


# ---- commands -----------------------------------------------------------------------------------------------------

def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_verify_command_names_what_is_broken(events, tmp_path, client):
    saved = tmp_path / "1.json"
    saved.write_bytes(client.get("/seals/1.json").content)
    assert "存证完好" in run("ledger_verify", "--published", str(saved))
    with as_owner() as cursor:
        cursor.execute("UPDATE ledger_event SET kind = 'x' WHERE id = %s", (events[4].pk,))
    with pytest.raises(CommandError, match=f"{events[4].stream} 第{events[4].seq}个事件"):
        run("ledger_verify")
    with pytest.raises(CommandError, match="不是保存的封存"):
        run("ledger_verify", "--published", str(tmp_path / "none.json"))


def test_the_seal_command_seals_once(db):
    some_events()
    assert run("ledger_seal").startswith("第1号封存：12个事件")
    assert run("ledger_seal") == "没有新的事件需要封存\n"


def test_a_proof_is_checked_without_django(events, tmp_path):
    """``./zw verify-proof`` must work on a machine that has no database and no settings."""
    path = tmp_path / "proof.json"
    path.write_text(proof_text(events[0]))
    code = ("import sys; from pathlib import Path; from zhengwu.kernel.ledger.proof import report; "
            "code = report(Path(sys.argv[1])); assert not any(m.split('.')[0] == 'django' for m in sys.modules); "
            "sys.exit(code)")
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False,
                          env={"PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "证明成立" in done.stdout
    path.write_text(proof_text(events[0]).replace("account:7", "account:1"))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_proof", str(path))
    assert ended.value.code == 1
