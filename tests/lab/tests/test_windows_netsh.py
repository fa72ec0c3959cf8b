# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh of a lab host: its three modes, its words, its errors, what it leaves in the store."""

from __future__ import annotations

import pytest

from tests.lab.windows import packer
from tests.lab.windows.host import WindowsHost
from tests.lab.windows.netsh import store
from tests.lab.windows.netsh.store import LocalStore
from tests.lab.windows.netsh.words import split_line
from tests.lab.windows.parts import Algorithm, Method, Offer
from tests.lab.windows.registry import Key

MAIL = """\
add filterlist Mail
add filter filterlist=Mail srcaddr=me dstaddr=192.0.2.21 protocol=TCP dstport=110
add filteraction name=Encrypt qmsec="ESP[3DES,SHA1]:100000k/3600s"
add policy name=P
add rule name=R policy=P filterlist=Mail filteraction=Encrypt psk="a key"
"""


def feed(host: WindowsHost, script: str) -> str:
    """Give commands of `ipsec static` to netsh's standard input and return what it prints."""
    code, out, err = host.run("netsh", f"ipsec static\n{script}exit\n".encode(), codepage=65001)
    assert (code, err) == (0, "")
    return out


def made(script: str = MAIL, profile: str = "server2003") -> tuple[WindowsHost, LocalStore]:
    host = WindowsHost("fe1", profile, seed=1)
    assert "ERR" not in feed(host, script)
    return host, LocalStore(host)


def found(objects: LocalStore, kind: str, name: str) -> Key:
    key = objects.find(kind, name)
    assert key is not None, (kind, name)
    return key


def test_standard_input_prompts_and_goes_on_after_an_error() -> None:
    host = WindowsHost("fe1")
    script = b"ipsec static\r\nadd filterlist A\r\nadd filterlist a\r\nnix\r\n..\r\nstatic add filterlist B\r\n"
    code, out, err = host.run("netsh & echo after", script)
    assert (code, err) == (0, "")
    assert out == (
        "netsh>netsh ipsec static>\r\n"
        "netsh ipsec static>ERR IPsec[05010] : Filter List with name 'a' already exists.\r\n\r\n"
        "netsh ipsec static>The following command was not found: nix.\r\n"
        "netsh ipsec static>netsh ipsec>\r\nnetsh ipsec>\r\nafter\r\n"
    )
    assert sorted(LocalStore.name_of(key) for key in LocalStore(host).all(store.LIST)) == ["A", "B"]


def test_standard_input_may_come_byte_by_byte_in_the_shells_code_page() -> None:
    host = WindowsHost("be1", "server2003-ko")
    command = host.start("netsh", 949)
    for byte in 'ipsec static add filterlist name="메일 목록"\r\nexit\r\n'.encode("cp949"):
        command.feed(bytes([byte]), end=False)
    assert command.exit_code == 0
    assert LocalStore(host).find(store.LIST, "메일 목록") is not None


@pytest.mark.parametrize(("command", "code", "number"), [
    pytest.param("show policy all", 1, "05072", id="no-policies"),
    pytest.param("show filterlist all", 1, "05067", id="no-lists"),
    pytest.param("show filterlist Nix", 1, "05049", id="no-such-list"),
    pytest.param("delete filteraction Nix", 1, "05051", id="no-such-action"),
    pytest.param("add policy name=", 1, "15001", id="name-missing"),
    pytest.param("add policy name=P nix=1", 1, "15002", id="unknown-tag"),
    pytest.param("add policy name=P assign=perhaps", 1, "15003", id="bad-value"),
    pytest.param("add policy name=P name=Q", 1, "15004", id="given-twice"),
    pytest.param("add filter filterlist=L srcaddr=me dstaddr=1.2.3.4 dstmask=255.0.255.0", 1, "15005", id="bad-mask"),
    pytest.param("add filter filterlist=L srcaddr=me dstaddr=any dstport=80", 1, "15006", id="port-without-protocol"),
    pytest.param("add filter filterlist=L srcaddr=dns dstaddr=any", 1, "15007", id="server-needs-me"),
    pytest.param("add filter filterlist=L srcaddr=me dstaddr=1.2.3.400", 1, "15003", id="bad-address"),
    pytest.param("add filteraction A qmsecmethods=ESP[NONE,NONE]", 1, "15003", id="esp-without-anything"),
    pytest.param("add filteraction A qmsecmethods=ESP[AES,SHA1]", 1, "15003", id="cipher-it-never-had"),
    pytest.param("add filteraction A qmsecmethods=ESP[DES,MD5]:1k/1s", 1, "15003", id="lifetimes-too-short"),
    pytest.param("add policy P mmsecmethods=3DES-SHA1-14", 1, "15003", id="group-it-never-had"),
    pytest.param("add rule R P L A", 1, "05050", id="rule-without-policy"),
    pytest.param("set store location=domain", 1, "15008", id="no-domain"),
    pytest.param("add filterlist L", 0, "", id="success"),
])  # fmt: skip
def test_exit_code_and_number(command: str, code: int, number: str) -> None:
    got, out, err = WindowsHost("fe1").run(f"netsh ipsec static {command}")
    assert (got, err) == (code, "")
    assert out.startswith(f"ERR IPsec[{number}] : " if number else "\r\n")


@pytest.mark.parametrize(("command", "number"), [
    pytest.param("add policy p", "05005", id="policy-exists-whatever-its-case"),
    pytest.param("add filteraction ENCRYPT", "05014", id="action-exists"),
    pytest.param("add rule name=r policy=P filterlist=Mail filteraction=Encrypt", "05020", id="rule-exists"),
    pytest.param("delete filterlist Mail", "05030", id="list-in-use"),
    pytest.param("delete filteraction Encrypt", "05031", id="action-in-use"),
    pytest.param("add filter Mail me 192.0.2.21 protocol=6 dstport=110", "05054", id="filter-exists"),
    pytest.param("delete filter filterlist=Mail srcaddr=me dstaddr=any", "05053", id="no-such-filter"),
    pytest.param("delete rule name=X policy=P", "05052", id="no-such-rule"),
    pytest.param("set rule id=2 policy=P activate=no", "05052", id="no-rule-of-that-id"),
])  # fmt: skip
def test_refused(command: str, number: str) -> None:
    host, _unused = made()
    before = host.registry.to_json()
    assert f"ERR IPsec[{number}] : " in feed(host, command + "\n")
    assert host.registry.to_json() == before


def test_errors_are_korean_on_a_korean_host() -> None:
    out = WindowsHost("be1", "server2003-ko").run("netsh ipsec static show policy all", codepage=949)[1]
    assert out == "ERR IPsec[05072] : 정책 저장소에 정책이 없습니다.\r\n\r\n"


def test_words_are_split_at_blanks_outside_quotes() -> None:
    assert split_line('add  policy name="A & B %x% <^>" "two words" d=""\r\n') == [
        "add", "policy", "name=A & B %x% <^>", "two words", "d=",
    ]  # fmt: skip


def test_abbreviated_commands_and_positional_arguments() -> None:
    host, objects = made(
        'ad filterl L "a list"\nadd filter L me 192.0.2.0 srcm=32 dstmask=24 prot=UDP mirr=n srcp=53\n'
    )
    key = found(objects, store.LIST, "L")
    description = key.get("description")
    assert description is not None
    assert description.text == "a list"
    (spec,) = packer.unpack_filters(objects.blob(key))
    assert (spec.source, spec.source_mask.hex()) == (bytes(4), "ffffffff")
    assert (spec.target.hex(), spec.target_mask.hex()) == ("c0000200", "ffffff00")
    assert (spec.protocol, spec.source_port, spec.target_port, spec.mirrored) == (17, 53, 0, False)
    del host


@pytest.mark.parametrize(("arguments", "special", "name"), [
    pytest.param("srcaddr=me dstaddr=dns", 0x81, "", id="dns-servers-as-destination"),
    pytest.param("srcaddr=gateway dstaddr=me", 4, "", id="gateway-as-source"),
    pytest.param("srcaddr=me dstaddr=dc1.example.com", 0, "dc1.example.com", id="dns-name"),
])  # fmt: skip
def test_addresses_that_are_no_numbers(arguments: str, special: int, name: str) -> None:
    _unused, objects = made(f"add filter filterlist=L {arguments}\n")
    (spec,) = packer.unpack_filters(objects.blob(found(objects, store.LIST, "L")))
    assert (spec.special, spec.target_name) == (special, name)


def test_a_rule_without_authentication_gets_kerberos_and_order_counts() -> None:
    certificate = r"""add rule T P Mail Encrypt rootca="CN=\'X\' certmap:yes" kerb=y"""
    _unused, objects = made(f"{MAIL}add rule S P Mail Encrypt\n{certificate}\n", "server2022")
    rules = {LocalStore.name_of(rule): packer.unpack_rule(objects.blob(rule)) for rule in objects.all(store.RULE)}
    assert rules["R"].methods == [Method(1, "a key")]
    assert rules["S"].methods == [Method(5)]
    assert rules["T"].methods == [Method(3, 'CN="X"', 1), Method(5)]


def test_the_newest_rule_comes_first_and_the_default_response_last() -> None:
    _unused, objects = made(MAIL + "add rule S P Mail Encrypt\n")
    policy = found(objects, store.POLICY, "P")
    assert [LocalStore.name_of(rule) for rule in objects.many(policy, store.RULES)] == ["S", "R", ""]
    users = objects.many(found(objects, store.LIST, "Mail"), store.OWNERS)
    assert [LocalStore.name_of(rule) for rule in users] == ["S", "R"]


@pytest.mark.parametrize(("profile", "active"), [("server2003", True), ("server2022", False)])
def test_default_response_rule_is_active_on_2003_only(profile: str, active: bool) -> None:
    _unused, objects = made("add policy P\n", profile)
    (rule,) = objects.all(store.RULE)
    assert packer.unpack_rule(objects.blob(rule)).active is active


def test_offers_of_an_action() -> None:
    script = (
        'add filteraction A qmpfs=yes soft=yes inpass=yes qmsec="AH[MD5]+ESP[DES,NONE]:20480k/300s ESP[NONE,SHA1]"\n'
    )
    _unused, objects = made(script)
    key = found(objects, store.ACTION, "A")
    assert objects.action_kind(key) == "inpass"
    assert packer.unpack_action(objects.blob(key)) == [
        Offer([Algorithm(1, 0, 1), Algorithm(1, 0, 2)], 20480, 300, pfs=True),
        Offer([Algorithm(0, 2, 2)], pfs=True),
        Offer([]),
    ]


def test_changing_an_action_keeps_what_is_not_named() -> None:
    host, objects = made()
    feed(host, "set filteraction Encrypt newname=New soft=yes\nset filteraction New qmpfs=y\n")
    key = found(objects, store.ACTION, "New")
    offers = packer.unpack_action(objects.blob(key))
    assert offers == [Offer([Algorithm(3, 2, 2)], 100000, 3600, pfs=True), Offer([])]
    feed(host, "set filteraction New action=block\n")
    assert (objects.action_kind(key), packer.unpack_action(objects.blob(key))) == ("block", [])


def test_main_mode_of_a_policy() -> None:
    host, objects = made('add policy P mmlifetime=60 qmpermm=5 mmsec="3DES-SHA1-3 DES-MD5-1" pollinginterval=5\n')
    policy = found(objects, store.POLICY, "P")
    (mode_key,) = objects.many(policy, store.MAIN_MODE_OF)
    mode = packer.unpack_main_mode(objects.blob(mode_key))
    assert (mode.lifetime, mode.quick_modes, mode.pfs) == (3600, 5, False)
    assert [(m.encryption, m.hash, m.group, m.lifetime) for m in mode.methods] == [(3, 2, 3, 3600), (1, 1, 1, 3600)]
    assert packer.unpack_policy(objects.blob(policy)) == 300
    feed(host, "set policy P mmpfs=yes\n")
    mode = packer.unpack_main_mode(objects.blob(mode_key))
    assert (mode.lifetime, mode.quick_modes, mode.pfs) == (3600, 1, True)


def test_a_damaged_object_is_an_error_and_netsh_goes_on() -> None:
    host, objects = made()
    host.run(
        f"reg add HKLM\\{objects.path}\\{found(objects, store.LIST, 'Mail').name} /v ipsecData /t REG_BINARY /d 00 /f"
    )
    out = feed(host, "add filter Mail me any\nadd filterlist Other\n")
    assert out.count("ERR IPsec[15011] : ") == 1
    assert objects.find(store.LIST, "Other") is not None


def test_only_one_policy_is_assigned() -> None:
    host, objects = made(MAIL + "set policy P assign=y\nadd policy Q assign=yes\n")
    assert objects.assigned() is found(objects, store.POLICY, "Q")
    feed(host, "set policy P assign=no\n")
    assert objects.assigned() is found(objects, store.POLICY, "Q")
    feed(host, "delete policy Q\n")
    assert objects.root.get("ActivePolicy") is None


def test_deleting_a_policy_leaves_lists_and_actions() -> None:
    host, objects = made(MAIL + "set policy P assign=y\n")
    feed(host, "delete policy P\n")
    assert [key.name.split("{")[0] for key in objects.root.subkeys()] == ["ipsecFilter", "ipsecNegotiationPolicy"]
    assert all(key.get(store.OWNERS) is None for key in objects.root.subkeys())
    feed(host, "delete filterlist Mail\ndelete filteraction Encrypt\n")
    assert objects.root.subkeys() == []


def test_delete_rule_all_keeps_the_default_response_rule() -> None:
    host, objects = made(MAIL + "add rule S P Mail Encrypt\n")
    feed(host, "delete rule all policy=P\n")
    (rule,) = objects.many(found(objects, store.POLICY, "P"), store.RULES)
    assert LocalStore.name_of(rule) == ""
    feed(host, "delete all\n")
    assert objects.root.subkeys() == []


def test_changing_a_rule_moves_its_references() -> None:
    host, objects = made(MAIL + "add filteraction Block action=block\n")
    feed(host, "set rule name=R policy=P newname=Q filteraction=Block activate=no kerberos=yes conntype=lan\n")
    (rule, _unused) = objects.many(found(objects, store.POLICY, "P"), store.RULES)
    body = packer.unpack_rule(objects.blob(rule))
    assert (LocalStore.name_of(rule), body.active, body.methods, body.interface) == (
        "Q",
        False,
        [Method(5)],
        0xFFFFFFFE,
    )
    assert objects.many(found(objects, store.ACTION, "Block"), store.OWNERS) == [rule]
    assert found(objects, store.ACTION, "Encrypt").get(store.OWNERS) is None


def test_a_change_bears_the_hosts_time() -> None:
    host = WindowsHost("fe1")
    host.clock.freeze(1_100_000_000)
    feed(host, "add filterlist L\n")
    changed = found(LocalStore(host), store.LIST, "L").get("whenChanged")
    assert changed is not None
    assert changed.number == 1_100_000_000


def test_script_file_and_its_exit_code() -> None:
    host = WindowsHost("fe1")
    host.files["c:\\s.txt"] = (
        "c:\\s.txt",
        b"pushd ipsec static\r\nadd filterlist A\r\nadd filterlist A\r\nadd filterlist B\r\n",
    )
    code, out, _unused = host.run("netsh -f c:\\s.txt")
    assert (code, out.count("ERR IPsec[05010]")) == (1, 1)
    assert len(LocalStore(host).all(store.LIST)) == 2
    assert host.run("netsh -f c:\\none.txt")[0] == 1


def test_show_lists_a_policy() -> None:
    host, _unused = made(MAIL + "set policy P assign=y\n")
    out = feed(host, "show policy all level=verbose\n")
    assert "Policy Name            : P\r\n" in out
    assert "Assigned               : YES\r\n" in out
    assert "a key" not in out
    lists = feed(host, "show filterlist Mail level=verbose\n")
    assert "Source IP Address      : <My IP Address>\r\n" in lists
    assert "Destination Port       : 110\r\n" in lists


def test_dynamic_settings_go_to_the_registry() -> None:
    host = WindowsHost("fe1")
    assert host.run("netsh ipsec dynamic set config property=ipsecexempt value=0")[0] == 0
    value = host.registry.value(r"HKLM\SYSTEM\CurrentControlSet\Services\IPSEC", "NoDefaultExempt")
    assert value is not None
    assert value.number == 0
    assert "ipsecexempt             : 0\r\n" in host.run("netsh ipsec dynamic show all")[1]
    assert host.run("netsh ipsec dynamic set config property=ikelogging value=9")[0] == 1
