# SPDX-License-Identifier: GPL-3.0-or-later
"""exchange.ipsec.forecast in plays against the lab: what it refuses, and that it asks no host."""

from __future__ import annotations

from typing import Any

from tests.integration.conftest import Lab

FORECAST, INFO = "exchange.ipsec.forecast", "exchange.ipsec.policy_info"
READ = {"name": "Read", INFO: {}, "register": "ipsec_now"}
READ_OTHERS = {
    "name": "Read the others", INFO: {}, "delegate_to": "{{ item }}", "register": "ipsec_peers", "run_once": True,
    "loop": "{{ groups.all | difference(ansible_play_hosts_all) }}",
}  # fmt: skip
OTHERS = "{{ dict(ipsec_peers.results | map(attribute='item') | zip(ipsec_peers.results)) }}"


def forecast(**options: Any) -> dict[str, Any]:
    return {"name": "Forecast", FORECAST: options}


def checks(result: Any) -> set[str]:
    return {one["check"] for one in result["findings"]}


def test_what_the_roles_declare_is_safe_and_no_host_is_asked(site: Lab) -> None:
    site.tasks([READ])
    asked = len(site.asked)
    run = site.tasks([READ, READ_OTHERS, forecast(pairs=0, peers=OTHERS)])
    found = run.one(FORECAST)
    assert (found.status, found.result["safe"], found.result["findings"]) == ("ok", True, []), run.output
    assert len(site.asked) == 2 * asked
    pop3 = next(one for one in found.result["matrix"] if one["flow"] == "POP3")
    assert (pop3["now"], pop3["after"], pop3["worse"]) == ("clear", "protected", False)
    assert "fe1 (192.0.2.11) -> be2 (192.0.2.30)" in pop3["pairs"]
    assert "POP3" in {one["flow"] for one in found.result["clear_text"]}


def test_after_harden_nothing_travels_readable_but_the_way_in_and_the_cluster(site: Lab) -> None:
    assert site.run("harden").exit_code == 0
    found = site.tasks([READ, forecast()]).one(FORECAST).result
    assert found["findings"] == []
    assert {one["kind"] for one in found["clear_text"]} == {"management", "cluster"}
    assert found["outcomes"]["now"] == found["outcomes"]["after"]


def test_a_limited_run_is_refused_before_it_starts(site: Lab) -> None:
    run = site.tasks([READ, forecast()], "--limit", "fe1")
    assert run.exit_code != 0
    found = run.one(FORECAST)
    assert checks(found.result) == {"peer.outside"}
    assert "what stands there was not read" in found.message


def test_a_limited_run_is_judged_by_what_was_read_of_the_others(site: Lab) -> None:
    before = site.tasks([READ, READ_OTHERS, forecast(peers=OTHERS)], "--limit", "fe1").one(FORECAST)
    assert (before.status, checks(before.result)) == ("failed", {"ends.disagree"})
    assert site.run("harden").exit_code == 0
    after = site.tasks([READ, READ_OTHERS, forecast(peers=OTHERS)], "--limit", "fe1").one(FORECAST)
    assert (after.status, checks(after.result)) == ("ok", set()), after.message


def test_a_policy_that_shuts_the_controller_out_is_refused(site: Lab) -> None:
    shut = {
        "name": "Shut", "assigned": True,
        "rules": [{"name": "Shut", "filter_list": {"name": "All", "filters": [{"source": "any", "destination": "me"}]},
                   "filter_action": {"name": "Block", "action": "block"}}],
    }  # fmt: skip
    run = site.tasks([READ, forecast(policies={"dc1": shut})])
    found = run.one(FORECAST)
    assert run.exit_code != 0
    assert {"lost.management", "lost.domain"} <= checks(found.result)
    assert "matrix" not in found.result
    assert "not safe" in found.message
    told = site.tasks([READ, forecast(policies={"dc1": shut}, fail_on="never")]).one(FORECAST)
    assert (told.status, told.result["safe"]) == ("ok", False)
    assert {one["after"] for one in told.result["worse"]} == {"blocked"}


def test_a_policy_of_the_domain_is_told(site: Lab) -> None:
    key = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\IPSec\GPTIPSECPolicy"
    site.type("fe1", f'reg add {key} /v DSIPSECPolicyName /t REG_SZ /d "Secure Server" /f')
    site.type("fe1", f'reg add {key} /v DSIPSECPolicyPath /t REG_SZ /d "LDAP://CN=ipsecPolicy" /f')
    site.type("fe1", f"reg add {key} /v DSIPSECPolicyFlags /t REG_DWORD /d 1 /f")
    found = site.tasks([READ, forecast(fail_on="never")]).one(FORECAST).result
    assert "host.unknown" in checks(found)
    assert found["safe"] is False


def test_keys_are_compared_and_never_shown(site: Lab) -> None:
    def keys(**by_role: str) -> dict[str, Any]:
        return {f"{role}_authentication": [{"method": "psk", "psk": text}] for role, text in by_role.items()}

    roles = ("front_end", "back_end_cluster", "domain_controller")
    site.variables = keys(**dict.fromkeys(roles, "open sesame"))
    assert site.tasks([READ, forecast()]).exit_code == 0
    site.variables = keys(**dict.fromkeys(roles, "open sesame") | {"front_end": "close sesame"})
    run = site.tasks([READ, forecast()], "-vvv")
    assert checks(run.one(FORECAST).result) == {"ends.disagree"}
    assert "the pre-shared keys differ" in run.one(FORECAST).message
    assert "sesame" not in run.output


def test_a_key_in_a_policy_of_the_task_is_not_shown_either(site: Lab) -> None:
    mail = {
        "name": "Mail", "assigned": True,
        "rules": [{"name": "POP3", "filter_list": {"name": "POP3", "filters": [{
            "source": "me", "destination": "192.0.2.21", "protocol": "tcp", "destination_port": 110}]},
            "filter_action": {"name": "Require", "action": "negotiate"},
            "authentication": [{"method": "psk", "psk": "open sesame"}]}],
    }  # fmt: skip
    run = site.tasks([READ, forecast(policies={"fe1": mail}, fail_on="never")], "-vvv")
    assert run.one(FORECAST).status == "ok", run.output
    assert "sesame" not in run.output
    for wrong in ({"psk": "open sesame"}, {"method": "sesame psk", "psk": "open sesame"}):
        mail["rules"][0]["authentication"] = [wrong]  # type: ignore[index]
        run = site.tasks([READ, forecast(policies={"fe1": mail}, fail_on="never")], "-vvv")
        assert run.one(FORECAST).message.startswith("the policy of fe1: "), run.output
        assert "open sesame" not in run.output


def test_a_wrong_argument_is_one_sentence(site: Lab) -> None:
    flow = {"name": "x", "source": "nobody", "destination": "fe1", "port": 1}
    found = site.tasks([forecast(flows=[flow])]).one(FORECAST)
    assert found.status == "failed"
    assert found.message.startswith("flows[0].source: 'nobody' is no host or group of the inventory")
