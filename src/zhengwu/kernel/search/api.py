"""Entrance to search: put things in, take them out, find them, complete what is being typed."""

from zhengwu.kernel.search.finding import Hit, Hits, search, suggest
from zhengwu.kernel.search.indexing import Item, index, index_many, remove

__all__ = ["Hit", "Hits", "Item", "index", "index_many", "remove", "search", "suggest"]
