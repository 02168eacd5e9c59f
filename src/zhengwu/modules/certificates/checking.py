"""Checking what somebody shows: by code, or the file itself. Throttled; nothing that is handed in is kept."""

from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest

from zhengwu.kernel.directory.api import address_of, count_attempt
from zhengwu.lib.problem import Problem
from zhengwu.lib.sm import sm3
from zhengwu.modules.certificates.models import Certificate
from zhengwu.modules.certificates.selectors import Facts, facts_of
from zhengwu.modules.certificates.signing import examine

MAX_BYTES = 5 * 1024 * 1024
LOOKUPS, FILES, MINUTES = 60, 15, 10
"""Attempts from one address within MINUTES. An identifier has 36⁶ tags: sixty tries find none."""


class Verdict(StrEnum):
    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN = "unknown"


_TITLES = {
    Verdict.GENUINE: "文件为真", Verdict.ALTERED: "文件被改动过", Verdict.UNKNOWN: "不是本市颁发的证照文件",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file turned out to be; ``facts`` are of the certificate it is, or claims to be. ``signed`` and
    ``recorded``: signature valid over the whole file; SM3 equal to that of the file issued."""

    verdict: Verdict
    sm3: str
    signed: bool
    recorded: bool
    facts: Facts | None

    @property
    def title(self) -> str:
        return _TITLES[self.verdict]

    @property
    def words(self) -> str:
        """The verdict for somebody who knows nothing of signatures."""
        if self.verdict is Verdict.GENUINE:
            return "这份文件与颁发时完全一致，一个字节也没有改过。是否仍然有效，请看下面的证照状态。"
        if self.verdict is Verdict.ALTERED:
            return "这份文件自称是本市颁发的证照，但内容与颁发时不一致，请不要采信，以查到的证照内容为准。"
        return "文件里没有本市的证照标识和签章。截图、扫描件、重新打印的文件都会这样，请改用证照标识或二维码查验。"


def count_lookup(request: HttpRequest) -> None:
    """Counts a look-up by code. Raises Problem (429)."""
    count_attempt(key=f"certificate-check:{address_of(request)}", limit=LOOKUPS, minutes=MINUTES)


def count_file(request: HttpRequest) -> None:
    """Counts a file to check: they cost more. Raises Problem (429)."""
    count_attempt(key=f"certificate-file:{address_of(request)}", limit=FILES, minutes=MINUTES)


def check_file(data: bytes) -> Checked:
    """Compares a PDF with what was issued. Raises Problem at ``file`` when it is none or too large.

    A damaged PDF is no refusal but a finding, and nothing is unpacked: the checks of uploads do not apply.
    """
    if len(data) > MAX_BYTES:
        raise Problem("upload-too-large", "文件超过5MB，证照文件没有这么大",
                      "the file is too large", field="file", status=413)
    if not data.lstrip()[:5] == b"%PDF-":
        raise Problem("upload-type", "请选择PDF文件，也就是从本站下载的证照原文件", "not a PDF",
                      field="file", status=422)
    digest = sm3(data).hex()
    seal = examine(data)
    signed = seal.ours and seal.whole
    rows = Certificate.objects.select_related("unit", "file")
    issued = rows.filter(file__sm3=digest).first()
    if issued is not None:
        return Checked(Verdict.GENUINE, digest, signed, True, facts_of(issued))
    claimed = rows.filter(identifier=seal.identifier).first() if seal.identifier else None
    if claimed is not None:
        return Checked(Verdict.ALTERED, digest, signed, False, facts_of(claimed))
    return Checked(Verdict.ALTERED if seal.ours and not seal.whole else Verdict.UNKNOWN, digest, signed, False, None)
