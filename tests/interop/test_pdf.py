"""A sealed paper in other people's readers: poppler's pdfsig judges the signature, pdfinfo the tagging."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from zhengwu.lib import paper
from zhengwu.modules.certificates import signing

pytestmark = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
DATA = {"unit": "临溪县市场监督管理局", "number": "临市监许〔2026〕1号", "date": "2026年2月9日", "applicant": "李小满",
        "matter": "食品经营许可", "granted": True}


@pytest.fixture
def sealed(settings, tmp_path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    facts = signing.make_key("seal-unit-1.pem", unit="临溪县市场监督管理局", common="临溪县市场监督管理局",
                             start=date(2020, 1, 1), end=date(2049, 1, 1))
    assert "临溪县市场监督管理局" in facts.subject
    path = tmp_path / "paper.pdf"
    path.write_bytes(signing.sign(paper.render("decision", DATA), identifier="paper:1", unit="临溪县市场监督管理局",
                                  reason="准予行政许可决定书", key_file="seal-unit-1.pem"))
    return path


def said(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )
    return done.stdout


def test_pdfsig_finds_the_signature_valid_over_the_whole_file(sealed):
    told = said("pdfsig", "-nocert", sealed)
    assert "Signature is Valid" in told and "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_pdfsig_finds_a_changed_byte(sealed):
    data = bytearray(sealed.read_bytes())
    at = re.search(rb"/MediaBox ?\[", bytes(data)).end() if re.search(rb"/MediaBox ?\[", bytes(data)) else 2000
    data[at] ^= 1
    sealed.write_bytes(bytes(data))
    assert "Signature is Valid" not in said("pdfsig", "-nocert", sealed)


def test_pdfinfo_finds_a_tagged_titled_paper_with_its_heading(sealed):
    told = said("pdfinfo", sealed)
    assert re.search(r"Tagged:\s+yes", told) and "准予行政许可决定书" in told
    tree = said("pdfinfo", "-struct-text", sealed)
    assert "H1" in tree and "准予行政许可决定书" in tree and "李小满" in tree
