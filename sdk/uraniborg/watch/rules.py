"""Rules: which files are sent as what, by patterns of their paths."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from uraniborg.errors import NotConfigured
from uraniborg.upload.terms import FrameType

__all__ = ["EXAMPLE", "Rule", "Rules", "Treatment", "load_rules"]

EXAMPLE = """
[[rule]]                           # the first rule whose pattern fits decides
pattern = "focus/**"               # of the path within the folder; ** is any number of folders
skip = true

[[rule]]
pattern = "**/flats/**"
type = "flat"                      # where the headers do not tell

[[rule]]
pattern = "guider/*.fit*"
telescope = "finder"
instrument = "guide-camera"

[[rule]]
pattern = "**/M31*"
dataset = "M31 deep"
"""
# What programs write beside their files and rename or remove soon; a rule of one's own may say otherwise.
PASSING = (".*", "**/.*", "**/.*/**", ".*/**", "**/*.tmp", "**/*.part", "**/*.partial", "**/*.crdownload", "**/*~")


class Treatment(msgspec.Struct, frozen=True):
    """How a file is sent."""

    telescope: str | None = None
    instrument: str | None = None
    dataset: str | None = None
    frame_type: str | None = None
    skip: bool = False


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule of the file; what it leaves out is as the command line says."""

    pattern: str
    telescope: str | None = None
    instrument: str | None = None
    dataset: str | None = None
    type: FrameType | None = None
    skip: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    rule: list[Rule] = []


class Rules:
    """Rules in their order.

    Parameters
    ----------
    rules : sequence of Rule
    otherwise : Treatment
        Of files that no rule names.
    """

    def __init__(self, rules: list[Rule] | tuple[Rule, ...] = (), otherwise: Treatment = Treatment()) -> None:  # noqa: B008
        self._otherwise = otherwise
        passing = [Rule(pattern, skip=True) for pattern in PASSING]
        self._rules = [(_expression(rule.pattern), rule) for rule in [*rules, *passing]]

    def treatment(self, path: str) -> Treatment:
        """Tell how a file is sent, by its path within its folder."""
        for expression, rule in self._rules:
            if expression.fullmatch(path):
                return Treatment(
                    telescope=rule.telescope or self._otherwise.telescope,
                    # An instrument is at one telescope: one given for all does not go with another telescope.
                    instrument=rule.instrument or (None if rule.telescope else self._otherwise.instrument),
                    dataset=rule.dataset or self._otherwise.dataset,
                    frame_type=rule.type or self._otherwise.frame_type,
                    skip=rule.skip,
                )
        return self._otherwise


def load_rules(path: Path | None, otherwise: Treatment) -> Rules:
    """Read rules from a file of TOML.

    Raises
    ------
    NotConfigured
        It cannot be read, or says something else.
    """
    if path is None:
        return Rules((), otherwise)
    try:
        file = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        return Rules(file.rule, otherwise)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise NotConfigured(f"The rules in {path} cannot be read: {error}. They look like this:\n{EXAMPLE}") from error


def _expression(pattern: str) -> re.Pattern[str]:
    """Read a pattern: ``*`` and ``?`` within a name, ``[abc]``, ``**`` over any number of folders."""
    written, at = "", 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            written, at = written + "(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            written, at = written + ".*", at + 2
        elif pattern[at] == "*":
            written, at = written + "[^/]*", at + 1
        elif pattern[at] == "?":
            written, at = written + "[^/]", at + 1
        elif pattern[at] == "[" and (end := pattern.find("]", at + 2)) > 0:
            inside = pattern[at + 1 : end].replace("\\", "\\\\").replace("[", "\\[")
            written, at = written + "[" + ("^" + inside[1:] if inside[0] in "!^" else inside) + "]", end + 1
        else:
            written, at = written + re.escape(pattern[at]), at + 1
    try:
        return re.compile(written, re.DOTALL)
    except re.error as error:
        raise NotConfigured(f"The pattern {pattern!r} cannot be read: {error}.") from error
