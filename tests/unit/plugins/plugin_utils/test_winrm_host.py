# SPDX-License-Identifier: GPL-3.0-or-later
"""Which connections a host can be reached over, and what is told of it before anything is sent."""

from __future__ import annotations

import os

import pytest
from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.connection.local import Connection as LocalConnection

from ansible_collections.exchange.ipsec.plugins.plugin_utils.winrm_host import WinrmHost
from tests.integration.connections import WINRM, WINRS, connection

GIVEN = {"inventory_hostname": "fe1", "ansible_host": "192.0.2.11", "ansible_user": "A", "ansible_password": "B"}


def test_another_connection_is_refused_with_what_to_set() -> None:
    local = LocalConnection(PlayContext(), os.devnull)
    with pytest.raises(AnsibleError) as caught:
        WinrmHost(local, "fe1")
    assert str(caught.value) == (
        "fe1: connection 'local' runs no command lines of Windows: set ansible_connection to exchange.ipsec.winrs or"
        " ansible.builtin.winrm."
    )


@pytest.mark.parametrize("kind", [WINRS, WINRM])
def test_name_and_code_page(kind: str) -> None:
    port = WinrmHost(connection(kind, GIVEN))
    assert (port.name, port.codepage) == ("192.0.2.11", 65001)
    assert WinrmHost(connection(kind, GIVEN), "fe1").name == "fe1"
    port.close()


def test_the_code_page_is_an_option_of_winrs_and_an_argument_over_winrm() -> None:
    assert WinrmHost(connection(WINRS, {**GIVEN, "ansible_winrs_codepage": 949})).codepage == 949
    assert WinrmHost(connection(WINRM, GIVEN), codepage=949).codepage == 949


def test_an_unknown_code_page_is_refused_at_once() -> None:
    with pytest.raises(AnsibleError, match="Code page 12345 is not known"):
        WinrmHost(connection(WINRM, GIVEN), codepage=12345)
