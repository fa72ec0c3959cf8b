# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that modules share: a policy worked out from the inventory."""

from __future__ import annotations


class ModuleDocFragment:
    """The option that works the rules out from the inventory."""

    DOCUMENTATION = r"""
options:
  topology:
    description:
      - Has the policy worked out from the inventory instead of O(rules).
      - The members of the groups C(front_end), C(back_end_cluster) and C(domain_controller) are the servers.
        Their addresses stand in the host variable C(ipsec_addresses), or in C(ansible_host) where that is an IPv4
        address; the virtual addresses of the cluster in C(ipsec_virtual_addresses) of its nodes.
      - A host of which the tier asks nothing, a domain controller outside V(everything), has no policy.
    type: dict
    suboptions:
      tier:
        description:
          - What is encrypted. V(credentials) is POP3 and IMAP4 to the back end, V(message_stream) adds HTTP,
            V(everything) is all traffic among front ends, back ends and domain controllers.
        type: str
        choices: [credentials, message_stream, everything]
        required: true
      authentication:
        description:
          - How the two hosts prove who they are, in order of preference.
          - V(kerberos) is refused where V(everything) would cover the way to a domain controller.
        type: list
        elements: dict
        required: true
        suboptions:
          method:
            description:
              - V(kerberos) uses the Active Directory domain, V(certificate) a certificate of the authority in
                O(topology.authentication[].ca), V(psk) the key in O(topology.authentication[].psk).
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
      management:
        description:
          - IPv4 addresses and subnets of the Ansible controllers. Their way to O(topology.management_ports) stays
            permitted whatever the rest of the policy says.
          - The word V(controller) stands for the address under which this controller reaches the host. It is looked up
            in the routing table; where that is not what the host sees, set the variable C(ipsec_controller_address).
            Several controllers would each write a policy of their own with it, so name their subnets instead.
        type: list
        elements: str
        default: []
      management_ports:
        description:
          - TCP ports of the management path. With WinRM 1.1 that is V(80) or V(443).
        type: list
        elements: int
        default: [5985, 5986]
      permit_icmp:
        description:
          - Leaves ICMP among the servers in clear on the tier V(everything).
        type: bool
        default: false
      exempt_domain_controllers:
        description:
          - Leaves the traffic to domain controllers in clear on the tier V(everything).
        type: bool
        default: false
      offers:
        description:
          - What may protect the traffic, in order of preference.
          - When left out, the strongest that the Windows version accepts.
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
          - As O(rules[].filter_action.pfs).
        type: bool
        default: false
      soft:
        description:
          - As O(rules[].filter_action.soft).
        type: bool
        default: false
      inbound_passthrough:
        description:
          - As O(rules[].filter_action.inbound_passthrough).
        type: bool
        default: false
      site:
        description:
          - Name of an inventory group that holds all servers of this site. Servers outside it are not peers.
          - When left out, the whole inventory is one site.
        type: str
      stage:
        description:
          - How far the site has come. V(permit) has the filters of the tier and lets their traffic pass in clear,
            V(request) is the policy with O(topology.soft) and O(topology.inbound_passthrough), V(require) the policy
            itself. Hosts of one stage get on with hosts of the stage before, so a site that is taken through them one
            after the other loses no flow on the way; the playbook C(exchange.ipsec.harden_live) does that.
        type: str
        choices: [permit, request, require]
        default: require
"""
