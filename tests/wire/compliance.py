# SPDX-License-Identifier: GPL-3.0-or-later
"""What compliance says of the IKE of the twin, asked from a peer of the policy and from strangers; expected by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.wire.flows import ADDRESSES, VIRTUAL
from tests.wire.hardened import Standing
from tests.wire.probes import NOBODY, SCENARIO
from tests.wire.table import aligned

STRONG, SMALL = ("3des", "sha1", 14), ("3des", "sha1", 2)
GOOD = "nothing"
UNPROVEN = "info ike.unproven"
TABLE = {
    ("fe1", "virtual", "be1", "as it stands"): GOOD,
    ("fe1", "be2", "be2", "as it stands"): GOOD,
    ("fe1", "virtual", "be1", "group 14 only"): "medium ike.foreign",
    ("fe1", "virtual", "be1", "md5 only"): "high ike.refuses, medium ike.foreign",
    ("fe1", "nobody", "be1", "as it stands"): "high ike.silent",
    ("ctl", "virtual", "be1", "as it stands"): UNPROVEN,
    ("ctl", "dc1", "dc1", "as it stands"): UNPROVEN,
    ("ctl", "nobody", "be1", "as it stands"): UNPROVEN,
    ("ctl", "nobody", "be1", "must answer"): "high ike.silent",
}
"""Who asks, which address, whose registry is judged, what is wanted -> the findings, on tier message_stream."""
OFFERS = {"group 14 only": [STRONG], "md5 only": [("3des", "md5", 14)]}
"""The main mode that is wanted instead of the one that stands in the registry."""


def interviews(standing: Mapping[str, Standing]) -> dict[str, list[dict[str, Any]]]:
    """The questions of each host that asks, with what policy_info told about the judged host."""
    found: dict[str, list[dict[str, Any]]] = {}
    for key in TABLE:
        source, target, judged, wanted = key
        address = {"virtual": VIRTUAL, "nobody": NOBODY}.get(target) or ADDRESSES[target][0]
        found.setdefault(source, []).append({
            "id": name(key), "interview": address, "told": standing[SCENARIO][judged],
            "offers": OFFERS.get(wanted, []), "must_answer": wanted == "must answer",
        })  # fmt: skip
    return found


def name(key: tuple[str, str, str, str]) -> str:
    """A question for people."""
    source, target, judged, wanted = key
    return f"{source} asks {target}, {judged} judged, {wanted}"


def verdicts(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of `.build/wire.json`."""
    return [
        {"question": name(key), "expected": word, "found": ", ".join(result[name(key)]["findings"]) or GOOD,
         "messages": result[name(key)]["messages"]}
        for key, word in TABLE.items()
    ]  # fmt: skip


def compliance_lines(found: list[dict[str, Any]]) -> list[str]:
    """The table of the verdicts."""
    heads = ("question", "expected", "compliance", "messages")
    rows = [(one["question"], one["expected"], one["found"], str(one["messages"])) for one in found]
    return aligned([heads, tuple("---" for _unused in heads), *rows])


def wrong(found: list[dict[str, Any]]) -> list[str]:
    """What is not as expected."""
    return [
        f"{one['question']}: expected {one['expected']}, found {one['found']}"
        for one in found if one["expected"] != one["found"]
    ]  # fmt: skip
