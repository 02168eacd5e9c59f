"""The sealed print of a paper: made once, kept, and handed out again byte for byte; several as one printing sheet."""

from collections.abc import Sequence
from io import BytesIO

from django.db import transaction
from pypdf import PdfReader, PdfWriter

from zhengwu.kernel.cases import papers
from zhengwu.kernel.cases.models import Case, Document
from zhengwu.kernel.cases.services.papers import render_document
from zhengwu.kernel.directory.api import SYSTEM, Actor
from zhengwu.kernel.files import api as files
from zhengwu.kernel.files.storage import open_content
from zhengwu.kernel.ledger.api import Entry, append
from zhengwu.lib.now import local
from zhengwu.lib.problem import Conflict, Invalid

PURPOSE = "case-paper"
SHEET_MAX = 40


def print_of(paper: Document, case: Case) -> bytes:
    """The PDF of a paper of ``case``: sealed and kept the first time (``paper.sealed`` on the stream ``paper:<id>``),
    the same file ever after. Where the organ's seal may not be used, an unsealed copy that says so, not kept."""
    if paper.file is None:
        try:
            _keep(paper, case)
        except Conflict:
            return render_document(paper, case, sealed=False)
    assert paper.file is not None
    with open_content(paper.file.sm3) as stream:
        return stream.read()


@transaction.atomic
def _keep(paper: Document, case: Case) -> None:
    row = Document.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if row.file is None:
        kind = papers.find(row.kind)
        data = papers.seal(papers.SealOrder(
            unit_id=case.unit_id, unit_name=case.unit.name, title=row.title, number=row.number,
            subject=f"paper:{row.pk}", purpose=kind.purpose if kind else "", on=local(row.at).date(),
            draw=lambda picture: render_document(row, case, picture=picture)))
        row.file = files.keep(
            name=f"{row.title}-{case.number}.pdf",
            media_type="application/pdf",
            data=data,
            owner=None,
            purpose=PURPOSE,
            subject=case.number,
        )
        row.save(update_fields=["file"])
        append(f"paper:{row.pk}", SYSTEM.by(), [Entry("paper.sealed", {
            "case": case.number, "kind": row.kind, "number": row.number, "file_sm3": row.file.sm3})])
    paper.file = row.file


def printing_sheet(rows: Sequence[Document], case: Case) -> bytes:
    """Several papers of a case one after another in one PDF, for the printer: a copy, its signatures do not count.

    Raises Invalid for none, or for more than SHEET_MAX.
    """
    if not rows:
        raise Invalid({"paper": "请至少勾选一份文书"})
    if len(rows) > SHEET_MAX:
        raise Invalid({"paper": f"一次最多打印{SHEET_MAX}份文书"})
    writer = PdfWriter()
    for row in rows:
        writer.append(PdfReader(BytesIO(print_of(row, case))), import_outline=False)
    for page in writer.pages:
        page.pop("/Annots", None)
    writer.root_object.pop("/AcroForm", None)
    writer.add_metadata({"/Title": f"{case.number} 文书打印件"})
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def may_open_print(actor: Actor, stored: files.StoredFile) -> bool:
    """A print opens for whoever may see its case."""
    return Case.objects.visible_to(actor).filter(number=stored.subject).exists()


def register_prints() -> None:
    """Called once when the app is ready."""
    files.register_access(PURPOSE, may_open_print)
