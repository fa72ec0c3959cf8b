# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation that modules share: what must still work before a change is confirmed."""

from __future__ import annotations


class ModuleDocFragment:
    """The option probes of whatever has an option confirm."""

    DOCUMENTATION = r"""
options:
  probes:
    description:
      - What must work before a change of what is in force is confirmed. Each is a TCP connection that the controller
        makes, or a command on the host over the new connection. One that fails lets the host put back what stood
        before, and the task fails and names it.
      - All are asked before the change too. One that fails then already fails the task, and nothing is changed.
      - Needs O(confirm). When left out, the new connection of the controller alone decides.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - What messages call it.
          - When left out, its port or command alone.
        type: str
      port:
        description:
          - TCP port to which the controller connects. Nothing is sent. Not together with O(probes[].command).
        type: int
      host:
        description:
          - Address or name to connect to.
          - When left out, the one at which the controller reaches the host.
        type: str
      timeout:
        description:
          - Seconds to wait for the connection. All probes together may wait for half of O(confirm).
          - When left out, 5.
        type: float
      command:
        description:
          - One line for cmd.exe on the host, which must end with exit code 0. What it prints is thrown away. It is
            shown in results and messages, so it must hold no secret.
        type: str
"""
