"""Whatever is done to an audit log, the chain tells."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.audit_chain import GENESIS, Walk, canonical, entry_hash, plain_details
from tests.support.examples import tried_on

Entry = dict[str, Any]

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=3,
)
EVENTS = st.lists(st.tuples(TEXTS, TEXTS, st.dictionaries(TEXTS, PLAIN, max_size=3)), min_size=2, max_size=8)


def chain(events: list[tuple[str, str, dict[str, Any]]], log: str = "a-log") -> list[Entry]:
    entries: list[Entry] = []
    for action, target, details in events:
        entry: Entry = {
            "log": log,
            "sequence": len(entries) + 1,
            "at": f"2026-11-22T03:00:00.{len(entries):06}Z",
            "actor": {"kind": "account", "name": "tycho@hven.example"},
            "action": action,
            "target": target,
            "details": details,
            "previous": entries[-1]["hash"] if entries else GENESIS,
        }
        entries.append(entry | {"hash": entry_hash(entry)})
    return entries


def broken(entries: list[Entry], whole: list[Entry]) -> bool:
    walk = Walk("a-log")
    return (walk.all(entries) or walk.end(whole[-1]["sequence"], whole[-1]["hash"])) is not None


def test_the_hash_is_that_of_a_text_anyone_can_write() -> None:
    entry = {
        "log": "service", "sequence": 1, "at": "2026-11-22T03:00:00.000000Z", "hash": "does not count",
        "actor": {"name": "tycho@hven.example", "kind": "account"}, "action": "member.added",
        "target": "members/sophie@hven.example", "details": {"role": "admin", "before": None, "é": [1, True]},
        "previous": GENESIS,
    }  # fmt: skip
    # Written by hand and summed by sha256sum of GNU coreutils.
    text = (
        '{"action":"member.added","actor":{"kind":"account","name":"tycho@hven.example"},'
        '"at":"2026-11-22T03:00:00.000000Z","details":{"before":null,"role":"admin","é":[1,true]},"log":"service",'
        f'"previous":"{"0" * 64}","sequence":1,"target":"members/sophie@hven.example"}}'
    )
    assert canonical({name: value for name, value in entry.items() if name != "hash"}).decode() == text
    assert entry_hash(entry) == "9f29b9425cc0278181cbf6cf8ad78229e3158835a672ad30c04e794d38263df5"


@tried_on(20)
@given(EVENTS)
def test_a_log_as_it_was_written_is_whole(events: list[tuple[str, str, dict[str, Any]]]) -> None:
    entries = chain(events)
    assert not broken(entries, entries)


@tried_on(40)
@given(EVENTS, st.data())
def test_every_change_is_found(events: list[tuple[str, str, dict[str, Any]]], data: st.DataObject) -> None:
    whole = chain(events)
    entries = copy.deepcopy(whole)
    position = data.draw(st.integers(0, len(entries) - 1))
    entry = entries[position]
    name = data.draw(st.sampled_from(sorted(entry)))
    if name in ("details", "actor"):
        entry[name] = entry[name] | {data.draw(TEXTS): data.draw(PLAIN)}
    elif name == "sequence":
        entry[name] = data.draw(st.integers(-3, 20))
    else:
        entry[name] = data.draw(TEXTS)
    if data.draw(st.booleans()):  # the forger computes the entry's own hash anew
        entry["hash"] = entry_hash(entry)
    assert broken(entries, whole) == (entries != whole)


@tried_on(40)
@given(EVENTS, st.data())
def test_every_removal_swap_and_insertion_is_found(
    events: list[tuple[str, str, dict[str, Any]]], data: st.DataObject
) -> None:
    whole = chain(events)
    first = data.draw(st.integers(0, len(whole) - 1))
    second = data.draw(st.integers(0, len(whole) - 1).filter(lambda n: n != first))
    removed = whole[:first] + whole[first + 1 :]
    swapped = copy.deepcopy(whole)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    elsewhere = chain([("added", "later", {})] * len(whole))
    inserted = [*whole[:first], elsewhere[first], *whole[first:]]
    twice = [*whole[:first], whole[first], *whole[first:]]
    behind = [*whole, elsewhere[-1]]
    other_log = chain(events, log="another log")
    for entries in (removed, swapped, inserted, twice, behind, other_log, whole[:first]):
        assert broken(entries, whole), entries


@tried_on(40)
@given(EVENTS, st.data())
def test_a_change_cannot_be_covered_by_computing_the_rest_anew(
    events: list[tuple[str, str, dict[str, Any]]], data: st.DataObject
) -> None:
    """Where the last hash is known from elsewhere (an export), even a whole new chain is found."""
    whole = chain(events)
    position = data.draw(st.integers(0, len(events) - 1))
    forged = [*events[:position], ("forged", *events[position][1:]), *events[position + 1 :]]
    assert broken(chain(forged), whole) == (forged != events)


@given(st.dictionaries(TEXTS, PLAIN | st.floats() | st.datetimes() | st.tuples(PLAIN), max_size=4))
def test_details_become_what_has_one_form(details: dict[str, Any]) -> None:
    plain = plain_details(details)
    assert canonical(plain) == canonical(plain_details(plain))
