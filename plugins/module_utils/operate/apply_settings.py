# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write Oakley and IKE values of the registry, restart the service where asked, and read again."""

from __future__ import annotations

from ..compliance.state import Service
from ..errors import HostError
from ..host.countdown import Owner
from ..host.port import HostPort
from ..oakley.plan import SettingChange, service_to_restart
from ..oakley.settings import Restart
from .held import write_held
from .survey import Survey


def restart_commands(changes: tuple[SettingChange, ...], found: Survey) -> tuple[str, ...]:
    """Give the commands that restart the service the changes wait for; none where it is not due or does not run."""
    due = any(change.restart is Restart.SERVICE for change in changes)
    if not due or found.state.service is not Service.RUNNING:
        return ()
    service = service_to_restart(found.state.version)
    return (f"net stop {service} /y", f"net start {service}")


def apply_settings(
    changes: tuple[SettingChange, ...], restart: tuple[str, ...], host: HostPort, owner: Owner
) -> Survey:
    """Run the changes and the restart in one command line, under the host's lock, and give what stands there then.

    HostError when another run has the lock, when a value is not as wanted afterwards, or when the service that was
    restarted does not run.
    """
    found = write_held(host, owner, "&&".join([change.command for change in changes] + list(restart)))
    for change in changes:
        value = found.state.settings.get(change.name)
        if value != change.after:
            raise HostError(
                f"{host.name}: {change.name} is {_shown(value)} instead of {_shown(change.after)} after "
                f"'{change.command}'; is the user allowed to write {change.key}?"
            )
    if restart and (found.state.service is not Service.RUNNING or not found.before.ok):
        raise HostError(f"{host.name}: the service did not come back after '{restart[-1]}'; start it by hand")
    return found


def _shown(value: int | None) -> str:
    return "absent" if value is None else str(value)
