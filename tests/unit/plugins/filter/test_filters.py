# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as playbooks call them: what goes in comes out again, and errors are Ansible's."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.exchange.ipsec.plugins.filter.firewall_openings import firewall_openings
from ansible_collections.exchange.ipsec.plugins.filter.from_netsh import from_netsh
from ansible_collections.exchange.ipsec.plugins.filter.from_reg import from_reg
from ansible_collections.exchange.ipsec.plugins.filter.to_netsh import to_netsh
from ansible_collections.exchange.ipsec.plugins.filter.to_reg import to_reg

POLICY: dict[str, Any] = {
    "name": "Mail",
    "assigned": True,
    "rules": [
        {
            "name": "POP3",
            "filter_list": {
                "name": "POP3 list",
                "filters": [{"source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110}],
            },
            "filter_action": {"name": "Require ESP", "action": "negotiate"},
            "authentication": [{"method": "psk", "psk": "sesame"}],
        }
    ],
}


def test_a_script_ends_with_the_assignment_and_hides_the_key() -> None:
    script = to_netsh(POLICY)
    assert "sesame" not in script
    assert script.splitlines()[-2:] == ['ipsec static set policy name="Mail" assign=yes', "exit"]
    assert 'psk="sesame"' in to_netsh(POLICY, reveal=True)


def test_a_policy_as_it_was_read_can_be_shown_as_a_script() -> None:
    (read,) = from_netsh(to_netsh(POLICY, reveal=True))["policies"]
    assert read["rules"][0]["authentication"] == [{"method": "psk", "psk": "********"}]
    assert 'psk="********"' in to_netsh(read)
    with pytest.raises(AnsibleFilterError, match="these stars are what policy_info prints"):
        to_netsh(read, reveal=True)


@pytest.mark.parametrize("windows", ["5.2.3790", "10.0.20348"])
def test_a_registry_file_gives_the_policy_back(windows: str) -> None:
    found = from_reg(to_reg(POLICY, windows), reveal=True)
    assert (found["assigned"], found["problems"]) == ("Mail", [])
    rule = found["policies"][0]["rules"][0]
    assert rule["authentication"] == [{"method": "psk", "psk": "sesame"}]
    assert rule["filter_list"]["filters"][0]["destination"] == "192.0.2.21"


def test_a_script_gives_the_policy_back() -> None:
    found = from_netsh(to_netsh(POLICY, reveal=True), reveal=True)
    assert (found["assigned"], found["policies"][0]["rules"][0]["authentication"][0]["psk"]) == ("Mail", "sesame")
    ignored = from_netsh("netsh wlan show profiles\nrem nothing\n")["ignored"]
    assert all(one.startswith("line ") for one in ignored)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: to_netsh({}), r"^exchange\.ipsec\.to_netsh: policy\.name: is required"),
        (lambda: to_netsh(POLICY, "ten"), r"'ten' is no version"),
        (lambda: to_reg([POLICY, {**POLICY, "name": "Other"}]), r"'Mail' and 'Other' are both assigned"),
        (lambda: from_reg("Windows Registry Editor Version 5.00\n\n[HKEY_"), r"^exchange\.ipsec\.from_reg: .*line 3"),
        (lambda: from_netsh("ipsec static add rule"), r"^exchange\.ipsec\.from_netsh: script, line 1"),
        (lambda: firewall_openings({}, {}, {"tier": "all"}), r"'all' is no tier"),
    ],
)
def test_an_error_is_one_sentence_with_the_name_of_the_filter(call: Any, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        call()


def test_openings_of_a_site() -> None:
    hostvars = {"fe1": {"ipsec_addresses": "192.0.2.11"}, "be1": {"ipsec_addresses": "192.0.2.21"}}
    topology = {"tier": "message_stream", "authentication": [{"method": "kerberos"}]}
    found = firewall_openings({"front_end": ["fe1"], "back_end_cluster": ["be1"]}, hostvars, topology)
    shown = {(one["source"], one["destination"], one["protocol"], one["port"]) for one in found}
    assert ("192.0.2.11", "192.0.2.21", "esp", "") in shown
    assert ("192.0.2.21", "192.0.2.11", "udp", "500") in shown
    assert ("192.0.2.11", "192.0.2.21", "tcp", "80") not in shown
