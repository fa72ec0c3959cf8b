# SPDX-License-Identifier: GPL-3.0-or-later
"""The private names of Ansible's winrm connection and of pywinrm that the collection leans on."""

from __future__ import annotations

import inspect
import os
from typing import Any

import pytest
import yaml
from ansible.playbook.play_context import PlayContext
from ansible.plugins.connection import winrm
from winrm.exceptions import WSManFaultError
from winrm.protocol import Protocol
from winrm.transport import Transport

from ansible_collections.exchange.ipsec.plugins.doc_fragments.winrm_options import ModuleDocFragment
from tests.integration.connections import WINRM, WINRS, connection

pytestmark = pytest.mark.core
GIVEN = {
    "inventory_hostname": "fe1",
    "ansible_host": "192.0.2.11",
    "ansible_port": 5985,
    "ansible_user": "Administrator",
    "ansible_password": "secret",
    "ansible_winrm_transport": ["ntlm", "basic"],
    "ansible_winrm_message_encryption": "always",
    "ansible_winrm_connection_timeout": 7,
}


@pytest.mark.parametrize("kind", [WINRM, WINRS])
def test_building_the_arguments_sets_what_we_read(kind: str) -> None:
    made = connection(kind, GIVEN)
    made._build_winrm_kwargs()
    assert (made._winrm_host, made._winrm_port, made._winrm_scheme) == ("192.0.2.11", 5985, "http")
    assert (made._winrm_path, made._winrm_user, made._winrm_pass) == ("/wsman", "Administrator", "secret")
    assert made._winrm_transport == ["ntlm", "basic"]
    assert made._winrm_connection_timeout == 7
    assert made._kerb_managed is False
    wanted = {"username": "Administrator", "password": "secret", "message_encryption": "always"}
    assert made._winrm_kwargs == wanted


@pytest.mark.parametrize("kind", [WINRM, WINRS])
def test_a_new_connection_is_not_connected(kind: str) -> None:
    made = connection(kind, GIVEN)
    assert (made.protocol, made.shell_id, made._connected) == (None, None, False)


def test_kerberos_is_asked_for_a_ticket_with_user_and_password() -> None:
    assert list(inspect.signature(winrm.Connection._kerb_auth).parameters) == ["self", "principal", "password"]
    assert isinstance(winrm.HAVE_KERBEROS, bool)


def test_ansible_closes_what_we_opened() -> None:
    made = connection(WINRM, GIVEN)
    made._build_winrm_kwargs()
    closed: list[str] = []

    class OneShell:
        def close_shell(self, shell_id: str) -> None:
            closed.append(shell_id)

    made.protocol, made.shell_id = OneShell(), "A1"
    made.close()
    assert (closed, made.protocol, made.shell_id) == (["A1"], None, None)


def test_the_extra_variables_keep_the_prefix_of_winrm() -> None:
    assert connection(WINRS, GIVEN).extras_prefix == "winrm"
    assert winrm.Connection.allow_extras is True


def test_ansible_takes_the_shell_from_us() -> None:
    made: Any = connection(WINRS, GIVEN)
    assert (made._shell.SHELL_FAMILY, made.allow_executable) == ("cmd", False)
    context = PlayContext()
    context.shell = "powershell"
    assert type(made)(context, os.devnull)._shell.SHELL_FAMILY == "powershell"


@pytest.mark.parametrize(
    ("call", "parameters"),
    [
        (Protocol.open_shell, {"codepage"}),
        (Protocol.run_command, {"shell_id", "command", "console_mode_stdin"}),
        (Protocol.send_command_input, {"shell_id", "command_id", "stdin_input", "end"}),
        (Protocol.get_command_output_raw, {"shell_id", "command_id"}),
        (Protocol.cleanup_command, {"shell_id", "command_id"}),
        (Protocol.close_shell, {"shell_id", "close_session"}),
        (Protocol.build_wsman_header, {"action", "resource_uri"}),
        (Transport.close_session, set()),
        (WSManFaultError.__init__, {"wsman_fault_code", "wmierror_code", "fault_subcode"}),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_pywinrm_has_the_calls_we_make(call: Any, parameters: set[str]) -> None:
    assert parameters <= set(inspect.signature(call).parameters)


def test_the_options_are_those_of_winrm() -> None:
    ours = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    theirs = yaml.safe_load(winrm.DOCUMENTATION)["options"]
    facts = ("type", "elements", "default", "choices", "vars", "ini", "keyword", "aliases")
    assert {name: {fact: option.get(fact) for fact in facts} for name, option in ours.items()} == {
        name: {fact: option.get(fact) for fact in facts} for name, option in theirs.items()
    }
