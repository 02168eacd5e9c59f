"""Bigrams: what is indexed is found again, positions stay lawful, pieces give the text back."""

from hypothesis import given, settings
from hypothesis import strategies as st

from zhengwu.lib import ngrams

TEXT = st.text(alphabet="政务服务大厅办理营业执照𠮷㐂，。 ab1-（）", max_size=60)


def test_runs_become_pairs_and_words_stay_whole():
    assert ngrams.vector("政务服务 GB9704") == "'政务':1A '务服':2A '服务':3A '务':4A 'gb9704':6A"


def test_title_and_body_are_told_apart_and_never_touch():
    assert ngrams.vector("公告", "告知") == "'公告':1A '告':2A '告知':4 '知':5"


def test_characters_beyond_the_basic_plane_are_single_characters():
    assert "'𠮷田':1A" in ngrams.vector("𠮷田")


def test_full_width_is_folded():
    assert ngrams.query("ＡＢＣ１２") == "'abc12':*"


def test_a_phrase_is_one_run_and_runs_are_joined():
    assert ngrams.query("营业执照 食品") == "('营业' <-> '业执' <-> '执照') & '食品'"


def test_one_character_is_found_by_prefix_and_nothing_by_nothing():
    assert ngrams.query("证") == "'证':*"
    assert ngrams.query("，。 ★") == ""


def test_title_only_asks_for_weight_a():
    assert ngrams.query("执照", title_only=True) == "'执照':A"
    assert ngrams.query("证", title_only=True) == "'证':*A"


def test_positions_and_their_number_stay_within_what_postgresql_keeps():
    vector = ngrams.vector("", "政务" * 20_000)
    positions = [p for part in vector.split(" ") for p in part.rsplit(":", 1)[1].split(",")]
    assert max(int(p) for p in positions) <= ngrams.MAX_POSITION
    assert all(len(part.rsplit(":", 1)[1].split(",")) <= ngrams.MAX_PER_LEXEME for part in vector.split(" "))


def test_a_query_cannot_break_out_of_its_quotes():
    assert ngrams.query("a'b | !c & (d:*)") == "'a' & 'b' & 'c' & 'd'"


def test_highlight_marks_what_was_searched_for():
    found = ngrams.highlight("办理营业执照的材料", "营业执照")
    assert found == [("办理", False), ("营业执照", True), ("的材料", False)]


def test_highlight_finds_full_width_forms_in_place():
    assert ("ＧＢ", True) in ngrams.highlight("依据ＧＢ标准", "gb")


def test_extract_stands_around_the_first_find():
    pieces = ngrams.highlight("前" * 500 + "执照" + "后" * 500, "执照", width=40)
    assert sum(len(p) for p, _ in pieces) == 40
    assert ("执照", True) in pieces


@settings(deadline=None)
@given(TEXT, TEXT)
def test_pieces_always_give_the_text_back(text, wanted):
    assert "".join(piece for piece, _ in ngrams.highlight(text, wanted)) == text
