"""The Merkle tree against a plain reading of RFC 6962, and paths that must not be accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengwu.lib import merkle
from zhengwu.lib.sm import sm3

LEAVES = st.lists(st.binary(max_size=40), min_size=1, max_size=70)


def by_the_rfc(leaves):
    """MTH of section 2.1, word by word."""
    if len(leaves) == 1:
        return sm3(b"\0" + leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sm3(b"\1" + by_the_rfc(leaves[:split]) + by_the_rfc(leaves[split:]))


@given(LEAVES)
def test_root_is_that_of_the_rfc(leaves):
    assert merkle.root(iter(leaves)) == by_the_rfc(leaves)


def test_root_of_nothing():
    assert merkle.root([]) == sm3(b"")


@given(LEAVES, st.data())
def test_every_path_leads_to_the_root(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.path(leaves, index)
    assert merkle.root_from(leaves[index], index, len(leaves), path) == merkle.root(leaves)
    assert len(path) <= (len(leaves) - 1).bit_length()


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=40, unique=True), st.data())
def test_a_path_proves_its_own_leaf_and_place_only(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda i: i != index))
    path, root = merkle.path(leaves, index), merkle.root(leaves)
    assert merkle.root_from(leaves[other], index, len(leaves), path) != root
    for wrong in (path[:-1], [*path, path[0]]):
        with pytest.raises(ValueError, match="path too"):
            merkle.root_from(leaves[index], index, len(leaves), wrong)
    try:
        assert merkle.root_from(leaves[index], other, len(leaves), path) != root
    except ValueError as refused:
        assert "path too" in str(refused)
    changed = [bytes([path[0][0] ^ 1]) + path[0][1:], *path[1:]]
    assert merkle.root_from(leaves[index], index, len(leaves), changed) != root


@given(LEAVES, st.sampled_from([1, 2, 4, 8, 16]))
def test_folding_blocks_gives_the_same_root_and_paths(leaves, size):
    nodes = [merkle.root(leaves[i:i + size]) for i in range(0, len(leaves), size)]
    assert merkle.fold(nodes) == merkle.root(leaves)
    index = len(leaves) - 1
    inside = merkle.path(leaves[index // size * size:][:size], index % size)
    assert inside + merkle.fold_path(nodes, index // size) == merkle.path(leaves, index)


@pytest.mark.parametrize(("index", "count"), [(-1, 3), (3, 3), (0, 0), (0, -1)])
def test_places_outside_the_tree(index, count):
    with pytest.raises(ValueError, match="outside"):
        merkle.root_from(b"x", index, count, [])
    with pytest.raises(IndexError):
        merkle.path([b"x"] * max(count, 0), index)
