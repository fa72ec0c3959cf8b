# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that modules share: what they support, as Ansible's documentation shows it."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of every module of the collection."""

    DOCUMENTATION = r"""
options: {}
attributes:
  action:
    description: Runs on the controller as an action plugin; nothing is copied to the host.
    support: full
  action_group:
    description: Use C(group/exchange.ipsec.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - exchange.ipsec.all
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  check_mode:
    description: Can run in check mode and say what would change, without changing it.
    support: full
  diff_mode:
    description: Shows what changes when run in diff mode. Keys are never shown.
    support: full
  platform:
    description: Windows 2000 to Windows Server 2025, over the connections listed in the notes.
    platforms: windows
    support: full
notes:
  - Works over the connections P(exchange.ipsec.winrs#connection) and C(ansible.builtin.winrm). PowerShell is not used.
  - Text that Windows prints for people is never read, so the language of the host does not matter.
"""
