# SPDX-License-Identifier: GPL-3.0-or-later
"""The subject of an authority, from the words of Windows to those of strongSwan 5.9.8."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.authority import authority


@pytest.mark.parametrize(("text", "written"), [
    pytest.param("CN=Example Root, O=Example", "CN=Example Root, O=Example", id="plain"),
    pytest.param("cn=Example Root,o=Example,", "CN=Example Root, O=Example", id="no-blanks"),
    pytest.param("C=DE; S=Hessen; E=ca@example.com", "C=DE, ST=Hessen, E=ca@example.com", id="state-and-semicolons"),
    pytest.param('CN=Root, O="Example, Inc."', "/CN=Root/O=Example, Inc.", id="comma"),
    pytest.param('CN="The ""Root""", O=A/S', 'CN=The "Root", O=A/S', id="quotes-and-a-slash"),
    pytest.param("CN=루트 } # {, O=Größe", "CN=루트 } # {, O=Größe", id="other-letters"),
    pytest.param('CN="C++ CA", DC=example, DC=com', "CN=C++ CA, DC=example, DC=com", id="plus-in-quotes"),
])
def test_a_subject(text: str, written: str) -> None:
    assert authority(text, "rule") == written


@pytest.mark.parametrize(("text", "problem"), [
    pytest.param("%any", "is no subject of an authority", id="everybody"),
    pytest.param("*", "is no subject of an authority", id="star"),
    pytest.param("CN=*, O=Example", "would read the value '*'", id="star-as-value"),
    pytest.param('CN="*"', "would read the value '*'", id="star-in-quotes"),
    pytest.param("ca.example.com", "is no subject of an authority", id="host-name"),
    pytest.param("asn1dn:#3000", "is no subject of an authority", id="prefix"),
    pytest.param("OID.2.5.4.17=1, CN=X", "cannot read OID.2.5.4.17", id="number"),
    pytest.param("CN=A + OU=B", "is no subject of an authority", id="two-values-in-one"),
    pytest.param('CN="A, B", O=C/D', "holds a comma and a slash", id="comma-and-slash"),
    pytest.param("CN=, O=Example", "would read the value ''", id="empty"),
    pytest.param('CN=" A"', "would read the value ' A'", id="blank-in-quotes"),
    pytest.param('CN="A, O=B', "is no subject of an authority", id="open-quote"),
])
def test_what_strongswan_would_take_for_something_else(text: str, problem: str) -> None:
    with pytest.raises(SpecError) as caught:
        authority(text, "rule 'mail'")
    assert str(caught.value).startswith("rule 'mail': ")
    assert problem in str(caught.value)
