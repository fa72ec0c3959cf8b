# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.errors import SpecError
from ansible_collections.exchange.ipsec.plugins.module_utils.model.authentication import Kerberos, PresharedKey, Secret
from ansible_collections.exchange.ipsec.plugins.module_utils.model.security import (
    Encryption,
    Esp,
    Integrity,
    QuickModeOffer,
)
from ansible_collections.exchange.ipsec.plugins.module_utils.topology.design import Design, Tier, design_from_spec


def test_what_is_left_out_gets_the_default() -> None:
    design = design_from_spec({"tier": "credentials", "authentication": [{"method": "kerberos"}]})
    assert design.tier is Tier.CREDENTIALS
    assert design.authentication == (Kerberos(),)
    assert design.offers == (QuickModeOffer(esp=Esp(Encryption.TRIPLE_DES, Integrity.SHA1)),)
    assert (design.management, design.management_ports) == ((), (5985, 5986))
    assert (design.soft, design.pfs, design.permit_icmp, design.exempt_domain_controllers) == (False,) * 4
    assert design.policy_name == "Exchange IPsec"


def test_every_option_arrives() -> None:
    design = design_from_spec(
        {
            "tier": "everything",
            "authentication": [{"method": "psk", "psk": "correct horse"}],
            "management": ["192.0.2.200", "198.51.100.0/24"],
            "management_ports": [80, "3389"],
            "permit_icmp": True,
            "exempt_domain_controllers": True,
            "offers": [{"ah": "sha1"}],
            "pfs": True,
            "soft": True,
            "inbound_passthrough": True,
            "policy_name": "Mail",
        }
    )
    assert design.authentication == (PresharedKey(Secret("correct horse")),)
    assert design.management == (IPv4Network("192.0.2.200/32"), IPv4Network("198.51.100.0/24"))
    assert design.management_ports == (80, 3389)
    assert design.offers == (QuickModeOffer(ah=Integrity.SHA1),)
    assert (design.soft, design.pfs, design.permit_icmp, design.exempt_domain_controllers) == (True,) * 4
    assert design.inbound_passthrough
    assert design.policy_name == "Mail"
    assert "correct horse" not in repr(design)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        pytest.param({"tier": "all"}, "topology.tier", id="tier"),
        pytest.param({"teir": "x"}, "topology", id="misspelt"),
        pytest.param({"authentication": []}, "topology.authentication", id="no-authentication"),
        pytest.param({"authentication": [{"method": "ntlm"}]}, "topology.authentication[0].method", id="method"),
        pytest.param({"management": ["192.0.2.7/24"]}, "topology.management[0]", id="host-bits"),
        pytest.param({"management": ["ctl.example.org"]}, "topology.management[0]", id="name"),
        pytest.param({"management_ports": ["winrm"]}, "topology.management_ports[0]", id="port-name"),
        pytest.param({"management_ports": [70000]}, "topology.management_ports[0]", id="port-range"),
        pytest.param({"management": "192.0.2.200", "management_ports": []}, "topology.management_ports", id="no-port"),
        pytest.param({"offers": [{"esp": {"encryption": "aes"}}]}, "topology.offers[0].esp.encryption", id="offer"),
    ],
)
def test_a_broken_design_is_refused_at_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(SpecError) as caught:
        design_from_spec({"tier": "credentials", "authentication": [{"method": "kerberos"}], **change})
    assert caught.value.place == place


def test_a_design_without_offers_is_refused() -> None:
    with pytest.raises(SpecError, match="offers: at least one offer is needed"):
        Design(Tier.CREDENTIALS, (Kerberos(),), offers=())
