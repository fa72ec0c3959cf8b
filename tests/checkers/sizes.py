# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a file and a function may be, and what a file starts with."""

from __future__ import annotations

import ast
from pathlib import Path

FUNCTION_LINES = 40
FILE_LINES = 250
TEST_FILE_LINES = 400

DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}
"""Text that Ansible wants inside a plugin; it is not counted as code."""

HEADER = (
    "# Copyright: exchange.ipsec maintainers",
    "# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or "
    "https://www.gnu.org/licenses/gpl-3.0.txt)",
    "# SPDX-License-Identifier: GPL-3.0-or-later",
)


def size_problems(root: Path) -> list[str]:
    """Files and functions below plugins/ and tests/ that have outgrown a single reading."""
    problems = []
    for path in sorted([*root.glob("plugins/**/*.py"), *root.glob("tests/**/*.py")]):
        name = path.relative_to(root)
        if name.parts[:2] == ("tests", "output"):
            continue
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        lines, limit = len(text.splitlines()) - documentation_lines(tree), file_limit(name)
        if lines > limit:
            problems.append(f"{name}: {lines} lines, {limit} are allowed; split by noun")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    problems.append(f"{name}:{node.lineno}: {node.name} has {length} lines, {FUNCTION_LINES} allowed")
    return problems


def documentation_lines(tree: ast.Module) -> int:
    """Lines of the strings that Ansible reads as documentation."""
    return sum(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id in DOCUMENTATION for target in node.targets)
    )


def file_limit(name: Path) -> int:
    """The limit for a file, by its path below the root: tests may be longer, the lab itself not."""
    if name.parts[0] == "plugins" or (name.parts[:2] == ("tests", "lab") and name.parts[2] != "tests"):
        return FILE_LINES
    return TEST_FILE_LINES


def header_problems(root: Path) -> list[str]:
    """Python files of plugins/ without the licence header, and those of tests/ without its last line."""
    problems = []
    for path in sorted(root.glob("plugins/**/*.py")):
        start = tuple(path.read_text(encoding="utf-8").splitlines()[: len(HEADER)])
        if start != HEADER:
            problems.append(f"{path.relative_to(root)}: does not start with the licence header of the house")
    for path in sorted(root.glob("tests/**/*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name != "__init__.py" and text and HEADER[-1] not in text.splitlines()[:3]:
            problems.append(f"{path.relative_to(root)}: has no SPDX line in its first three")
    return problems
