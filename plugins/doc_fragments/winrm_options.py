# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options and variables of ansible.builtin.winrm, which exchange.ipsec.winrs shares.

Equal in name, type, default and variables: tests/unit/plugins/plugin_utils/test_winrm_contract.py compares them.
"""

from __future__ import annotations


class ModuleDocFragment:
    """What every connection over WinRM can be told."""

    DOCUMENTATION = """
options:
  remote_addr:
    description:
      - Name or address of the host.
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_winrm_host
    type: str
  remote_user:
    description:
      - The user to log in as.
      - With O(transport) left out, a user such as V(user@domain) means Kerberos.
    vars:
      - name: ansible_user
      - name: ansible_winrm_user
    keyword:
      - name: remote_user
    type: str
  remote_password:
    description:
      - The password of O(remote_user).
    vars:
      - name: ansible_password
      - name: ansible_winrm_pass
      - name: ansible_winrm_password
    type: str
    aliases:
      - password
  port:
    description:
      - Port of the WinRM listener. 5986 is HTTPS, 5985 HTTP; WinRM 1.1 on Windows Server 2003 listens on 443 and 80.
    vars:
      - name: ansible_port
      - name: ansible_winrm_port
    default: 5986
    keyword:
      - name: port
    type: integer
  scheme:
    description:
      - Whether the listener speaks HTTP or HTTPS.
      - When left out, V(http) on O(port) 5985 and V(https) on every other.
    choices: [http, https]
    vars:
      - name: ansible_winrm_scheme
    type: str
  path:
    description:
      - Path of the listener.
    default: /wsman
    vars:
      - name: ansible_winrm_path
    type: str
  transport:
    description:
      - Ways to authenticate, tried in this order, such as V(ntlm), V(kerberos), V(credssp), V(certificate), V(basic).
      - When left out, Kerberos for a user such as V(user@domain) and basic for any other.
    type: list
    elements: string
    vars:
      - name: ansible_winrm_transport
  kerberos_command:
    description:
      - The program that gets a Kerberos ticket.
    default: kinit
    vars:
      - name: ansible_winrm_kinit_cmd
    type: str
  kinit_args:
    description:
      - Arguments for O(kerberos_command), in place of the ones it gets by default.
    type: str
    vars:
      - name: ansible_winrm_kinit_args
  kinit_env_vars:
    description:
      - Environment variables that O(kerberos_command) may see. C(KRB5CCNAME) cannot be among them.
    type: list
    elements: str
    default: []
    ini:
      - section: winrm
        key: kinit_env_vars
    vars:
      - name: ansible_winrm_kinit_env_vars
  kerberos_mode:
    description:
      - Who gets the Kerberos ticket, Ansible (V(managed)) or you beforehand (V(manual)).
      - When left out, V(managed) if there is a password.
    choices: [managed, manual]
    vars:
      - name: ansible_winrm_kinit_mode
    type: str
  connection_timeout:
    description:
      - Seconds that the host may hold one request; ten more are waited for its answer.
      - When left out, the values of pywinrm.
    vars:
      - name: ansible_winrm_connection_timeout
    type: int
notes:
  - What pywinrm can be told beyond these options is set by variables C(ansible_winrm_NAME), for example
    C(ansible_winrm_message_encryption), C(ansible_winrm_server_cert_validation), C(ansible_winrm_ca_trust_path),
    C(ansible_winrm_cert_pem), C(ansible_winrm_cert_key_pem), C(ansible_winrm_send_cbt), C(ansible_winrm_proxy).
"""
