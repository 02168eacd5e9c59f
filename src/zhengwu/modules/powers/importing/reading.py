"""The rows of an uploaded table, from Excel or CSV, as texts."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from zhengwu.lib import uploads
from zhengwu.lib.problem import Invalid
from zhengwu.lib.uploads_types import decoded_text

ROWS_MAX = 50_000
CELL_MAX = 32_767


def check_file(name: str, data: bytes, max_bytes: int) -> uploads.Checked:
    """Accepts an .xlsx or a .csv; raises Problem in words. A .csv is text in UTF-8 or GB 18030."""
    if name.lower().endswith(".csv"):
        checked = uploads.check(f"{name[:-4]}.txt", data, max_bytes=max_bytes, allowed=("txt",))
        return uploads.Checked(f"{checked.name[:-4]}.csv", "csv", "text/csv")
    if not name.lower().endswith(".xlsx"):
        raise Invalid({"file": "请上传Excel（.xlsx）或CSV文件；旧的.xls请先另存为.xlsx"})
    return uploads.check(name, data, max_bytes=max_bytes, allowed=("xlsx",))


def table(extension: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """(number of the row as the spreadsheet counts, cells) of every row that is not empty, headings first.

    Raises Invalid when the file cannot be read or has more than ROWS_MAX rows.
    """
    rows = _csv(data) if extension == "csv" else _xlsx(data)
    for number, cells in enumerate(rows, 1):
        if number > ROWS_MAX + 1:
            raise Invalid({"file": f"一次最多{ROWS_MAX}行，请拆分"})
        if any(cells):
            yield number, cells


def _csv(data: bytes) -> Iterator[list[str]]:
    text = decoded_text(data)
    if text is None:
        raise Invalid({"file": "文字编码无法识别，请另存为UTF-8的CSV"})
    try:
        for row in csv.reader(StringIO(text)):
            yield [cell.strip()[:CELL_MAX] for cell in row]
    except csv.Error as error:
        raise Invalid({"file": f"CSV格式有误：{error}"}) from error


def _xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
    except (InvalidFileException, BadZipFile, KeyError, ValueError, IndexError, TypeError) as error:
        raise Invalid({"file": "Excel文件打不开，请重新另存为.xlsx"}) from error


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).replace("\0", "").strip()[:CELL_MAX]
