"""Rounds of work."""

from zhengwu.lib.periodic import each


def test_one_bad_row_is_logged_and_the_rest_is_done(caplog):
    done = []

    def work(row: int) -> None:
        if row == 2:
            raise ValueError("two")
        done.append(row)

    assert each([1, 2, 3], work, name="test") == 2
    assert done == [1, 3]
    assert "test: 2 failed" in caplog.text and "ValueError" in caplog.text
