"""Problems gathered while a file is read: one for each code, however often it is met."""

from __future__ import annotations

from domain.header import Problem

__all__ = ["FileProblems"]

_MOST_TOLD = 5


class FileProblems:
    """Gathers sentences under codes, in the order in which the codes were first met."""

    def __init__(self) -> None:
        self._details: dict[str, list[str]] = {}

    def add(self, code: str, detail: str) -> None:
        """Note one sentence under a kebab-case code."""
        details = self._details.setdefault(code, [])
        if detail not in details[:_MOST_TOLD]:
            details.append(detail)

    def add_all(self, problems: list[Problem]) -> None:
        for problem in problems:
            self.add(problem.code, problem.detail)

    def as_list(self) -> list[Problem]:
        """Return one problem for each code; beyond five sentences the rest is counted."""
        return [Problem(code, _joined(details)) for code, details in self._details.items()]


def _joined(details: list[str]) -> str:
    more = len(details) - _MOST_TOLD
    return " ".join(details[:_MOST_TOLD]) + (f" (And {more} more of this kind.)" if more > 0 else "")
