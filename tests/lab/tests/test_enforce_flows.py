# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of a flow between two hosts, or between a host and a computer without IPsec."""

from __future__ import annotations

import dataclasses

import pytest

from tests.lab.windows.host import WindowsHost
from tests.lab.windows.negotiate import Network, Verdict

STRANGER = "198.51.100.10"
STATIC = "netsh ipsec static"
MIRROR = {"fe": "192.0.2.21", "be": "192.0.2.11"}
HTTP = {"be": "protocol=tcp dstport=80", "fe": "protocol=tcp srcport=80"}


@dataclasses.dataclass
class Site:
    """Two hosts, the front end asks the back end; policies are written with netsh."""

    fe: WindowsHost
    be: WindowsHost
    dc: WindowsHost
    network: Network

    def rule(self, name: str, filters: str, action: str, authentication: str = "psk=secret") -> None:
        """Give a host one more rule; filters are netsh's arguments of one filter, action those of a filter action."""
        host: WindowsHost = getattr(self, name)
        number = len(host.run(f"{STATIC} show filterlist all")[1].split("FilterList Name"))
        host.run(f"{STATIC} add policy P")
        lines = (
            f"add filter L{number} {filters}",
            f"add filteraction A{number} {action}",
            f"add rule R{number} P L{number} A{number} {authentication}",
            "set policy P assign=y",
        )
        for line in lines:
            code, out, _err = host.run(f"{STATIC} {line}")
            assert code == 0, out

    def flow(self, source: str = "fe", target: str = "be", protocol: str = "tcp", port: int = 80) -> Verdict:
        """What becomes of it."""
        return self.network.flow(source, target, protocol, port)

    def outcome(self, source: str = "fe", target: str = "be", protocol: str = "tcp", port: int = 80) -> str:
        """What becomes of it, in a word."""
        return self.flow(source, target, protocol, port).outcome


def site(profile: str = "server2003", controllers: tuple[str, ...] = ()) -> Site:
    addresses = {"fe": ("192.0.2.11",), "be": ("192.0.2.21",), "dc": ("192.0.2.5",)}
    hosts = {name: WindowsHost(name, profile, address) for name, address in addresses.items()}
    for host in hosts.values():
        host.run(f"{STATIC} add policy P activatedefaultrule=no")
    return Site(hosts["fe"], hosts["be"], hosts["dc"], Network(hosts, controllers))


@pytest.mark.parametrize(("filters", "action", "protocol", "port", "outcome"), [
    pytest.param("any me", "action=block", "tcp", 80, "blocked", id="block-all"),
    pytest.param("any me protocol=tcp dstport=80", "action=block", "tcp", 80, "blocked", id="block-port"),
    pytest.param("any me protocol=tcp dstport=80", "action=block", "tcp", 443, "clear", id="another-port"),
    pytest.param("any me protocol=tcp dstport=80", "action=block", "udp", 80, "clear", id="another-protocol"),
    pytest.param("198.51.100.0 me srcmask=24", "action=block", "tcp", 80, "blocked", id="subnet"),
    pytest.param("203.0.113.0 me srcmask=24", "action=block", "tcp", 80, "clear", id="another-subnet"),
    pytest.param("me any mirrored=no", "action=block", "tcp", 80, "blocked", id="answers-blocked"),
    pytest.param("any me", "action=permit", "tcp", 80, "clear", id="permit"),
    pytest.param("any me", "action=negotiate", "tcp", 80, "blocked", id="negotiate"),
    pytest.param("any me", "action=negotiate soft=yes", "tcp", 80, "blocked", id="soft-is-for-what-it-asks-itself"),
    pytest.param("any me", "action=negotiate inpass=yes", "tcp", 80, "fails", id="let-in-but-answers-protected"),
    pytest.param("any me", "action=negotiate inpass=yes soft=yes", "tcp", 80, "fallback", id="let-in-and-soft"),
    pytest.param("any me", "action=block", "udp", 500, "clear", id="ike-is-exempt"),
    pytest.param("any me", "action=block", "udp", 4500, "clear", id="ike-behind-nat-is-exempt"),
    pytest.param("any me", "action=block", "tcp", 88, "blocked", id="kerberos-is-not-exempt-on-2003"),
])  # fmt: skip
def test_a_stranger_reaches_a_host(filters: str, action: str, protocol: str, port: int, outcome: str) -> None:
    here = site()
    here.rule("be", filters, action)
    assert here.outcome(STRANGER, "be", protocol, port) == outcome


@pytest.mark.parametrize(("soft", "outcome"), [("", "fails"), (" soft=yes", "fallback")])
def test_a_host_reaches_a_stranger(soft: str, outcome: str) -> None:
    here = site()
    here.rule("fe", "me any", f"action=negotiate{soft}")
    assert here.outcome("fe", STRANGER) == outcome


@pytest.mark.parametrize(("order", "outcome"), [
    pytest.param(["any me|block", "any me protocol=tcp dstport=80|permit"], "clear", id="port-over-all"),
    pytest.param(["any me protocol=tcp|block", "any me protocol=tcp dstport=80|permit"], "clear",
                 id="port-over-protocol"),
    pytest.param(["any me|permit", "198.51.100.0 me srcmask=24|block"], "blocked", id="subnet-over-any"),
    pytest.param(["198.51.100.0 me srcmask=24|block", "198.51.100.10 me|permit"], "clear", id="host-over-subnet"),
    pytest.param(["198.51.100.0 me srcmask=16|permit", "198.51.100.0 me srcmask=24|block"], "blocked",
                 id="long-over-short"),
    pytest.param(["198.51.100.10 me|permit", "any me protocol=tcp dstport=80|block"], "clear", id="address-over-port"),
])  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_the_most_specific_filter_wins_whatever_the_order(order: list[str], outcome: str, turned: bool) -> None:
    here = site()
    for item in reversed(order) if turned else order:
        filters, action = item.split("|")
        here.rule("be", filters, f"action={action}")
    assert here.outcome(STRANGER, "be") == outcome


@pytest.mark.parametrize(("level", "protocol", "port", "outcome"), [
    (0, "tcp", 88, "clear"), (0, "46", 0, "clear"), (0, "tcp", 80, "blocked"),
    (1, "tcp", 88, "blocked"), (1, "46", 0, "blocked"),
    (2, "udp", 88, "clear"), (3, "udp", 88, "blocked"),
])  # fmt: skip
def test_default_exemptions(level: int, protocol: str, port: int, outcome: str) -> None:
    here = site()
    here.rule("be", "any me", "action=block")
    here.be.run(f"netsh ipsec dynamic set config ipsecexempt {level}")
    assert here.outcome(STRANGER, "be", protocol, port) == outcome


@pytest.mark.parametrize(("level", "outcome"), [(0, "clear"), (1, "clear"), (2, "blocked"), (3, "blocked")])
def test_multicast_that_a_host_sends(level: int, outcome: str) -> None:
    here = site()
    here.rule("be", "me any", "action=block")
    here.be.run(f"netsh ipsec dynamic set config ipsecexempt {level}")
    assert here.outcome("be", "224.0.0.5", "udp", 520) == outcome


@pytest.mark.parametrize(("profile", "outcome"), [("server2003", "clear"), ("server2022", "blocked")])
@pytest.mark.parametrize("group", ["224.0.0.5", "255.255.255.255"])
def test_what_comes_in_for_many_is_exempt_on_2003_only(profile: str, outcome: str, group: str) -> None:
    here = site(profile)
    here.be.addresses = (*here.be.addresses, group)
    here.rule("be", "any any", "action=block")
    assert here.outcome("fe", group, "udp", 520) == outcome


def both(here: Site, fe: str = "action=negotiate", be: str = "action=negotiate", fe_auth: str = "psk=secret",
         be_auth: str = "psk=secret") -> None:  # fmt: skip
    """Protect TCP 80 between the two."""
    here.rule("fe", "me 192.0.2.21 protocol=tcp dstport=80", fe, fe_auth)
    here.rule("be", "192.0.2.11 me protocol=tcp dstport=80", be, be_auth)


@pytest.mark.parametrize("profile", ["server2003", "server2022"])
def test_two_that_agree(profile: str) -> None:
    here = site(profile)
    both(here)
    found = here.flow()
    assert (found.outcome, found.main_mode, found.quick_mode) == ("protected", "3DES-SHA1-2", "ESP[3DES,SHA1]")
    assert here.outcome(port=443) == "clear"
    assert here.outcome("be", "fe") == "clear"


def test_an_old_and_a_new_windows_agree() -> None:
    here = site()
    here.be = WindowsHost("be", "server2022", ("192.0.2.21",))
    here.network = Network({"fe": here.fe, "be": here.be})
    both(here)
    assert here.outcome() == "protected"


@pytest.mark.parametrize(("options", "outcome", "reason"), [
    pytest.param({"be_auth": "psk=other"}, "fails", "the keys differ", id="wrong-key"),
    pytest.param({"be_auth": "kerberos=yes"}, "fails", "no authentication in common", id="nothing-in-common"),
    pytest.param({"fe_auth": "psk=other kerberos=yes", "be_auth": "psk=secret kerberos=yes"}, "fails",
                 "the keys differ", id="no-second-try"),
    pytest.param({"fe_auth": "kerberos=yes psk=other", "be_auth": "psk=secret kerberos=yes"}, "protected", "",
                 id="the-asking-side-s-order"),
    pytest.param({"fe_auth": 'rootca="CN=A"', "be_auth": 'rootca="CN=B"'}, "fails",
                 "no certification authority in common", id="two-authorities"),
    pytest.param({"fe_auth": 'rootca="CN=A, O=X"', "be_auth": 'rootca="CN=A,O=X"'}, "protected", "", id="authority"),
    pytest.param({"fe_auth": 'rootca="CN=My CA"', "be_auth": 'rootca="CN=MyCA"'}, "fails",
                 "no certification authority in common", id="a-blank-within-a-name-counts"),
    pytest.param({"be": "action=block"}, "blocked", "rule 'R1' of be", id="a-block-comes-before-a-negotiation"),
    pytest.param({"fe": "action=negotiate qmsec=ESP[DES,MD5]", "be": "action=negotiate qmsec=ESP[3DES,SHA1]"}, "fails",
                 "no quick mode in common", id="no-offer-in-common"),
    pytest.param({"fe": "action=negotiate qmpfs=yes"}, "fails", "no quick mode in common", id="pfs-on-one-side"),
    pytest.param({"fe": "action=negotiate soft=yes", "be_auth": "psk=other"}, "fails", "the keys differ",
                 id="soft-does-not-help-against-a-failure"),
    pytest.param({"be": "action=permit"}, "fails", "nobody answers the negotiation, and clear text is not allowed",
                 id="the-other-permits"),
    pytest.param({"fe": "action=negotiate soft=yes", "be": "action=permit"}, "fallback", "", id="soft-and-permit"),
    pytest.param({"fe": "action=negotiate soft=yes", "be": "action=block"}, "blocked", "rule 'R1' of be",
                 id="soft-and-block"),
    pytest.param({"fe": "action=block"}, "blocked", "rule 'R1' of fe", id="blocked-at-home"),
    pytest.param({"fe": "action=permit"}, "blocked", "be drops what is not protected", id="clear-to-protected"),
])  # fmt: skip
def test_two_with_different_minds(options: dict[str, str], outcome: str, reason: str) -> None:
    here = site()
    both(here, **options)
    found = here.flow()
    assert (found.outcome, found.reason) == (outcome, reason)


def test_main_modes_that_have_nothing_in_common() -> None:
    here = site()
    both(here)
    here.fe.run(f"{STATIC} set policy P mmsecmethods=DES-MD5-1")
    here.be.run(f"{STATIC} set policy P mmsecmethods=3DES-SHA1-2")
    assert here.flow().reason == "no main mode in common"


def test_a_filter_for_one_direction_protects_nothing() -> None:
    here = site()
    here.rule("fe", "me 192.0.2.21 protocol=tcp dstport=80 mirrored=no", "action=negotiate")
    here.rule("be", "192.0.2.11 me protocol=tcp dstport=80", "action=negotiate")
    assert here.flow().reason == "the asking side has a filter for one direction only"


def test_the_wider_filter_may_answer_but_not_ask() -> None:
    here = site()
    here.rule("fe", "me 192.0.2.21", "action=negotiate")
    here.rule("be", "192.0.2.11 me protocol=tcp dstport=80", "action=negotiate")
    assert here.flow().reason == "the answering side's filter is narrower than what is asked for"
    turned = site()
    turned.rule("fe", "me 192.0.2.21 protocol=tcp dstport=80", "action=negotiate")
    turned.rule("be", "192.0.2.11 me", "action=negotiate")
    assert turned.outcome() == "protected"


@pytest.mark.parametrize(("profile", "outcome"), [("server2003", "protected"), ("server2022", "fails")])
def test_the_default_response_answers_on_2003_only(profile: str, outcome: str) -> None:
    here = site(profile)
    here.be.run(f"{STATIC} set policy P activatedefaultrule=yes assign=y")
    here.be.run(f"{STATIC} set defaultrule P activate=yes psk=secret")
    here.rule("fe", "me any", "action=negotiate")
    assert here.outcome() == outcome


def test_a_server_that_requests_and_a_client_that_only_responds() -> None:
    here = site()
    here.rule("be", "me any", "action=negotiate inpass=yes soft=yes", "psk=secret")
    assert here.outcome() == "fallback"
    here.fe.run(f"{STATIC} set policy P activatedefaultrule=yes assign=y")
    here.fe.run(f"{STATIC} set defaultrule P activate=yes psk=secret")
    assert here.outcome() == "protected"


def test_without_the_agent_nothing_is_enforced_and_nobody_answers() -> None:
    here = site()
    both(here, fe="action=negotiate soft=yes")
    here.be.run("net stop PolicyAgent")
    assert here.outcome() == "fallback"
    assert here.outcome(STRANGER, "be") == "clear"
    here.be.run("net start PolicyAgent")
    assert here.outcome() == "protected"


def test_without_its_keying_service_a_new_windows_protects_nothing() -> None:
    here = site("server2022")
    both(here)
    here.be.run("net stop IKEEXT")
    assert here.flow().reason == "nobody answers the negotiation, and clear text is not allowed"
    here.fe.run("net stop IKEEXT")
    assert here.flow().reason == "fe cannot negotiate: its IKE does not run"


def test_an_assigned_policy_is_back_after_a_restart_of_a_new_windows() -> None:
    here = site("server2022")
    here.rule("be", "any me", "action=block")
    here.be.reboot()
    here.fe.reboot()
    assert here.outcome(STRANGER, "be") == "blocked"
    assert "STATE              : 1" in here.fe.run("sc query PolicyAgent")[1]


def test_kerberos_is_taken_for_granted_until_there_is_a_domain_controller() -> None:
    here = site()
    both(here, fe_auth="kerberos=yes", be_auth="kerberos=yes")
    assert here.outcome() == "protected"
    with_controller = site(controllers=("dc",))
    both(with_controller, fe_auth="kerberos=yes", be_auth="kerberos=yes")
    assert with_controller.outcome() == "protected"
    with_controller.rule("dc", "any me", "action=block")
    assert with_controller.flow() == Verdict("fails", "no ticket for fe: rule 'R1' of dc")


def test_a_ticket_that_needs_a_ticket_is_a_deadlock() -> None:
    here = site(controllers=("dc",))
    for name in ("fe", "be", "dc"):
        here.rule(name, "me any", "action=negotiate", "kerberos=yes")
    assert here.flow() == Verdict("deadlock", "fe needs a ticket to get a ticket")
    for name in ("fe", "dc"):
        here.rule(name, "me any protocol=udp dstport=88", "action=permit")
        here.rule(name, "me any protocol=udp srcport=88", "action=permit")
    assert here.outcome() == "protected"


def test_a_ticket_is_asked_for_from_the_first_address() -> None:
    here = site(controllers=("dc",))
    here.fe.addresses = ("192.0.2.11", "192.0.2.12")
    here.rule("fe", "192.0.2.12 192.0.2.21", "action=negotiate", "kerberos=yes")
    here.rule("be", "192.0.2.12 me", "action=negotiate", "kerberos=yes")
    here.rule("dc", "192.0.2.12 me", "action=block")
    assert here.outcome("192.0.2.12", "be") == "protected"
    here.rule("dc", "192.0.2.11 me", "action=block")
    assert here.outcome("192.0.2.12", "be") == "fails"


def test_one_way_that_waits_for_a_ticket_makes_a_deadlock() -> None:
    here = site(controllers=("dc",))
    for name in ("fe", "be", "dc"):
        here.rule(name, "me any", "action=negotiate", "kerberos=yes")
    here.rule("dc", "any me protocol=tcp dstport=88", "action=block")
    assert here.outcome() == "deadlock"


def test_domain_policy_overrides_the_local_one() -> None:
    here = site()
    here.rule("be", "any me", "action=block")
    assert here.outcome() == "blocked"
    root = "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec"
    active = here.be.registry.value(f"{root}\\Policy\\Local", "ActivePolicy")
    assert active is not None
    name = active.text.rpartition("\\")[2]
    path = f"LDAP://CN={name},CN=IP Security,CN=System,DC=example,DC=com"
    here.be.run(f"reg copy {root}\\Policy\\Local {root}\\Policy\\Cache /s /f")
    here.be.run(f"{STATIC} set policy P assign=n")
    assert here.outcome() == "clear"
    here.be.run(f'reg add {root}\\GPTIPSECPolicy /v DSIPSECPolicyPath /d "{path}" /f')
    assert here.outcome() == "blocked"
    here.be.run(f"reg delete {root}\\Policy\\Cache /f")
    assert here.outcome() == "clear"


def test_names_servers_and_connections() -> None:
    here = site()
    here.be.resolve = lambda name: ("192.0.2.11",) if name == "fe.example.com" else ()
    here.be.servers = {"dns": ("192.0.2.5",)}
    here.rule("be", "dns me", "action=block")
    assert (here.outcome(), here.outcome("dc", "be")) == ("clear", "blocked")
    here.be.run(f"{STATIC} add filter L1 gateway me & {STATIC} set rule R1 P conntype=dialup")
    assert here.outcome("dc", "be") == "clear"
    here.be.run(f"{STATIC} set rule R1 P conntype=lan & {STATIC} add filter L1 fe.example.com me")
    here.be.run(f"{STATIC} add filter L1 nobody.example.com me")
    assert (here.outcome(), here.outcome("dc", "be"), here.outcome(STRANGER, "be")) == ("blocked", "blocked", "clear")


def test_a_policy_that_cannot_be_read_is_not_applied() -> None:
    here = site()
    here.rule("be", "any me", "action=block")
    key = next(key for key in here.be.registry.open(
        "HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\Policy\\Local").subkeys()  # type: ignore[union-attr]
        if key.name.startswith("ipsecFilter"))  # fmt: skip
    key.put("ipsecData", 3, b"\x00" * 25)
    assert here.outcome() == "clear"
