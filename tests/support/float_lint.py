"""Finds what could bring a float into Python source: where money is counted, none may be."""

from __future__ import annotations

import ast

__all__ = ["floats_in"]

MODULES = {"math", "cmath", "numpy", "random", "statistics"}
CALLS = {"float", "complex", "round"}
METHODS = {"total_seconds", "timestamp", "as_integer_ratio"}


def floats_in(source: str) -> list[str]:
    """List what makes floats: literals, the name ``float``, a true division, modules and methods that return them.

    Fractions are made by ``Fraction(a, b)``, times divided by ``//``.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        problem = None
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            problem = f"the literal {node.value}"
        elif isinstance(node, ast.Name) and node.id in CALLS:
            problem = node.id
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            problem = "a true division"
        elif isinstance(node, ast.Attribute) and node.attr in METHODS:
            problem = f".{node.attr}"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            problem = next((f"the module {name}" for name in names if name.partition(".")[0] in MODULES), None)
        if problem:
            found.append(f"line {getattr(node, 'lineno', 0)}: {problem}")
    return found
