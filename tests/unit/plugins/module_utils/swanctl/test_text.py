# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole files, written by hand as strongSwan's manual describes them."""

from __future__ import annotations

from ipaddress import IPv4Address

from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.peer import LinuxPeer
from ansible_collections.exchange.ipsec.plugins.module_utils.swanctl.text import connections_text, secrets_text
from tests.unit.plugins.module_utils.swanctl.specs import PEER, one_filter, policy, rule

MAIL = """\
connections {
  192-0-2-11--192-0-2-21 {
    version = 1
    aggressive = no
    local_addrs = 192.0.2.11
    remote_addrs = 192.0.2.21
    proposals = 3des-sha1-modp2048, 3des-sha1-modp1024
    rekey_time = 25920s
    over_time = 2880s
    dpd_delay = 0s
    local {
      auth = psk
      id = 192.0.2.11
    }
    remote {
      auth = psk
      id = 192.0.2.21
    }
    children {
      # mail
      1-mail {
        mode = transport
        local_ts = 192.0.2.11/32[tcp]
        remote_ts = 192.0.2.21/32[tcp/110]
        reqid = 10001
        esp_proposals = 3des-sha1
        life_time = 3600s
        rekey_time = 3240s
        life_bytes = 100000000
        rekey_bytes = 90000000
        inactivity = 300s
        priority = 1001
        start_action = trap
      }
    }
  }
  exchange-ipsec-without-ike {
    remote_addrs = 127.0.0.1
    children {
      # management
      2-management {
        mode = pass
        local_ts = 192.0.2.11/32[tcp/5985]
        remote_ts = 198.51.100.0/24[tcp]
        priority = 1033
        start_action = trap
      }
      # 나머지
      3-rule {
        mode = drop
        local_ts = 192.0.2.11/32
        remote_ts = 203.0.113.0/24
        priority = 1035
        start_action = trap
      }
    }
  }
}
"""
CERTIFICATE = """\
connections {
  192-0-2-30--192-0-2-0-24 {
    version = 1
    aggressive = no
    local_addrs = 192.0.2.30
    remote_addrs = 192.0.2.0/24
    proposals = des-md5-modp768
    rekey_time = 540s
    over_time = 60s
    dpd_delay = 0s
    send_certreq = no
    local {
      auth = pubkey
      certs = "proxy.pem"
    }
    remote {
      auth = pubkey
      ca_id = "CN=Example \\"Root\\", O=Example, ST=Hessen"
    }
    children {
      # mail
      1-mail {
        mode = transport
        local_ts = 192.0.2.30/32[tcp/110]
        remote_ts = 192.0.2.0/24[tcp]
        reqid = 10001
        esp_proposals = 3des-sha1-modp768, null-md5-modp768
        life_time = 900s
        rekey_time = 810s
        life_bytes = 50000000
        rekey_bytes = 45000000
        inactivity = 60s
        priority = 1033
        start_action = trap
      }
    }
  }
}
"""


def test_a_key_a_permit_and_a_block() -> None:
    permit = rule("management", [one_filter("198.51.100.0/24", "me", destination_port=5985)],
                  action={"name": "permit", "action": "permit"})
    block = rule("나머지", [{"source": "me", "destination": "203.0.113.0/24"}],
                 action={"name": "block", "action": "block"})
    declared = policy(rule(), permit, block, rule("asleep", [one_filter(destination="192.0.2.99")], active=False))
    assert connections_text(declared, PEER) == MAIL


def test_a_certificate_towards_a_subnet_with_pfs() -> None:
    offers = [
        {"esp": {"encryption": "3des", "integrity": "sha1"}, "lifetime": 900, "lifetime_kb": 50_000},
        {"esp": {"encryption": "none", "integrity": "md5"}, "lifetime": 900, "lifetime_kb": 50_000},
    ]
    method = {"method": "certificate", "ca": 'CN="Example ""Root""", O=Example, S=Hessen', "exclude_ca_name": True}
    declared = policy(
        rule(
            filters=[one_filter("192.0.2.0/24", "192.0.2.30")], authentication=[method],
            action={"name": "n", "action": "negotiate", "pfs": True, "offers": offers},
        ),
        main_mode={"offers": [{"encryption": "des", "integrity": "md5", "dh_group": 1}], "lifetime": 600},
    )  # fmt: skip
    peer = LinuxPeer((IPv4Address("192.0.2.30"),), "proxy.pem", 60)
    assert connections_text(declared, peer) == CERTIFICATE
    assert secrets_text(declared, peer) == ""


def test_keys_stand_in_a_section_of_their_own() -> None:
    declared = policy(rule())
    assert secrets_text(declared, PEER) == (
        "secrets {\n"
        "  ike-192-0-2-11--192-0-2-21 {\n"
        "    id-near = 192.0.2.11\n"
        "    id-far = 192.0.2.21\n"
        '    secret = "********"\n'
        "  }\n"
        "}\n"
    )
    assert "    secret = 0x6b226579\n" in secrets_text(declared, PEER, reveal=True)
    assert "6b226579" not in connections_text(declared, PEER)


def test_the_key_of_a_subnet_is_for_every_host_in_it_and_that_of_any_for_all() -> None:
    """strongSwan finds a key by both identities; two subnets with two keys must not look alike to it."""
    first = rule("first", [one_filter(destination="192.0.2.128/25")])
    second = rule("second", [one_filter(destination="198.51.100.0/24")], authentication=[{"method": "psk", "psk": "b"}])
    declared = policy(first, second)
    text = secrets_text(declared, PEER)
    assert "    id-near = 192.0.2.11\n    id-far = 192.0.2.128/25\n    secret = " in text
    assert "    id-near = 192.0.2.11\n    id-far = 198.51.100.0/24\n    secret = " in text
    assert connections_text(declared, PEER).count("      id = 192.0.2.128/25\n") == 1
    everybody = policy(rule(filters=[one_filter(destination="any")]))
    assert "    id-near = 192.0.2.11\n    secret = " in secrets_text(everybody, PEER)
    assert "      id = %any\n" in connections_text(everybody, PEER)
