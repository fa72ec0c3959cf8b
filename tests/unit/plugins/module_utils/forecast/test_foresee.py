# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole sites: what the tiers design is safe, what is done to half of it is not."""

from __future__ import annotations

import dataclasses
import itertools
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.engine import Engine
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.findings import together
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.flows import (
    management_conversations,
    site_conversations,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.foresee import (
    Foresight,
    foresee,
    joined,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.packet import TCP, Traffic, filters_in_force
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.station import Station
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.transit import in_waves, transit
from ansible_collections.exchange.ipsec.plugins.module_utils.forecast.verdict import Outcome
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import Policy
from ansible_collections.exchange.ipsec.plugins.module_utils.model.severity import Severity
from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import SERVER_2003
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.design import Design, Stage, Tier
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.site import Role, Site, site_from_spec
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.tiers import has_part, policy_for
from tests.unit.plugins.module_utils.forecast.cases import (
    BLOCK,
    KERBEROS,
    OUTSIDE,
    PERMIT,
    ROOT,
    SERVER_2022,
    A,
    host,
    key,
    policy,
    rule,
    secure,
)

MANAGEMENT = IPv4Network("198.51.100.0/24")


def make_site(fronts: int = 2, backs: int = 2, virtual: int = 1, controllers: int = 1) -> Site:
    def hosts(prefix: str, first: int, count: int) -> list[dict[str, str]]:
        return [{"name": f"{prefix}{n}", "addresses": f"192.0.2.{first + n}"} for n in range(count)]

    return site_from_spec(
        {
            "front_end": hosts("fe", 10, fronts),
            "back_end_cluster": hosts("be", 20, backs),
            "virtual_addresses": [f"192.0.2.{30 + n}" for n in range(virtual)],
            "domain_controller": hosts("dc", 40, controllers),
        }
    )


def stations(site: Site, design: Design | None) -> list[Station]:
    """The hosts of a site under a design, or without any policy."""
    found = []
    for role in Role:
        for server in site.hosts(role):
            held = site.virtual_addresses if role is Role.BACK_END else ()
            version = SERVER_2022 if role is Role.DOMAIN_CONTROLLER else SERVER_2003
            asked = design is not None and has_part(site, server.name, design)
            own = policy_for(site, server.name, design, version) if design and asked else None
            found.append(Station(server.name, (*server.addresses, *held), version, own))
    return found


def forecast(site: Site, before: list[Station], after: list[Station], ports: int | None = None) -> Foresight:
    filters = [one for station in after for one in filters_in_force(station.policy)]
    names = [server.name for role in Role for server in site.hosts(role)]
    talks = (*site_conversations(site),
             *management_conversations(site, [MANAGEMENT], dict.fromkeys(names, ports or 5985), filters))  # fmt: skip
    changed = [one.name for one, other in zip(after, before, strict=True) if one != other]
    return foresee(before, after, changed, talks, [server.name for server in site.domain_controllers])


@st.composite
def designs(draw: st.DrawFn) -> Design:
    return Design(
        tier=draw(st.sampled_from(list(Tier))),
        authentication=draw(st.sampled_from([(ROOT,), (key("k"), ROOT)])),
        management=draw(st.sampled_from([(), (MANAGEMENT,)])),
        management_ports=draw(st.sampled_from([(5985,), (80, 3389)])),
        permit_icmp=draw(st.booleans()),
        exempt_domain_controllers=draw(st.booleans()),
        pfs=draw(st.booleans()),
        soft=draw(st.booleans()),
        inbound_passthrough=draw(st.booleans()),
    )


SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(0, 2), st.integers(0, 2))


@settings(max_examples=40, deadline=None)
@given(sizes=SIZES, design=designs())
def test_what_the_tiers_design_loses_nothing_and_leaves_no_doubt(sizes: tuple[int, ...], design: Design) -> None:
    site = make_site(*sizes)
    found = forecast(site, stations(site, None), stations(site, design))
    assert found.findings == ()
    assert not any(cell.after.outcome.lost for cell in found.matrix.cells)
    mail = {cell.flow.port: cell.after.outcome.value for cell in found.matrix.cells if cell.flow.kind.value == "mail"}
    assert (mail[110], mail[143]) == ("protected", "protected")
    assert mail[80] == ("clear" if design.tier is Tier.CREDENTIALS else "protected")


@settings(max_examples=40, deadline=None)
@given(sizes=SIZES, design=designs(), data=st.data())
def test_a_site_that_is_half_done_is_told(sizes: tuple[int, ...], design: Design, data: st.DataObject) -> None:
    site = make_site(*sizes)
    before, after = stations(site, None), stations(site, design)
    left = data.draw(st.sampled_from([one.name for one in after if one.policy is not None]))
    half = [old if old.name == left else new for old, new in zip(before, after, strict=True)]
    found = forecast(site, before, half)
    if not design.soft:
        assert not found.safe()
    elif design.inbound_passthrough:
        assert found.safe()  # a request for security lets the other half go on in clear, and is told as such
    assert not found.safe(Severity.MEDIUM)
    involved = {name for one in found.findings for pair in one.pairs for name in (pair.sender, pair.receiver)}
    assert left in involved


@settings(max_examples=40, deadline=None)
@given(sizes=SIZES, design=designs(), data=st.data())
def test_a_live_site_loses_no_flow_on_the_way_over_the_stages(
    sizes: tuple[int, ...], design: Design, data: st.DataObject
) -> None:
    site = make_site(*sizes)
    names = [one.name for one in stations(site, None)]
    talks = (*site_conversations(site),
             *management_conversations(site, [MANAGEMENT], dict.fromkeys(names, 5985), []))  # fmt: skip
    permit, request, require = (stations(site, dataclasses.replace(design, stage=stage)) for stage in Stage)
    steps = [stations(site, None), permit, stations(site, None), request, require]
    for before, after in itertools.pairwise(steps):
        order = data.draw(st.permutations(names))
        waves = in_waves(before, after, [[name] for name in order], talks, ["dc0"] if sizes[3] else [])
        assert len(waves) == len(names)
        assert all(wave.safe() for wave in waves)
        assert not any(cell.after.outcome.lost for wave in waves for cell in wave.matrix.cells)
        assert transit(waves) == ()


def test_a_live_site_that_goes_straight_to_require_loses_flows_on_the_way() -> None:
    site = make_site()
    before, after = stations(site, None), stations(site, Design(Tier.CREDENTIALS, (ROOT,)))
    waves = in_waves(before, after, [["fe0", "fe1"], ["be0", "be1"]], site_conversations(site))
    assert [wave.safe() for wave in waves] == [False, True]
    (told,) = transit(waves)
    assert (told.severity, told.check) == (Severity.MEDIUM, "transit.lost")
    assert told.flow == "POP3 (tcp 110) and 1 more"
    ends = {(pair.sender, pair.receiver) for pair in told.pairs}
    assert ends == set(itertools.product(["fe0", "fe1"], ["be0", "be1"]))


@pytest.mark.parametrize(("own", "outcome"), [
    pytest.param(None, Outcome.CLEAR, id="no-policy"),
    pytest.param(policy(rule("any any -> me", BLOCK)), Outcome.BLOCKED, id="block"),
    pytest.param(policy(rule("any any -> me")), Outcome.BLOCKED, id="require"),
    pytest.param(policy(rule("any any -> me", secure(soft=True))), Outcome.BLOCKED, id="soft-lets-nobody-in"),
    pytest.param(policy(rule("any any -> me", secure(soft=True, inbound_passthrough=True))), Outcome.FALLBACK,
                 id="request"),
    pytest.param(policy(rule("any any -> me", secure(inbound_passthrough=True))), Outcome.FAILS,
                 id="the-answer-wants-protection"),
    pytest.param(policy(rule("any any -> me", BLOCK), rule("tcp 198.51.100.0/24 -> me:5985", PERMIT)), Outcome.CLEAR,
                 id="the-way-in-is-permitted"),
    pytest.param(policy(rule("any any -> me", BLOCK), rule("tcp 198.51.100.0/24 -> me:80", PERMIT)), Outcome.BLOCKED,
                 id="another-port-is-permitted"),
    pytest.param(policy(rule("tcp 198.51.100.7 -> me:5985", PERMIT, mirrored=False), rule("any me -> any", BLOCK)),
                 Outcome.BLOCKED, id="the-answers-are-blocked"),
])  # fmt: skip
def test_whether_a_controller_reaches_a_host(own: Policy | None, outcome: Outcome) -> None:
    engine = Engine((host("a", A, own), host("controller", OUTSIDE)))
    assert engine.verdict("controller", OUTSIDE, "a", A, Traffic(TCP, 50000, 5985)).outcome is outcome


def test_winrm_1_1_under_the_message_stream_from_one_of_the_front_ends_subnet() -> None:
    site = make_site()
    design = Design(Tier.MESSAGE_STREAM, (ROOT,))
    found = forecast(site, stations(site, None), stations(site, design), ports=80)
    assert found.safe()
    talks = management_conversations(site, [IPv4Network("192.0.2.0/24")], {"be0": 80}, [])
    found = foresee(stations(site, None), stations(site, design), ["be0"], talks)
    assert found.safe()  # samples are addresses of nobody; the servers themselves are no controllers


def test_kerberos_with_domain_controllers_in_clear_is_safe() -> None:
    site = make_site()
    design = Design(Tier.EVERYTHING, (KERBEROS,), exempt_domain_controllers=True)
    assert forecast(site, stations(site, None), stations(site, design)).findings == ()


def test_forecasts_of_sites_are_put_together() -> None:
    site = make_site()
    good = forecast(site, stations(site, None), stations(site, Design(Tier.CREDENTIALS, (ROOT,))))
    half = [*stations(site, Design(Tier.CREDENTIALS, (ROOT,)))[:2], *stations(site, None)[2:]]
    bad = forecast(site, stations(site, None), half)
    both = joined([good, bad])
    assert (good.safe(), bad.safe(), both.safe()) == (True, False, False)
    assert len(both.matrix.cells) == len(good.matrix.cells) + len(bad.matrix.cells)
    assert joined([]).safe()


@pytest.mark.parametrize("address", ["198.51.100.7", "203.0.113.7"])
def test_a_controller_that_is_shut_out(address: str) -> None:
    site = make_site()
    shut = policy(rule("any any -> me", BLOCK), rule("tcp 198.51.100.0/24 -> me:5985", PERMIT))
    before = stations(site, None)
    after = [Station(one.name, one.addresses, one.version, shut if one.name == "fe0" else None) for one in before]
    talks = management_conversations(site, [IPv4Network(address)], {"fe0": 5985}, filters_in_force(shut))
    lost = [one for one in foresee(before, after, ["fe0"], talks).findings if "WinRM" in one.flow]
    assert [one.check for one in lost] == ([] if IPv4Address(address) in MANAGEMENT else ["lost.management"])


def test_findings_of_one_cause_are_told_together() -> None:
    site = make_site(1, 1, 0, 1)
    before, after = stations(site, None), stations(site, Design(Tier.EVERYTHING, (ROOT,)))
    half = [later if later.name == "fe0" else now for now, later in zip(before, after, strict=True)]
    found = foresee(before, half, ["fe0"], site_conversations(site), ["dc0"])
    told = together(found.findings)
    assert {one.flow for one in told} == {
        "HTTP (tcp 80) and 4 more", "SMTP (tcp 25) and 1 more", "DNS (tcp 53) and 10 more",
    }  # fmt: skip
    assert len(found.findings) == 5 + 2 + 11
    http = next(one for one in told if one.flow.startswith("HTTP"))
    assert [str(pair) for pair in http.pairs] == ["fe0 (192.0.2.10) -> be0 (192.0.2.20)"]
    assert together(()) == ()
