# SPDX-License-Identifier: GPL-3.0-or-later
"""Our IKE probe and Debian's ike-scan, side by side from the same host: the same question, both verdicts.

Run inside a host as `python -m tests.wire.guest.probing QUESTIONS RESULTS`, both JSON. A question has `id`, `address`,
`encryption`, `integrity`, `dh_group`, `authentication`; the one with id `sweep` asks for everything, by ours alone, and
one with `interview` is the question of compliance.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.checkout import import_as_collection

import_as_collection()

from ansible_collections.exchange.ipsec.plugins.module_utils.ike import probe, transforms, udp  # noqa: E402
from tests.wire.guest.interview import interview  # noqa: E402
from tests.wire.guest.shell import run  # noqa: E402

ACCEPTED, SILENT = "accepted", "silent"
IKE_SCAN = {
    "des": "1", "3des": "5", "aes256": "7/256", "md5": "1", "sha1": "2", "psk": "1", "certificate": "3",
}  # fmt: skip


def ours(question: dict[str, Any]) -> dict[str, Any]:
    """Ask with the library of the collection."""
    lists = {name: [question[name]] for name in ("encryption", "integrity", "authentication")}
    offers = transforms.combinations(dh_groups=[question["dh_group"]], **lists)
    with udp.udp_line(question["address"]) as line:
        found = probe.probe(line, offers, sweep=False, manners=probe.Manners(timeout=1.0, pause=0.05))
    word = ACCEPTED if found.accepted else SILENT
    return {"verdict": found.refusals[0] if found.refusals else word, "vendors": found.to_dict()["vendor_ids"]}


def ike_scan(question: dict[str, Any]) -> str:
    """Ask with ike-scan and give its verdict in our words."""
    numbers = [IKE_SCAN[question[name]] for name in ("encryption", "integrity", "authentication")]
    offer = ",".join([*numbers, str(question["dh_group"])])
    said = run("ike-scan", "--sport=0", "--retry=2", "--timeout=1000", f"--trans={offer}", question["address"])
    if "Main Mode Handshake returned" in said:
        return ACCEPTED
    notified = re.search(r"Notify message \d+ \(([A-Z-]+)\)", said)
    return notified.group(1) if notified else SILENT


def sweep(address: str) -> dict[str, Any]:
    """Ask for everything that the module offers, with one method: strongSwan looks at the method in a later message."""
    offers = transforms.combinations(
        ["aes256", "aes128", "3des", "des"], ["sha1", "md5"], [14, 2, 1], ["psk"]
    )
    with udp.udp_line(address) as line:
        found = probe.probe(line, offers, sweep=True, manners=probe.Manners(timeout=1.0, pause=0.05))
    return {"accepted": [str(one) for one in found.accepted], "messages": found.messages, "ignored": found.ignored}


def main(source: Path, target: Path) -> None:
    """Ask all questions."""
    results = {}
    for question in json.loads(source.read_text(encoding="utf-8")):
        if question["id"] == "sweep":
            results["sweep"] = sweep(question["address"])
        elif "interview" in question:
            results[question["id"]] = interview(question)
        else:
            results[question["id"]] = {**ours(question), "ike_scan": ike_scan(question)}
    target.write_text(json.dumps(results), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
