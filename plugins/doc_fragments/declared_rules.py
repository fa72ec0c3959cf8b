# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that modules share: the rules of a policy as users declare them."""

from __future__ import annotations


class ModuleDocFragment:
    """The option with the rules of a declared policy."""

    DOCUMENTATION = r"""
options:
  rules:
    description:
      - The rules, all of them. A rule of the host that is not declared here is a difference.
      - Their order means nothing to Windows, which prefers the more specific filter.
      - Give either O(rules) or O(topology).
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - Name of the rule, once in the policy.
          - The snap-in makes rules without a name. Leave it out to describe such a rule; a new rule needs one.
        type: str
        default: ""
      description:
        description:
          - What the rule is for.
        type: str
        default: ""
      active:
        description:
          - Whether the rule is in use while its policy is assigned.
        type: bool
        default: true
      connection:
        description:
          - The network connections that the rule covers.
        type: str
        choices: [all, lan, dialup]
        default: all
      tunnel:
        description:
          - IPv4 address of the far end of an IPsec tunnel. When left out, transport mode, as KB 821839 asks.
        type: str
      filter_list:
        description:
          - The traffic. Two rules may name the same list when they declare it alike.
        type: dict
        required: true
        suboptions:
          name:
            description:
              - Name of the filter list, once in the store of the host.
            type: str
            required: true
          description:
            description:
              - What the list is for.
            type: str
            default: ""
          filters:
            description:
              - The filters; their order means nothing.
            type: list
            elements: dict
            required: true
            suboptions:
              source:
                description:
                  - V(me) is every address of the host itself, V(any) every address there is.
                  - Otherwise an IPv4 address, a subnet such as V(192.0.2.0/24), a host name, or one of
                    V(dns), V(wins), V(dhcp) and V(gateway), the servers of the host's own network settings.
                type: str
                required: true
              destination:
                description:
                  - As O(rules[].filter_list.filters[].source).
                type: str
                required: true
              protocol:
                description:
                  - V(any), V(tcp), V(udp), V(icmp), V(raw) or the number of an IP protocol.
                type: str
                default: any
              source_port:
                description:
                  - Port of the source; V(0) is any. Only V(tcp) and V(udp) have ports.
                type: int
                default: 0
              destination_port:
                description:
                  - Port of the destination; V(0) is any.
                type: int
                default: 0
              mirrored:
                description:
                  - Whether the answers match too. Traffic that is negotiated needs it.
                type: bool
                default: true
              description:
                description:
                  - What the filter is for.
                type: str
                default: ""
      filter_action:
        description:
          - What is done with the traffic. Two rules may name the same action when they declare it alike.
        type: dict
        required: true
        suboptions:
          name:
            description:
              - Name of the filter action, once in the store of the host.
            type: str
            required: true
          description:
            description:
              - What the action is for.
            type: str
            default: ""
          action:
            description:
              - Lets the traffic pass in clear, drops it, or has IPsec negotiated for it.
            type: str
            choices: [permit, block, negotiate]
            required: true
          offers:
            description:
              - What may protect the traffic, in order of preference.
              - When left out with V(negotiate), the strongest that the Windows version accepts.
            type: list
            elements: dict
            suboptions:
              esp:
                description:
                  - Encapsulating Security Payload.
                type: dict
                suboptions:
                  encryption:
                    description:
                      - The cipher. V(none) only proves integrity; V(des) is weak and earns a warning.
                    type: str
                    choices: [3des, des, none]
                    default: 3des
                  integrity:
                    description:
                      - The keyed hash. V(md5) is weak and earns a warning.
                    type: str
                    choices: [sha1, md5, none]
                    default: sha1
              ah:
                description:
                  - Hash of the Authentication Header. Without it the offer has none.
                type: str
                choices: [sha1, md5]
              lifetime:
                description:
                  - Seconds until a new key, V(300) to V(172799); V(0) leaves it to Windows, which takes 3600.
                type: int
                default: 0
              lifetime_kb:
                description:
                  - Kilobytes until a new key, V(20480) to V(2147483647); V(0) leaves it to Windows, which takes 100000.
                type: int
                default: 0
          pfs:
            description:
              - Session key perfect forward secrecy, a new Diffie-Hellman exchange for each key.
            type: bool
            default: false
          soft:
            description:
              - Falls back to clear text when the peer knows no IPsec.
            type: bool
            default: false
          inbound_passthrough:
            description:
              - Accepts a first packet in clear and answers with IPsec.
            type: bool
            default: false
      authentication:
        description:
          - How the two hosts prove who they are, in order of preference.
          - A rule that negotiates needs at least one.
        type: list
        elements: dict
        suboptions:
          method:
            description:
              - V(kerberos) uses the Active Directory domain, V(certificate) a certificate of the authority in
                O(rules[].authentication[].ca), V(psk) the key in O(rules[].authentication[].psk).
            type: str
            choices: [kerberos, certificate, psk]
            required: true
          ca:
            description:
              - Subject of the root authority, for example V(CN=Example Root, O=Example). Needed with V(certificate).
            type: str
          map_to_account:
            description:
              - Lets Windows map the certificate to a computer account.
            type: bool
            default: false
          exclude_ca_name:
            description:
              - Leaves the name of the authority out of the certificate request.
            type: bool
            default: false
          psk:
            description:
              - The pre-shared key. Needed with V(psk). Keep it in a vault.
              - Windows stores it readable for administrators, so use it for tests and islands only.
            type: str
"""
