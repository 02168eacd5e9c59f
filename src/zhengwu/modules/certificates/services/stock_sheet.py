"""The sheet of an existing stock (存量证照): its columns, its template, and what is wrong in which row."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhengwu.kernel.directory.api import blind_index
from zhengwu.lib.identifiers import check_citizen_id, check_licence_id, check_uscc, is_citizen_id
from zhengwu.lib.now import today
from zhengwu.lib.problem import Problem
from zhengwu.lib.tables import xlsx
from zhengwu.modules.certificates.models import HOLDER_CODE, Certificate, CertificateType, HolderEnd

ROWS_MAX = 5000
PROBLEMS_MAX = 500
FIXED = ("证照编号", "持证主体", "证件类型", "证件号码", "颁发日期", "有效期起", "有效期止", "电子证照标识")
CODE_TYPES = {"身份证": Certificate.CodeType.CITIZEN, "统一社会信用代码": Certificate.CodeType.USCC}
SAMPLE = (
    "2019000123",
    "样例行，导入前删除",
    "统一社会信用代码",
    "91519921MA00000000",
    "2019-06-01",
    "2019-06-01",
    "长期",
    "",
)


@dataclass
class Row:
    """One line that can be written. ``identifier`` "": the platform gives one."""

    line: int
    number: str
    holder: str
    code_type: str
    code: str
    issued_on: date
    valid_from: date
    valid_to: date | None
    identifier: str
    face: list[list[str]] = field(default_factory=list)


Problems = list[list[Any]]


def template(kind: CertificateType) -> bytes:
    """An empty sheet with the type's columns and one sample line."""
    heads = (*FIXED, *(f["label"] for f in kind.fields))
    return xlsx("存量证照", heads, [(*SAMPLE, *("" for _ in kind.fields))])


def read(data: bytes, kind: CertificateType, unit_id: int) -> tuple[list[Row], Problems, int]:
    """(good rows, problems as [line, column, words], number of rows). Raises Problem for what is no sheet of ours."""
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        lines = list(book.worksheets[0].iter_rows(values_only=True, max_row=ROWS_MAX + 2))
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise Problem("stock-file", "文件打不开，请用下载的模板填写后上传xlsx文件", "not an xlsx file", field="file",
                      status=422) from error
    heads = [str(cell or "").strip() for cell in lines[0]] if lines else []
    wanted = [*FIXED, *(f["label"] for f in kind.fields)]
    missing = [name for name in wanted if name not in heads]
    if missing:
        raise Problem(
            "stock-columns",
            f"表头缺少：{'、'.join(missing)}。请用下载的模板填写",
            "columns are missing",
            field="file",
            status=422,
        )
    filled = [(n, line) for n, line in enumerate(lines[1:], 2) if any(cell not in (None, "") for cell in line)]
    if not filled:
        raise Problem("stock-empty", "表里没有数据行", "no rows", field="file", status=422)
    if len(filled) > ROWS_MAX:
        raise Problem("stock-too-many", f"一次最多导入{ROWS_MAX}行，请拆分", "too many rows", field="file", status=422)
    rows, problems = [], []
    for number, line in filled:
        cells = {head: line[at] if at < len(line) else None for at, head in enumerate(heads) if head}
        row, wrong = _row(number, cells, kind)
        problems += wrong
        if row is not None:
            rows.append(row)
    problems += _across(rows, kind, unit_id)
    problems.sort(key=lambda p: p[0])
    return rows, problems[:PROBLEMS_MAX], len(filled)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _row(line: int, cells: dict[str, Any], kind: CertificateType) -> tuple[Row | None, Problems]:
    wrong: Problems = []

    def bad(column: str, words: str) -> None:
        wrong.append([line, column, words])

    number, holder = _text(cells["证照编号"]), _text(cells["持证主体"])
    if not re.fullmatch(r"[^\s]{1,60}", number):
        bad("证照编号", "须填写，不超过60个字符，中间没有空格")
    if not 2 <= len(holder) <= 100:
        bad("持证主体", "须填写2到100个字")
    code_type = CODE_TYPES.get(_text(cells["证件类型"]), "")
    if not code_type:
        bad("证件类型", f"只能填：{'、'.join(CODE_TYPES)}")
    code = _checked(cells["证件号码"], code_type, bad)
    issued, start = _day(cells["颁发日期"], "颁发日期", bad), _day(cells["有效期起"], "有效期起", bad)
    end = None if _text(cells["有效期止"]) in ("长期", "") else _day(cells["有效期止"], "有效期止", bad)
    if issued and issued > today():
        bad("颁发日期", "不能晚于今天")
    if start and end and end < start:
        bad("有效期止", "早于有效期起")
    if not _text(cells["有效期止"]):
        bad("有效期止", "须填写日期或“长期”")
    identifier = _identifier(cells["电子证照标识"], kind, bad)
    face = []
    for item in kind.fields:
        text = _text(cells[item["label"]])
        if item["required"] and not text:
            bad(item["label"], "须填写")
        if len(text) > 200 or is_citizen_id(text):
            bad(item["label"], "不超过200字，不能是身份证号")
        face.append([item["label"], text])
    if wrong or issued is None or start is None:
        return None, wrong
    return Row(line, number, holder, code_type, code, issued, start, end, identifier, [p for p in face if p[1]]), []


def _checked(value: Any, code_type: str, bad: Any) -> str:
    try:
        if code_type == Certificate.CodeType.CITIZEN:
            return check_citizen_id(_text(value), field="code")
        if code_type == Certificate.CodeType.USCC:
            return check_uscc(_text(value), field="code")
    except Problem as problem:
        bad("证件号码", problem.zh)
    return ""


def _identifier(value: Any, kind: CertificateType, bad: Any) -> str:
    text = _text(value)
    if not text:
        return ""
    try:
        found = check_licence_id(text[:120], field="identifier")
    except Problem as problem:
        bad("电子证照标识", problem.zh)
        return ""
    if f".{kind.code}." not in found:
        bad("电子证照标识", "标识中的证照类型与所选类型不一致")
    return found


def _day(value: Any, column: str, bad: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        found = date.fromisoformat(_text(value).replace("/", "-").replace(".", "-"))
    except ValueError:
        bad(column, "日期写成2019-06-01的样子")
        return None
    if not 1949 <= found.year <= 2100:
        bad(column, "年份不对")
        return None
    return found


def _across(rows: list[Row], kind: CertificateType, unit_id: int) -> Problems:
    """What only shows between the rows and against what there is: doubles, and holders that are no more."""
    wrong: Problems = []
    seen: dict[tuple[str, str], int] = {}
    known = set(Certificate.objects.filter(type_code=kind.code, unit_id=unit_id, number__in=[r.number for r in rows])
                .values_list("number", flat=True))
    given = [r.identifier for r in rows if r.identifier]
    taken = set(Certificate.objects.filter(identifier__in=given).values_list("identifier", flat=True))
    index = {r.line: blind_index(r.code, HOLDER_CODE) for r in rows}
    ended = set(HolderEnd.objects.filter(code_index__in=set(index.values())).values_list("code_index", flat=True))
    for row in rows:
        for column, value, there in (("证照编号", row.number, known), ("电子证照标识", row.identifier, taken)):
            if not value:
                continue
            if (column, value) in seen:
                wrong.append([row.line, column, f"与第{seen[column, value]}行重复"])
            seen.setdefault((column, value), row.line)
            if value in there:
                wrong.append([row.line, column, "系统中已有"])
        lapsed = row.valid_to is not None and row.valid_to < today()
        if index[row.line] in ended and not lapsed:
            wrong.append([row.line, "持证主体", "已登记死亡或者依法终止，在有效期内的证照应当先注销"])
    return wrong
