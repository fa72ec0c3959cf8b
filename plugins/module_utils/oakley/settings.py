# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every registry value of Windows' IPsec services that somebody documents and an operator may need."""

from __future__ import annotations

import dataclasses
import enum

from ..errors import SpecError
from ..model.windows import WindowsVersion

SERVICES_KEY = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services"
OAKLEY_KEY = f"{SERVICES_KEY}\\PolicyAgent\\Oakley"
POLICY_AGENT_KEY = f"{SERVICES_KEY}\\PolicyAgent"
DRIVER_KEY = f"{SERVICES_KEY}\\IPSEC"
IKEEXT_KEY = f"{SERVICES_KEY}\\IKEEXT\\Parameters"

WINDOWS_2000 = WindowsVersion(5, 0)
WINDOWS_XP = WindowsVersion(5, 1)
SERVER_2003 = WindowsVersion(5, 2)
VISTA = WindowsVersion(6, 0)

KB_821839 = "https://mskb.pkisolutions.com/kb/821839"
KB_980915 = "https://mskb.pkisolutions.com/kb/980915"
KB_811832 = "https://support.microsoft.com/en-us/kb/811832"
KB_947234 = "https://mskb.pkisolutions.com/kb/947234"
KB_257225 = "http://support.microsoft.com/kb/257225"
CC756041 = "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2003/cc756041(v=ws.10)"
CC947842 = (
    "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/cc947842(v=ws.10)"
)


class Restart(enum.IntEnum):
    """What has to start again before a changed value is read; the larger includes the smaller."""

    NOTHING = 0
    SERVICE = 1
    COMPUTER = 2


@dataclasses.dataclass(frozen=True)
class Home:
    """Where a value lives from one version on (up to and without ``before``), and what reads it anew."""

    since: WindowsVersion
    key: str
    restart: Restart
    before: WindowsVersion | None = None
    maximum: int | None = None


@dataclasses.dataclass(frozen=True)
class Setting:
    """One REG_DWORD value: where it lives, what it may hold (``minimum`` to ``maximum``, in ``unit``), what it does."""

    name: str
    homes: tuple[Home, ...]
    minimum: int
    maximum: int
    unit: str
    meaning: str
    sources: tuple[str, ...]

    def home(self, version: WindowsVersion) -> Home | None:
        """Give the place of the value on a version, None where nobody documents one."""
        for home in self.homes:
            if home.since <= version and (home.before is None or version < home.before):
                return home
        return None

    def check(self, value: int, version: WindowsVersion) -> None:
        """Refuse a value out of range; SpecError names the setting and the range."""
        home = self.home(version)
        maximum = self.maximum if home is None or home.maximum is None else home.maximum
        if not self.minimum <= value <= maximum:
            raise SpecError(self.name, f"{value} is out of range on {version.name} ({self.minimum} to {maximum})")


SETTINGS = (
    Setting(
        "NLBSFlags",
        (Home(SERVER_2003, OAKLEY_KEY, Restart.SERVICE, VISTA), Home(VISTA, IKEEXT_KEY, Restart.SERVICE)),
        0,
        1,
        "switch",
        "1 ends an idle security association after one minute instead of five, so that an unplanned fail-over of the "
        "cluster is noticed sooner; the article sets it on the front ends",
        (KB_821839, "[MS-IKEE] 3.5.7.1 and 3.6.4.1"),
    ),
    Setting(
        "NlbsIdleTime",
        (Home(SERVER_2003, DRIVER_KEY, Restart.COMPUTER, VISTA), Home(VISTA, IKEEXT_KEY, Restart.SERVICE)),
        1,
        300,
        "seconds",
        "the idle time of a security association with a cluster; needs the hot fix of the article on Windows up to "
        "Server 2008 R2",
        (KB_980915,),
    ),
    Setting(
        "NlbsIdle",
        (Home(SERVER_2003, OAKLEY_KEY, Restart.SERVICE, VISTA),),
        1,
        300,
        "seconds",
        "the second value that the article asks for on Server 2003, beside NlbsIdleTime; needs its hot fix",
        (KB_980915,),
    ),
    Setting(
        "NlbsQMRetransmitDuration",
        (Home(VISTA, IKEEXT_KEY, Restart.SERVICE),),
        1,
        300,
        "seconds",
        "how long a quick mode with a cluster is tried again before a new main mode starts; needs the hot fix of the "
        "article on Windows up to Server 2008 R2",
        (KB_980915,),
    ),
    Setting(
        "NoDefaultExempt",
        (
            Home(WINDOWS_2000, DRIVER_KEY, Restart.COMPUTER, WINDOWS_XP, maximum=1),
            Home(WINDOWS_XP, DRIVER_KEY, Restart.COMPUTER, VISTA),
        ),
        0,
        3,
        "mode",
        "traffic that no filter covers: 0 exempts Kerberos, RSVP, multicast, broadcast and IKE, 1 all of these but "
        "Kerberos and RSVP, 2 all but multicast and broadcast, 3 IKE alone (the default of Server 2003)",
        (KB_811832, CC756041),
    ),
    Setting(
        "AssumeUDPEncapsulationContextOnSendRule",
        (
            Home(WINDOWS_XP, DRIVER_KEY, Restart.COMPUTER, VISTA),
            Home(VISTA, POLICY_AGENT_KEY, Restart.COMPUTER),
        ),
        0,
        2,
        "mode",
        "IPsec to hosts behind network address translation: 0 never, 1 to servers behind it, 2 also from behind it",
        (KB_947234,),
    ),
    Setting(
        "EnableLogging",
        (Home(WINDOWS_2000, OAKLEY_KEY, Restart.SERVICE, VISTA),),
        0,
        1,
        "switch",
        "1 writes every negotiation of IKE to %SystemRoot%\\Debug\\Oakley.log",
        (KB_257225,),
    ),
    Setting(
        "IKEFlags",
        (Home(WINDOWS_XP, OAKLEY_KEY, Restart.SERVICE, VISTA),),
        0,
        0xFFFFFFFF,
        "bits",
        "0x14 shortens the fall-back to clear text from 3 s to 0.5 s and widens it to failed negotiations; keep the "
        "bits that are set already",
        (CC947842, "https://mskb.pkisolutions.com/kb/914841"),
    ),
)
"""The table. A value that is absent means Windows' own default, everywhere."""


def find_setting(name: str) -> Setting:
    """Find a setting by name, without regard to case; SpecError lists the known ones."""
    for setting in SETTINGS:
        if setting.name.casefold() == name.casefold():
            return setting
    known = ", ".join(setting.name for setting in SETTINGS)
    raise SpecError("settings", f"{name!r} is not a known value; known are {known}")


def settings_of(version: WindowsVersion) -> tuple[Setting, ...]:
    """Give the settings that a version knows."""
    return tuple(setting for setting in SETTINGS if setting.home(version))
