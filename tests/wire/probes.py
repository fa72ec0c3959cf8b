# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is asked by the IKE probe on tier message_stream, and what both probes have to say, written down by hand.

On tier everything a question from an own port would itself travel in ESP, and no IKE reads it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.wire.flows import ADDRESSES, VIRTUAL
from tests.wire.table import aligned

SCENARIO = "message_stream"
NOBODY = "192.0.2.99"
ACCEPTED, REFUSED, SILENT = "accepted", "NO-PROPOSAL-CHOSEN", "silent"
TABLE = {
    ("fe1", "virtual", "3des", "sha1", 14, "psk"): ACCEPTED,
    ("fe1", "virtual", "3des", "sha1", 2, "psk"): ACCEPTED,
    ("fe1", "virtual", "3des", "md5", 14, "psk"): REFUSED,
    ("fe1", "virtual", "des", "md5", 1, "psk"): REFUSED,
    ("fe1", "virtual", "aes256", "sha1", 14, "psk"): REFUSED,
    ("fe1", "be2", "3des", "sha1", 14, "psk"): ACCEPTED,
    ("be1", "dc1", "3des", "sha1", 14, "psk"): REFUSED,
    ("ctl", "virtual", "3des", "sha1", 14, "psk"): REFUSED,
    ("fe1", "fe2", "3des", "sha1", 14, "psk"): REFUSED,
    ("fe1", "nobody", "3des", "sha1", 14, "psk"): SILENT,
    ("ctl", "ctl", "3des", "sha1", 14, "psk"): SILENT,
}
"""Source, target, offer -> the verdict. A stranger is refused; an address without IKE says nothing."""
SWEEP = ["3des-sha1-dh14 psk", "3des-sha1-dh2 psk"]
"""All that the policy takes: the main mode of Server 2003, strongest first."""


def questions() -> dict[str, list[dict[str, Any]]]:
    """The questions of each host that asks."""
    found: dict[str, list[dict[str, Any]]] = {}
    for key in TABLE:
        source, target, encryption, integrity, group, method = key
        address = {"virtual": VIRTUAL, "nobody": NOBODY}.get(target) or ADDRESSES[target][0]
        found.setdefault(source, []).append({
            "id": name(key), "address": address, "encryption": encryption, "integrity": integrity,
            "dh_group": group, "authentication": method,
        })  # fmt: skip
    found["fe1"].append({"id": "sweep", "address": VIRTUAL})
    return found


def name(key: tuple[str, str, str, str, int, str]) -> str:
    """A question for people."""
    source, target, encryption, integrity, group, method = key
    return f"{source} to {target}, {encryption}-{integrity}-dh{group} {method}"


def verdicts(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """The lines of `.build/wire.json`; the sweep is one of them."""
    found = [
        {"question": name(key), "expected": word, "probe": result[name(key)]["verdict"],
         "ike_scan": result[name(key)]["ike_scan"]}
        for key, word in TABLE.items()
    ]  # fmt: skip
    swept = result["sweep"]
    expected, seen = (", ".join(one) for one in (SWEEP, swept["accepted"]))
    question = f"fe1 to virtual, everything, {swept['messages']} messages"
    return [*found, {"question": question, "expected": expected, "probe": seen, "ike_scan": expected}]


def probe_lines(found: list[dict[str, str]]) -> list[str]:
    """The table of the probes."""
    heads = ("question", "expected", "ike_probe", "ike-scan")
    rows = [(one["question"], one["expected"], one["probe"], one["ike_scan"]) for one in found[:-1]]
    last = found[-1]
    rule = tuple("---" for _unused in heads)
    return aligned([heads, rule, *rows, (last["question"], last["expected"], last["probe"], "")])


def wrong(found: list[dict[str, str]]) -> list[str]:
    """What is not as expected, by either of the two."""
    return [
        f"{one['question']}: expected {one['expected']}, ours {one['probe']}, ike-scan {one['ike_scan']}"
        for one in found if not one["expected"] == one["probe"] == one["ike_scan"]
    ]  # fmt: skip
