# SPDX-License-Identifier: GPL-3.0-or-later
"""The result for people: a line for each flow, in columns that a Markdown page takes as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.wire.judge import unlike

HEADS = ("scenario", "flow", "expected", "forecast", "seen", "ESP", "clear packets", "clear bytes", "")


def flow_lines(found: Sequence[dict[str, Any]]) -> list[str]:
    """The table of the flows, from the dicts of `judge.Seen`."""
    rows = [HEADS, tuple("---" for _unused in HEADS)]
    for one in found:
        good = one["expected"] == one["seen"] and not unlike(one)
        rows.append((
            one["scenario"], f"{one['source']} to {one['target']}:{one['port']}", one["expected"], one["forecast"],
            one["seen"], str(one["packets"]), str(one["clear_packets"]), str(one["clear_bytes"]),
            "" if good else "WRONG",
        ))  # fmt: skip
    return aligned(rows)


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows of a Markdown table with every column as wide as its widest word."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "| " + " | ".join(
            "-" * width if word == "---" else word.ljust(width) for word, width in zip(row, widths, strict=True)
        ) + " |"
        for row in rows
    ]  # fmt: skip
