"""Merkle tree shaped as in RFC 6962 section 2.1, with SM3: leaves hashed behind 0x00, nodes behind 0x01."""

from collections.abc import Iterable, Sequence

from zhengwu.lib.sm import sm3


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf (any bytes)."""
    return sm3(b"\x00" + leaf)


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return sm3(b"\x01" + left + right)


def fold(nodes: Iterable[bytes]) -> bytes:
    """The top over ``nodes``: hashes of equal-sized full subtrees, of which the last may be smaller.

    Takes O(log n) memory. No nodes give the hash of nothing, as the RFC has it.
    """
    stack: list[tuple[int, bytes]] = []  # (height, hash), heights strictly falling
    for node in nodes:
        height = 0
        while stack and stack[-1][0] == height:
            node = node_hash(stack.pop()[1], node)  # noqa: PLW2901 - it grows into its parent
            height += 1
        stack.append((height, node))
    if not stack:
        return sm3(b"")
    top = stack.pop()[1]
    while stack:
        top = node_hash(stack.pop()[1], top)
    return top


def root(leaves: Iterable[bytes]) -> bytes:
    """Root over ``leaves`` in order; streams."""
    return fold(leaf_hash(leaf) for leaf in leaves)


def fold_path(nodes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings from node ``index`` up to the top of ``fold(nodes)``, lowest first. Raises IndexError."""
    if not 0 <= index < len(nodes):
        raise IndexError("merkle: no such leaf")
    level, path = list(nodes), []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2:]
        index >>= 1
    return path


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf ``index``, lowest sibling first. Raises IndexError."""
    return fold_path([leaf_hash(leaf) for leaf in leaves], index)


def root_from(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes:
    """The root that ``leaf`` at ``index`` of ``count`` and its audit path lead to.

    Raises ValueError when a path of this length cannot belong to that place.
    """
    if not 0 <= index < count:
        raise ValueError("merkle: index outside the tree")
    found, width, used = leaf_hash(leaf), count, 0
    while width > 1:
        if index & 1 or index + 1 < width:
            if used == len(path):
                raise ValueError("merkle: path too short")
            found = node_hash(path[used], found) if index & 1 else node_hash(found, path[used])
            used += 1
        index, width = index >> 1, (width + 1) >> 1
    if used != len(path):
        raise ValueError("merkle: path too long")
    return found
