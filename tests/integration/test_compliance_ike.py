# SPDX-License-Identifier: GPL-3.0-or-later
"""compliance asks IKE: a real listener on this machine answers, the judged host is a simulated one."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.ike.transforms import Transform
from tests.ike_peer import Responder, peer, taking
from tests.integration.conftest import ONE, Lab
from tests.integration.test_policy import MAIL
from tests.lab.fleet import running_fleet

MODULE = "exchange.ipsec.compliance"
STRONG, LOW = Transform("3des", "sha1", 14, "certificate"), Transform("3des", "sha1", 2, "certificate")
DES = Transform("des", "md5", 1, "psk")


def with_controller() -> dict[str, Any]:
    """The policy with a filter for the controller: here 127.0.0.1, as that asks a listener of this machine."""
    policy = copy.deepcopy(MAIL)
    one = {"source": "me", "destination": "127.0.0.1", "protocol": "tcp", "destination_port": 110}
    policy["rules"][0]["filter_list"]["filters"].append(one)
    return policy


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_fleet(ONE) as handle:
        yield Lab(handle, Path(tmp_path_factory.mktemp("ike")), dict(ONE), [], [])


def judged(lab: Lab, policy: dict[str, Any], *cases: tuple[Responder, dict[str, Any]], arguments: str = "") -> Any:
    """Put a policy in force, and judge the host once for each way in which IKE answers; a failure is ignored."""
    with contextlib.ExitStack() as open_peers:
        tasks: list[dict[str, Any]] = [
            {"name": "Policy", "exchange.ipsec.policy": {**policy, "backup": False}, "check_mode": False}
        ]
        for answer, options in cases:
            port = open_peers.enter_context(peer(answer))
            probe = {"addresses": ["127.0.0.1"], "port": port, "timeout": 0.3, "pause": 0.0, **options}
            tasks.append({"name": "Judge", MODULE: {**policy, "ike_probe": probe}, "ignore_errors": True})
        return lab.tasks(tasks, *arguments.split()).of(MODULE)


def found(one: Any) -> list[str]:
    return [f"{finding['severity']} {finding['check']}" for finding in one.result["findings"]]


def silent(_data: bytes, _number: int) -> list[bytes]:
    return []


def noise(data: bytes, _number: int) -> list[bytes]:
    return [data, b"\xff" * 500]


FROM_A_PEER = {
    "what the policy offers": (taking(STRONG, LOW), {}, "ok", []),
    "des beside it": (taking(STRONG, DES), {}, "ignored", ["high ike.weak"]),
    "refuses all": (taking(), {}, "ignored", ["high ike.refuses"]),
    "silent": (silent, {}, "ignored", ["high ike.silent"]),
    "noise": (noise, {}, "ignored", ["high ike.silent"]),
}
FROM_A_STRANGER = {
    "refuses all": (taking(), {}, "ok", ["info ike.unproven"]),
    "silent": (silent, {}, "ok", ["info ike.unproven"]),
    "must answer": (silent, {"must_answer": True}, "ignored", ["high ike.silent"]),
    "takes des": (taking(DES), {}, "ignored", ["high ike.weak"]),
    "no way": (taking(), {"addresses": ["255.255.255.255"]}, "ok", ["info ike.unproven"]),
}


@pytest.mark.parametrize(("policy", "cases"), [
    pytest.param(with_controller(), FROM_A_PEER, id="peer"), pytest.param(MAIL, FROM_A_STRANGER, id="stranger"),
])
def test_verdicts(lab: Lab, policy: dict[str, Any], cases: dict[str, Any]) -> None:
    seen = judged(lab, policy, *(case[:2] for case in cases.values()))
    expected = {name: (status, said) for name, (_unused, _options, status, said) in cases.items()}
    assert {name: (one.status, found(one)) for name, one in zip(cases, seen, strict=True)} == expected


def test_the_controller_as_the_inventory_names_it(lab: Lab) -> None:
    """Behind a translation the host sees another address, and its policy is about that one."""
    lab.variables["ipsec_controller_address"] = "198.51.100.10"
    try:
        (one,) = judged(lab, with_controller(), (silent, {}))
    finally:
        del lab.variables["ipsec_controller_address"]
    assert (found(one), one.result["ike"][0]["asked_from"]) == (["info ike.unproven"], "198.51.100.10")


def test_what_it_says_and_returns_also_in_check_mode(lab: Lab) -> None:
    (one,) = judged(lab, with_controller(), (taking(STRONG, DES), {}), arguments="--check")
    (finding,) = one.result["findings"]
    assert finding["found"] == "IKE on 127.0.0.1 takes des-md5-dh1"
    assert finding["expected"] == "nothing but 3des-sha1-dh14, 3des-sha1-dh2"
    (told,) = one.result["ike"]
    assert (told["address"], told["asked_from"], told["alive"], told["complete"]) == (
        "127.0.0.1", "127.0.0.1", True, True,
    )  # fmt: skip
    assert told["messages"] == 5
    assert [offer["dh_group"] for offer in told["accepted"]] == [14, 1]


def test_nobody_is_asked_unless_named(lab: Lab) -> None:
    heard: list[bytes] = []

    def listening(data: bytes, _number: int) -> list[bytes]:
        heard.append(data)
        return []

    nobody, wrong = judged(lab, MAIL, (listening, {"addresses": []}), (listening, {"addresses": ["back-end.example"]}))
    assert (nobody.status, nobody.result["ike"], heard) == ("ok", [], [])
    assert wrong.message == "ike_probe.addresses: 'back-end.example' is no IPv4 address"


def test_a_check_can_be_left_out(lab: Lab) -> None:
    probe = {"addresses": ["255.255.255.255"]}
    run = lab.tasks(
        [
            {"name": "Policy", "exchange.ipsec.policy": {**MAIL, "backup": False}},
            {"name": "Judge", MODULE: {**MAIL, "skip_checks": ["ike.unproven"], "ike_probe": probe}},
        ]
    )
    assert found(run.one(MODULE)) == []
