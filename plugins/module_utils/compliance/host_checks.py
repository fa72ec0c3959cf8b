# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks of what surrounds the policies: the service, the domain, the registry values, the health of the store."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.windows import WindowsVersion
from ..oakley.settings import Setting, find_setting
from .report import Finding, Severity
from .state import HostState, Service, Start, Wanted

SERVICE_KEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\PolicyAgent"
STORE_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\Policy\\Local"
DOMAIN_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec\\GPTIPSECPolicy"

KERBEROS_EXEMPT = (0, 2)
"""Values of NoDefaultExempt that let any packet from or to port 88 pass every filter (KB 811832)."""


def service_state(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``service.stopped``, ``service.missing``: without PolicyAgent no policy is in force.

    A host that has no policy and needs none may do without.
    """
    if wanted.policy is None and state.store.assigned is None:
        return
    if state.service is Service.MISSING:
        yield Finding(
            Severity.HIGH, "service.missing", "the service PolicyAgent", "no such service", SERVICE_KEY,
            "repair the installation of Windows; IPsec policies need this service",
        )  # fmt: skip
    elif state.service is Service.STOPPED:
        yield Finding(
            Severity.HIGH, "service.stopped", "the service PolicyAgent running", "it does not run",
            "sc query PolicyAgent", "start it: net start PolicyAgent",
        )  # fmt: skip


def service_start(state: HostState, _unused: Wanted) -> Iterator[Finding]:
    """``service.disabled``, ``service.manual``: after a restart of Windows the policy must be in force by itself.

    Manual is the default of newer Windows (revertservice.com/10/policyagent), so it is a finding up to Server 2003.
    """
    evidence = f"{SERVICE_KEY}\\Start"
    remedy = "set it to automatic: sc config PolicyAgent start= auto"
    if state.start is Start.DISABLED:
        yield Finding(Severity.HIGH, "service.disabled", "automatic start", "disabled", evidence, remedy)
    elif state.start is Start.MANUAL and not state.version.is_vista_or_later:
        yield Finding(Severity.MEDIUM, "service.manual", "automatic start", "manual start", evidence, remedy)


def domain_overrides(state: HostState, _unused: Wanted) -> Iterator[Finding]:
    """``domain.overrides``: a policy that the domain assigns replaces the local one.

    Only one policy is in force, and the local one has the lowest precedence (learn.microsoft.com, cc783170,
    Understanding IPSec Policy Precedence).
    """
    if state.domain_policy is not None:
        yield Finding(
            Severity.HIGH, "domain.overrides", "no policy assigned by the domain",
            f"the domain assigns {state.domain_policy!r}; the local policy is not in force",
            f"{DOMAIN_KEY}\\DSIPSECPolicyName",
            "take the assignment out of the group policy for this host, or bring the domain's policy to the wanted "
            "state",
        )  # fmt: skip


def store_damaged(state: HostState, _unused: Wanted) -> Iterator[Finding]:
    """``store.damaged``: an object that cannot be read may hold a rule that nobody sees."""
    for problem in (*state.store.problems, *state.problems):
        yield Finding(
            Severity.MEDIUM, "store.damaged", "objects that can be read and fit together", problem, STORE_KEY,
            "export the store, delete the object it names, and apply the policy again",
        )  # fmt: skip


def registry_values(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``oakley.nlbs_flags`` and its like: a registry value is not as wanted."""
    for name, value in wanted.settings.items():
        setting = find_setting(name)
        found = state.settings.get(setting.name)
        if found != value:
            yield Finding(
                Severity.MEDIUM, check_id(setting), _shown(value), _shown(found), _place(setting, state.version),
                "apply it with exchange.ipsec.oakley, and restart what the module names",
            )  # fmt: skip


def default_exemptions(state: HostState, wanted: Wanted) -> Iterator[Finding]:
    """``exemptions.default``: up to Server 2003, a value that exempts Kerberos opens every port to source port 88."""
    setting = find_setting("NoDefaultExempt")
    if setting.home(state.version) is None or any(find_setting(name) == setting for name in wanted.settings):
        return
    found = state.settings.get(setting.name)
    in_force = _default_exemption(state.version) if found is None else found
    if in_force in KERBEROS_EXEMPT:
        shown = f"{in_force}, by default" if found is None else str(found)
        yield Finding(
            Severity.MEDIUM, "exemptions.default", "NoDefaultExempt 1 or 3", f"NoDefaultExempt {shown}: packets with "
            "port 88 pass every filter", _place(setting, state.version),
            "set it with exchange.ipsec.oakley and restart the computer",
        )  # fmt: skip


def check_id(setting: Setting) -> str:
    """Give the id of a registry value's check: NLBSFlags is ``oakley.nlbs_flags``."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+", setting.name)
    return "oakley." + "_".join(word.lower() for word in words)


def _default_exemption(version: WindowsVersion) -> int:
    """Give what an absent NoDefaultExempt means: 0 on Windows 2000 and XP, 3 on Server 2003 (KB 810207)."""
    return 0 if version < WindowsVersion(5, 2) else 3


def _place(setting: Setting, version: WindowsVersion) -> str:
    home = setting.home(version)
    return f"{home.key}\\{setting.name}" if home else setting.name


def _shown(value: int | None) -> str:
    return "absent" if value is None else str(value)
