# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that real Windows 10 and 11 wrote: read whole, every blob written as it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.actions import ActionKind, FilterAction
from ansible_collections.exchange.ipsec.plugins.module_utils.model.address import AnyAddress, Me
from ansible_collections.exchange.ipsec.plugins.module_utils.model.filters import Filter
from ansible_collections.exchange.ipsec.plugins.module_utils.model.policy import ConnectionType, DefaultResponse
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    DhGroup,
    Encryption,
    Esp,
    Integrity,
    MainMode,
    MainModeOffer,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.reg_file import parse_reg_file, render_reg_file
from ansible_collections.exchange.ipsec.plugins.module_utils.registry.tree import RegistryTree
from ansible_collections.exchange.ipsec.plugins.module_utils.store import (
    action_blob,
    filter_blob,
    filter_meaning,
    mainmode_blob,
    policy_blob,
    rule_blob,
    rule_settings,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.store.keys import Generation
from ansible_collections.exchange.ipsec.plugins.module_utils.store.reader import read_policies

SHARED = Path(os.environ.get("IPSEC_SHARED_DATA", Path(__file__).parents[6] / "shared" / "data"))
NETSH, SNAP_IN_2022, SNAP_IN_2024 = (
    SHARED / "windows11-netsh" / "store.reg",
    SHARED / "windows10-exports" / "2022-04.reg",
    SHARED / "windows10-exports" / "2024-04.reg",
)

pytestmark = pytest.mark.skipif(
    not NETSH.exists(), reason=f"no dumps in {SHARED}; IPSEC_SHARED_DATA names the folder that has them"
)

THREE_DES_SHA1 = MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MEDIUM)
RESPONSE = DefaultResponse(
    active=False, offers=(QuickModeOffer(Esp(Encryption.TRIPLE_DES, Integrity.SHA1)), QuickModeOffer(ah=Integrity.SHA1))
)

# made-by.yml: name, port, protocol, in the order of the commands
SERVICES = (
    "SSH 22 6, Telnet 23 6, RDP 3389 6, RPC 135 6, NetBIOS_Name 137 17, NetBIOS_Datagram 138 17, "
    "NetBIOS_Session 139 6, SMB 445 6, VNC 5900 6, WinRM_HTTP 5985 6, WinRM_HTTPS 5986 6, TFTP 69 17, "
    "SNMP 161 17, MSSQL 1433 6, MySQL 3306 6, PostgreSQL 5432 6, FTP_Data 20 6, FTP_Control 21 6, SMTP 25 6, "
    "SMTP_Submission 587 6, POP3 110 6, POP3S 995 6, IMAP 143 6, IMAPS 993 6, VNC_Alt 5901 6, "
    "SNMP_Trap 162 17, MongoDB 27017 6, LLMNR 5355 17, mDNS 5353 17, Redis 6379 6, Memcached 11211 6"
)


def test_windows_11_holds_what_the_commands_said() -> None:
    store = read_policies(parse_reg_file(NETSH.read_bytes()).tree)
    assert store.problems == ()
    assert store.assigned == "GSecurity"
    policy = store.policies[0]
    group_14 = MainModeOffer(Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.HIGH)
    assert policy.main_mode == MainMode((THREE_DES_SHA1, group_14), 28800, 0, pfs=False)
    assert policy.default_response == RESPONSE
    assert policy.polling_minutes == 180
    assert set(store.filter_actions) == {
        FilterAction("BlockAction", ActionKind.BLOCK, description="Block traffic"),
        FilterAction("PermitAction", ActionKind.PERMIT, description="Permit traffic"),
    }
    wanted = {}
    for service in SERVICES.split(", "):
        name, port, protocol = service.split()
        inbound = Filter(AnyAddress(), Me(), int(protocol), 0, int(port), mirrored=False)
        outbound = Filter(Me(), AnyAddress(), int(protocol), 0, int(port), mirrored=False)
        wanted[f"Block_Inbound_{name}"] = (f"Inbound_{name}", f"Inbound {name} port {port}", inbound)
        wanted[f"Block_Outbound_{name}"] = (f"Outbound_{name}", f"Outbound {name} port {port}", outbound)
    found = {
        rule.name: (rule.filter_list.name, rule.filter_list.description, *rule.filter_list.filters)
        for rule in policy.rules
    }
    assert found == wanted
    assert {rule.filter_action.name for rule in policy.rules} == {"BlockAction"}


def test_the_snap_in_of_windows_10_in_2022() -> None:
    store = read_policies(parse_reg_file(SNAP_IN_2022.read_bytes()).tree)
    assert store.problems == ()
    assert store.assigned == "GSecurity IP Policy"
    policy = store.policies[0]
    assert policy.main_mode == MainMode((THREE_DES_SHA1,))
    assert policy.default_response == RESPONSE
    protocols, remote = policy.rules
    assert (protocols.name, protocols.connection, protocols.filter_list.name) == ("", ConnectionType.ALL, "Protocols")
    assert [one.protocol for one in protocols.filter_list.filters] == [8, 20, 1, 255, 27, 66, 22, *[6] * 5, *[17] * 5]
    assert protocols.filter_list.filters[7] == Filter(AnyAddress(), AnyAddress(), 6, 1, 52)
    assert protocols.filter_list.filters[16] == Filter(AnyAddress(), AnyAddress(), 17, 444, 1000)
    assert remote.connection is ConnectionType.DIALUP
    assert remote.filter_list.name == "Remote Access"
    assert remote.filter_list.filters == (Filter(AnyAddress(), AnyAddress()),)
    assert {rule.filter_action for rule in policy.rules} == {FilterAction("Block", ActionKind.BLOCK)}


def test_the_snap_in_of_windows_10_in_2024() -> None:
    store = read_policies(parse_reg_file(SNAP_IN_2024.read_bytes()).tree)
    assert store.problems == ()
    assert store.assigned == "GSecurity Policy"
    (rule,) = store.policies[0].rules
    assert rule.connection is ConnectionType.LAN
    assert rule.filter_list.name == "Local IP Filter List"
    assert rule.filter_list.filters == tuple(
        Filter(AnyAddress(), AnyAddress(), 17, port, 0) for port in (255, 137, 138, 139)
    )
    assert store.policies[0].default_response == RESPONSE


def test_the_file_of_windows_11_is_written_byte_for_byte() -> None:
    data = NETSH.read_bytes()
    assert render_reg_file(parse_reg_file(data).tree) == data


def blobs(tree: RegistryTree) -> list[tuple[str, bytes]]:
    found = []
    for key, values in tree.items():
        if "ipsecData" in values:
            data = values["ipsecData"].data
            assert isinstance(data, bytes)
            found.append((key.rsplit("\\", 1)[-1], data))
    return found


def rewritten(data: bytes, name: str) -> bytes:
    """Write a blob again from its meaning, with the GUIDs that no meaning holds."""
    guid = UUID(name[name.index("{") :])
    if name.startswith("ipsecPolicy"):
        minutes = policy_blob.polling_minutes(policy_blob.decode_policy_blob(data, name), name)
        return policy_blob.encode_policy_blob(policy_blob.policy_blob(minutes))
    if name.startswith("ipsecNFA"):
        settings = rule_settings.settings_from_blob(rule_blob.decode_rule_blob(data, name), name)
        return rule_blob.encode_rule_blob(rule_settings.blob_from_settings(settings, Generation.VISTA))
    if name.startswith("ipsecNegotiationPolicy"):
        found = action_blob.negotiation_from_blob(action_blob.decode_action_blob(data, name), name)
        return action_blob.encode_action_blob(action_blob.action_blob(found, Generation.VISTA))
    if name.startswith("ipsecFilter"):
        decoded = filter_blob.decode_filter_blob(data, name)
        filters = zip(filter_meaning.filters_from_blob(decoded, name), decoded.filters, strict=True)
        records = [filter_meaning.record_from_filter(one, record.guid) for one, record in filters]
        return filter_blob.encode_filter_blob(filter_blob.filter_blob(records, Generation.VISTA))
    main_mode = mainmode_blob.main_mode_from_blob(mainmode_blob.decode_main_mode_blob(data, name), name)
    return mainmode_blob.encode_main_mode_blob(mainmode_blob.main_mode_blob(main_mode, Generation.VISTA, guid))


def test_what_netsh_wrote_is_written_from_its_meaning_byte_for_byte() -> None:
    found = blobs(parse_reg_file(NETSH.read_bytes()).tree)
    assert len(found) == 130
    for name, data in found:
        assert rewritten(data, name) == data, name


@pytest.mark.parametrize(("dump", "count"), [
    pytest.param(SNAP_IN_2022, 9, id="2022"),
    pytest.param(SNAP_IN_2024, 7, id="2024"),
])  # fmt: skip
def test_what_the_snap_in_wrote_differs_in_the_padding_of_the_main_mode_alone(dump: Path, count: int) -> None:
    found = blobs(parse_reg_file(dump.read_bytes()).tree)
    assert len(found) == count
    for name, data in found:
        again = bytearray(rewritten(data, name))
        if name.startswith("ipsecISAKMPPolicy"):
            for start, length in ((20, 16), (92, 8), (104, 4)):  # instance GUID, key lengths and rounds: zero here
                again[start : start + length] = bytes(length)
        assert bytes(again) == data, name


CODECS: dict[str, Callable[[bytes], bytes]] = {
    "ipsecPolicy": lambda data: policy_blob.encode_policy_blob(policy_blob.decode_policy_blob(data, "x")),
    "ipsecISAKMPPolicy": lambda data: mainmode_blob.encode_main_mode_blob(
        mainmode_blob.decode_main_mode_blob(data, "x")
    ),
    "ipsecNFA": lambda data: rule_blob.encode_rule_blob(rule_blob.decode_rule_blob(data, "x")),
    "ipsecNegotiationPolicy": lambda data: action_blob.encode_action_blob(action_blob.decode_action_blob(data, "x")),
    "ipsecFilter": lambda data: filter_blob.encode_filter_blob(filter_blob.decode_filter_blob(data, "x")),
}


@pytest.mark.parametrize("dump", [
    pytest.param(NETSH, id="windows-11"), pytest.param(SNAP_IN_2022, id="2022"), pytest.param(SNAP_IN_2024, id="2024"),
])  # fmt: skip
def test_every_blob_is_written_as_it_was(dump: Path) -> None:
    for name, data in blobs(parse_reg_file(dump.read_bytes()).tree):
        assert CODECS[name[: name.index("{")]](data) == data, name
