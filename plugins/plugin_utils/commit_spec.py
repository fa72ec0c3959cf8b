# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: the options of whatever changes what is in force on a host."""

from __future__ import annotations

from typing import Any

_PROBE = {
    "name": {"type": "str"},
    "port": {"type": "int"},
    "host": {"type": "str"},
    "timeout": {"type": "float"},
    "command": {"type": "str"},
}
COMMIT: dict[str, Any] = {
    "confirm": {"type": "int", "default": 180},
    "probes": {"type": "list", "elements": "dict", "default": [], "options": _PROBE},
}
