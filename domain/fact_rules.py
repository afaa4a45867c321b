"""Normalised facts of an exposure, from the header units of its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.facts import ExposureFacts, FrameType, HeaderMapping
from domain.frame_type import classify_type, doubt_type, find_declared_type, tell_other_type, type_by_object
from domain.header import HeaderUnit
from domain.header_facts import KEYWORDS, READERS, find_binning, find_fact, parse_binning
from domain.header_index import HeaderIndex
from domain.header_pointing import find_pointing, frame_of, read_angle, read_right_ascension, to_icrs
from domain.header_site import check_site
from domain.header_start import find_midpoint, find_start, tell_blank_date
from domain.site import SitePlace
from domain.translator_facts import translate

__all__ = ["PLAUSIBLE", "derive_facts"]

#: Before this date nothing was exposed that a header would describe.
PLAUSIBLE: tuple[datetime, datetime | None] = (datetime(1880, 1, 1, tzinfo=UTC), None)

_TEXT_FACTS = ("filter", "object", "telescope_name", "instrument_name", "observer")


def derive_facts(
    units: Sequence[HeaderUnit],
    *,
    mapping: HeaderMapping | None = None,
    site: SitePlace | None = None,
    plausible: tuple[datetime, datetime | None] = PLAUSIBLE,
    told_type: FrameType | None = None,
) -> ExposureFacts:
    """Derive the facts of one exposure.

    For each fact, the first that knows it gives it:

    1. the instrument's mapping. Its owner writes an entry because what the header or a translator says is wrong for
       that instrument, so an explicit entry wins over both; a mapping that is silent about a fact, or names cards that
       are absent or bad, leaves it to the next;
    2. astro_metadata_translator, for the instruments it knows, unless the mapping says ``use_translator=False``;
    3. the general rules, over all header units in file order.

    ``mapping.values`` renames texts whichever of the three gave them, and a mapped frame type is not doubted;
    ``mapping.time_offset_s`` moves start and middle. Bad values become problems and the next keyword is tried; nothing
    in a header makes this fail.

    Parameters
    ----------
    units : sequence of HeaderUnit
        All of the file's, in file order.
    mapping : HeaderMapping or None
        The instrument's.
    site : SitePlace or None
        The telescope's; for headers that tell local time only, and to notice a frame of another site.
    plausible : tuple of (datetime, datetime or None)
        Aware. A start outside is kept, with the problem ``implausible-date``. There is no clock here: pass the present
        moment as the second to have dates in the future told.
    told_type : FrameType or None
        What whoever sent the file says it is; taken where no header tells a type, and told where one says another.

    Returns
    -------
    ExposureFacts
        With a source for every fact that was found: ``EXPTIME@0``, ``DATE-OBS@0+UT@0``, ``mapping:FILT2@0``,
        ``translator:DECam``, ``upload``. Problems: ``bad-value``, ``bad-date``, ``date-missing``, ``time-missing``,
        ``time-scale-unknown``, ``local-time``, ``implausible-date``, ``frame-type-doubtful``, ``frame-type-differs``,
        ``site-differs``, ``translator-failed``.
    """
    index = HeaderIndex(units)
    facts: dict[str, Any] = {}
    sources: dict[str, str] = {}
    if mapping is not None:
        _read_mapping(index, mapping, site, plausible, facts, sources)
    if mapping is None or mapping.use_translator:
        _read_translator(index, facts, sources)
    _read_generally(index, site, plausible, facts, sources)
    if mapping is not None:
        _rename(mapping, facts, sources)
    if "frame_type" not in facts:
        _find_type(index, facts, sources, told_type)
    if told_type is not None and facts["frame_type"] != told_type:
        index.problems.append(tell_other_type(told_type, facts["frame_type"], sources["frame_type"]))
    _finish_times(index, mapping, facts, sources)
    check_site(index, site)
    return ExposureFacts(sources=sources, problems=index.problems, **facts)


def _read_mapping(
    index: HeaderIndex,
    mapping: HeaderMapping,
    site: SitePlace | None,
    plausible: tuple[datetime, datetime | None],
    facts: dict[str, Any],
    sources: dict[str, str],
) -> None:
    used: dict[str, str] = {}
    for fact, written in mapping.keywords.items():
        keywords = tuple(keyword.strip().upper().removeprefix("HIERARCH ") for keyword in written)
        if not keywords:
            continue
        if fact == "start_at":
            found = find_start(index, site, plausible, keywords)
            if found is not None:
                facts[fact], sources[fact] = found[0], f"mapping:{found[1]}"
            continue
        for keyword in keywords:
            if keyword not in index.entries:
                continue
            value = _convert(index, keyword, fact, mapping.values.get(fact, {}))
            if value is not None:
                facts[fact], sources[fact], used[fact] = value, f"mapping:{index.source(keyword)}", keyword
                break
    if "ra_deg" in used and "dec_deg" in used:
        frame, equinox = frame_of(index, used["ra_deg"])
        facts["ra_deg"], facts["dec_deg"] = to_icrs(facts["ra_deg"], facts["dec_deg"], frame, equinox)
    renames = mapping.values.get("frame_type")
    if renames and "frame_type" not in facts:
        declared = find_declared_type(index)
        if declared is not None and declared[2] in renames:
            facts["frame_type"] = classify_type(renames[declared[2]]) or "other"
            sources["frame_type"] = f"mapping:{index.source(declared[1])}"


def _convert(index: HeaderIndex, keyword: str, fact: str, renames: dict[str, str]) -> Any:
    """Read one card as the kind of value that a fact wants."""
    text = index.text(keyword)
    if text is not None and text in renames:
        # The owner's word for the card's; the card itself is left as it is for every other fact.
        renamed = HeaderIndex(())
        renamed.entries[keyword] = (renames[text], *index.entries[keyword][1:])
        value = _convert(renamed, keyword, fact, {})
        index.problems.extend(renamed.problems)
        return value
    if fact in READERS:
        return READERS[fact](index, keyword)
    if fact == "frame_type":
        return None if text is None else classify_type(text) or "other"
    if fact == "ra_deg":
        return read_right_ascension(index, keyword)
    if fact == "dec_deg":
        return read_angle(index, keyword)
    pair = parse_binning(text) if text is not None else None
    if pair is None and text is not None:
        index.tell_bad_value(keyword, "a binning")
    return None if pair is None else pair[0 if fact == "binning_x" else 1]


def _read_translator(index: HeaderIndex, facts: dict[str, Any], sources: dict[str, str]) -> None:
    known = set(facts)
    if "ra_deg" in facts and "dec_deg" in facts:
        known.add("pointing")
    told, source = translate(index, known)
    pointing = told.pop("pointing", None)
    if pointing is not None and "ra_deg" not in facts and "dec_deg" not in facts:
        told["ra_deg"], told["dec_deg"] = pointing
    for fact, value in told.items():
        facts[fact], sources[fact] = value, source


def _read_generally(
    index: HeaderIndex,
    site: SitePlace | None,
    plausible: tuple[datetime, datetime | None],
    facts: dict[str, Any],
    sources: dict[str, str],
) -> None:
    for fact in KEYWORDS:
        if fact not in facts:
            found = find_fact(index, fact)
            if found is not None:
                facts[fact], sources[fact] = found
    if "start_at" not in facts:
        start = find_start(index, site, plausible)
        if start is not None:
            facts["start_at"], sources["start_at"] = start
        else:
            tell_blank_date(index)
    if "binning_x" not in facts or "binning_y" not in facts:
        binning = find_binning(index)
        if binning is not None:
            for fact, value, source in zip(("binning_x", "binning_y"), binning[:2], binning[2:], strict=True):
                if fact not in facts:
                    facts[fact], sources[fact] = value, source
    # Half a pointing is worth nothing: a pair comes from one place, unless the owner names one of the two.
    if "ra_deg" not in facts or "dec_deg" not in facts:
        pointing = find_pointing(index)
        if pointing is not None:
            for fact, angle_deg, source in zip(("ra_deg", "dec_deg"), pointing[:2], pointing[2:], strict=True):
                if fact not in facts:
                    facts[fact], sources[fact] = angle_deg, source


def _rename(mapping: HeaderMapping, facts: dict[str, Any], sources: dict[str, str]) -> None:
    for fact, renames in mapping.values.items():
        if fact in _TEXT_FACTS and facts.get(fact) in renames:
            facts[fact] = renames[facts[fact]]
            if not sources[fact].startswith("mapping:"):
                sources[fact] = f"mapping:{sources[fact]}"


def _find_type(index: HeaderIndex, facts: dict[str, Any], sources: dict[str, str], told_type: FrameType | None) -> None:
    declared = find_declared_type(index)
    name = facts.get("object")
    if declared is None:
        named = type_by_object(name) if name else None
        if named is not None:
            facts["frame_type"], sources["frame_type"] = named, sources["object"]
        elif told_type is not None:
            facts["frame_type"], sources["frame_type"] = told_type, "upload"
        return
    frame_type, keyword, word = declared
    source = index.source(keyword)
    taken, evidence, problem = doubt_type(
        frame_type, f"{source} {word!r}", facts.get("exposure_s"), name, sources.get("object")
    )
    facts["frame_type"], sources["frame_type"] = taken, evidence or source
    if problem is not None:
        index.problems.append(problem)


def _finish_times(
    index: HeaderIndex, mapping: HeaderMapping | None, facts: dict[str, Any], sources: dict[str, str]
) -> None:
    if "start_at" not in facts:
        return
    middle = find_midpoint(
        index, facts["start_at"], sources["start_at"], facts.get("exposure_s"), sources.get("exposure_s", "")
    )
    if middle is not None:
        # A translator or a mapping may have given both start and exposure: name it once.
        facts["mid_at"], sources["mid_at"] = middle[0], "+".join(dict.fromkeys(middle[1].split("+")))
    if mapping is not None and mapping.time_offset_s:
        try:
            offset = timedelta(seconds=mapping.time_offset_s)
            facts.update({fact: facts[fact] + offset for fact in ("start_at", "mid_at") if fact in facts})
        except (OverflowError, ValueError):
            index.tell("bad-value", "time_offset_s", "The mapping's time offset leads out of the calendar.")
