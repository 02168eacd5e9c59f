"""The makers of numbers against independent examples."""

from zhengwu.demo import codes
from zhengwu.demo.accounts import ACCOUNTS
from zhengwu.lib.identifiers import is_citizen_id


def test_credit_code_of_a_real_pattern():
    # 11430000006122244L: registered 11, area 430000, organisation 00612224-4
    assert codes.credit_code("11", "430000", 612224) == "11430000006122244L"


def test_citizen_ids_of_the_standard_examples():
    assert codes.citizen_id("110105", "19491231", 2) == "11010519491231002X"
    assert codes.citizen_id("440524", "18800101", 1) == "440524188001010014"
    assert is_citizen_id(codes.citizen_id("519921", "19900317", 202))


def test_codes_of_matters_have_their_lengths():
    basic = codes.basic_code("01", 34, 7)
    assert basic == "000134007000"
    assert len(codes.implementation_code("11430000006122244L", 4, basic)) == 31


def test_the_table_of_accounts_needs_no_django():
    import subprocess
    import sys
    from pathlib import Path

    source = Path(codes.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from zhengwu.demo.accounts import ACCOUNTS; "
         "assert 'django' not in sys.modules; print(len(ACCOUNTS))"],
        cwd=source, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == str(len(ACCOUNTS)), done.stderr
