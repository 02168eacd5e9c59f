"""Tables for spreadsheets."""

import csv
import io

from openpyxl import load_workbook

from zhengwu.lib.tables import csv_lines, xlsx

ROWS = [["=1+1", "甲,乙"], ["-2", '说"好"']]


def test_csv_is_read_back_and_no_cell_is_a_formula():
    text = "".join(csv_lines(("一", "二"), ROWS))
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [["一", "二"], ["'=1+1", "甲,乙"], ["'-2", '说"好"']]


def test_excel_is_read_back_and_no_cell_is_a_formula():
    sheet = load_workbook(io.BytesIO(xlsx("表", ("一", "二"), ROWS)))["表"]
    assert [list(row) for row in sheet.values] == [["一", "二"], ["'=1+1", "甲,乙"], ["'-2", '说"好"']]
