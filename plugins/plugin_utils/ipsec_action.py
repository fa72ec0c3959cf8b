# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: the frame of every action plugin, arguments in, errors out as one clear sentence."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible.plugins.action import ActionBase

from ..module_utils.errors import IpsecError
from ..module_utils.host.port import HostPort
from ..module_utils.operate.held import in_progress
from ..module_utils.operate.leftovers import clear_leftovers
from ..module_utils.operate.survey import Survey
from .commit import may_be_at_work
from .option_shapes import refuse_misshapen
from .winrm_host import WinrmHost


class IpsecAction(ActionBase):
    """Validate the arguments, let a subclass perform, and turn the library's errors into a failed result.

    Ansible closes the connection of a task when it ends, but of a loop over delegated hosts only the last one; so a
    delegated task closes its own, or every host but the last would keep a shell open.
    """

    argument_spec: ClassVar[dict[str, Any]]
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the task; what an action plugin is called with by Ansible."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        self._name = str(self._task.delegate_to or variables.get("inventory_hostname", ""))
        self._codepage = variables.get("ansible_winrs_codepage")
        try:
            refuse_misshapen(self.argument_spec, self._task.args)
            _unused, args = self.validate_argument_spec(argument_spec=self.argument_spec)
            result.update(self.perform(args, variables))
        except IpsecError as exc:
            result.update(failed=True, msg=str(exc))
        finally:
            if self._task.delegate_to:
                self._connection.close()
        return result

    def perform(self, args: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Do the work of the plugin and give its result; IpsecError fails the task."""
        raise NotImplementedError

    def undisturbed(self, found: Survey, host: HostPort) -> tuple[Survey, list[str]]:
        """Clear up what an earlier run left, HostError where it goes on; in check mode only say that it does."""
        if not self.check_mode:
            return clear_leftovers(found, host, may_be_at_work), []
        owner = found.standing.owner
        return found, [in_progress(host.name, found.standing, owner)] if owner else []

    @property
    def host(self) -> HostPort:
        """The host of the task, over whatever WinRM connection the inventory names.

        Ansible's own connection knows nothing of code pages, so the variable is read here for both.
        """
        codepage = self._templar.template(self._codepage)
        return WinrmHost(self._connection, self._name or None, int(codepage) if codepage else None)

    @property
    def address(self) -> str:
        """Where the controller reaches the host."""
        return str(self._connection.get_option("remote_addr"))

    @property
    def check_mode(self) -> bool:
        """Whether nothing may be changed."""
        return bool(self._task.check_mode)

    @property
    def diff_mode(self) -> bool:
        """Whether the user asked for a diff."""
        return bool(self._task.diff)
