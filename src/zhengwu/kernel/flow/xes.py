"""Event logs for process mining: IEEE 1849-2016 (XES 2.0), written piece by piece so that a year of
cases fits any memory."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

_EXTENSIONS = {
    "concept": ("Concept", "concept.xesext"),
    "lifecycle": ("Lifecycle", "lifecycle.xesext"),
    "time": ("Time", "time.xesext"),
    "org": ("Organizational", "org.xesext"),
}
# The event's own words, as keys of the standard extensions.
_KEYS = {
    "name": "concept:name",
    "transition": "lifecycle:transition",
    "resource": "org:resource",
    "group": "org:group",
}
TRANSITIONS = frozenset({
    "schedule", "assign", "withdraw", "reassign", "start", "suspend", "resume", "pi_abort", "ate_abort", "complete",
    "autoskip", "manualskip", "unknown",
})  # fmt: skip


def xes(matter_name: str, cases: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> Iterator[bytes]:
    """The log of all ``cases`` (number, events) as UTF-8 XML in pieces, one trace a piece. An event has
    ``name``, ``transition`` (of the standard life cycle, e.g. ``start``, ``complete``), ``time`` (aware
    datetime) and, if known, ``resource`` (a post or pseudonym, never an identifier of a person) and
    ``group`` (the unit). Raises ValueError for a transition outside the standard or a time without zone."""
    yield _head(matter_name)
    for number, events in cases:
        lines = ["<trace>", _string("concept:name", number)]
        for event in events:
            lines += ["<event>", *_event(event), "</event>"]
        yield ("".join(lines) + "</trace>\n").encode()
    yield b"</log>\n"


def _head(name: str) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    lines.append('<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n')
    for prefix, (title, file) in _EXTENSIONS.items():
        lines.append(f'<extension name="{title}" prefix="{prefix}" uri="http://www.xes-standard.org/{file}"/>\n')
    lines.append(f'<global scope="trace">{_string("concept:name", "")}</global>\n')
    lines.append(f'<global scope="event">{_string("concept:name", "")}{_string("lifecycle:transition", "complete")}')
    lines.append('<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/></global>\n')
    lines.append('<classifier name="环节" keys="concept:name"/>\n')
    lines.append('<classifier name="环节与状态" keys="concept:name lifecycle:transition"/>\n')
    lines.append(_string("lifecycle:model", "standard") + _string("concept:name", name) + "\n")
    return "".join(lines).encode()


def _event(event: Mapping[str, Any]) -> Iterator[str]:
    if event["transition"] not in TRANSITIONS:
        raise ValueError(f"not a transition of the standard life cycle: {event['transition']}")
    moment: datetime = event["time"]
    if moment.tzinfo is None:
        raise ValueError("a moment without zone")
    for key, name in _KEYS.items():
        if event.get(key):
            yield _string(name, str(event[key]))
    yield f'<date key="time:timestamp" value="{moment.astimezone(UTC).isoformat(timespec="milliseconds")}"/>'


def _string(key: str, value: str) -> str:
    """Control characters have no place in XML 1.0."""
    clean = "".join(c for c in value if c >= " " or c in "\t\n")
    return f"<string key={quoteattr(key)} value={quoteattr(clean)}/>"
