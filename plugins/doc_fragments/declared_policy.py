# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that modules share: a policy as users declare it, without its rules."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of a declared policy."""

    DOCUMENTATION = r"""
options:
  name:
    description:
      - Name of the policy. Windows compares names without regard to case.
      - Control characters are refused, and so is the ending V( ~new), which marks a policy under construction.
    type: str
    required: true
  description:
    description:
      - What the policy is for, as the snap-in shows it.
    type: str
    default: ""
  main_mode:
    description:
      - How the negotiation itself is protected.
      - When left out, the strongest that the Windows version accepts.
    type: dict
    suboptions:
      offers:
        description:
          - The proposals, in order of preference.
        type: list
        elements: dict
        suboptions:
          encryption:
            description:
              - The cipher; V(des) is weak and earns a warning.
            type: str
            choices: [3des, des]
            default: 3des
          integrity:
            description:
              - The hash; V(md5) is weak and earns a warning.
            type: str
            choices: [sha1, md5]
            default: sha1
          dh_group:
            description:
              - Diffie-Hellman group by its IKE number, V(14) is 2048 bits, V(2) 1024, V(1) 768 and weak.
            type: int
            choices: [14, 2, 1]
            default: 14
      lifetime:
        description:
          - Seconds until the hosts authenticate anew.
        type: int
        default: 28800
      quick_modes:
        description:
          - Quick modes under one main mode; V(0) sets no limit.
        type: int
        default: 0
      pfs:
        description:
          - Master key perfect forward secrecy, a main mode for each quick mode.
        type: bool
        default: false
  default_response:
    description:
      - The default response rule of Windows 2000 to Server 2003. Later versions do not have it.
      - When left out, it is off.
    type: dict
    suboptions:
      active:
        description:
          - Whether the host answers any peer that asks for IPsec.
        type: bool
        default: false
      offers:
        description:
          - What may protect the traffic, in order of preference.
          - When left out, Windows' own.
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
          - Session key perfect forward secrecy.
        type: bool
        default: false
      authentication:
        description:
          - How the two hosts prove who they are, in order of preference.
          - When left out, V(kerberos).
        type: list
        elements: dict
        suboptions:
          method:
            description:
              - V(kerberos) uses the Active Directory domain, V(certificate) a certificate of the authority in
                O(default_response.authentication[].ca), V(psk) the key in O(default_response.authentication[].psk).
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
  polling_minutes:
    description:
      - How often Windows looks for a change of the policy.
    type: int
    default: 180
"""
