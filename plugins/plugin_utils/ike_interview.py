# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: asks IKE on the addresses that a task names which algorithms it takes."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from typing import Any

from ..module_utils.compliance.state import Asked
from ..module_utils.errors import SpecError
from ..module_utils.ike.probe import Finding, Manners, probe
from ..module_utils.ike.transforms import combinations
from ..module_utils.ike.udp import check_target, udp_line
from ..module_utils.ike.wire import IkeError
from .controller_address import controller_address
from .specs import IKE_PROBE_SPEC

_OFFERS = combinations(
    *(IKE_PROBE_SPEC[name]["default"] for name in ("encryption", "integrity", "dh_groups", "authentication"))
)
"""All that ike_probe offers where nobody says otherwise: what the policies of Windows know, and AES."""


class Interview:
    """The addresses to ask, checked before anything is touched."""

    def __init__(self, options: Mapping[str, Any] | None, variables: Mapping[str, Any]) -> None:
        """Take the option ``ike_probe``, None asks nobody, and the variables of the host."""
        self._options: Mapping[str, Any] = options or {"addresses": []}
        given = {name: options[name] for name in ("timeout", "pause")} if options else {}
        self._manners = Manners(**given)
        self._named = {"ipsec_controller_address": variables.get("ipsec_controller_address")}
        self._addresses = tuple(
            dict.fromkeys(_address(one, "ike_probe.addresses") for one in self._options["addresses"])
        )
        for one in self._addresses:
            check_target(str(one), self._options["port"], self._options["source_port"])

    def ask(self) -> tuple[Asked, ...]:
        """Ask every address."""
        return tuple(self._ask(one) for one in self._addresses)

    def _ask(self, address: IPv4Address) -> Asked:
        found, problem = None, ""
        own = controller_address(str(address), self._named)
        try:
            found = self._probe(str(address))
        except IkeError as exc:
            problem = exc.problem
        return Asked(
            address, _address(own, "ipsec_controller_address") if own else None, found, problem, self._options["port"],
            self._options["source_port"], must_answer=self._options["must_answer"],
        )  # fmt: skip

    def _probe(self, address: str) -> Finding:
        with udp_line(address, self._options["port"], self._options["source_port"]) as line:
            return probe(line, _OFFERS, sweep=True, suites=True, manners=self._manners)


def _address(text: str, place: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except ValueError:
        raise SpecError(place, f"{text!r} is no IPv4 address") from None
