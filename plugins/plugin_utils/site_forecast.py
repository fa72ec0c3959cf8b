# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to the collection: the forecast of a play, from the inventory and what was read from its hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from ..module_utils.errors import SpecError
from ..module_utils.forecast.awakening import once_running
from ..module_utils.forecast.counterparts import Counterpart, beside, ends
from ..module_utils.forecast.flows import Conversations, management_conversations, site_conversations
from ..module_utils.forecast.foresee import Foresight, foresee, joined
from ..module_utils.forecast.own_flows import own_conversations
from ..module_utils.forecast.packet import filters_in_force
from ..module_utils.forecast.standing import station_after, station_from_info
from ..module_utils.forecast.station import Station
from ..module_utils.forecast.transit import in_waves, transit
from ..module_utils.model.shapes import mapping
from ..module_utils.topology.site import Role, Site
from .controller_address import CONTROLLER, controller_address
from .declared import Declaration, site_of
from .role_declarations import RoleVariables, checked, role_of

HTTP, HTTPS = 5985, 5986
_GROUPS = ", ".join(role.value for role in Role)


class PlayForecast:
    """Forecasts what a play would do to the hosts that it still has, or to those that are named with counterparts.

    ``hosts`` are those, and ``taken_along`` the counterparts among them once the result is there.
    """

    def __init__(self, args: Mapping[str, Any], task_vars: Mapping[str, Any], roles: RoleVariables) -> None:
        """Take the checked arguments of the task, Ansible's variables and those of the roles."""
        self._roles = roles
        self._args = args
        self._groups: Mapping[str, Sequence[str]] = task_vars["groups"]
        self._hostvars: Mapping[str, Mapping[str, Any]] = task_vars["hostvars"]
        absent = {*args["absent"]}
        self._present = {name: [host for host in group if host not in absent] for name, group in self._groups.items()}
        for host in args["policies"]:
            if role_of(host, self._groups) is None:
                raise SpecError(f"policies.{host}", f"the inventory has no such host in the groups {_GROUPS}")
        self._named: Sequence[str] | None = args["with_counterparts"]
        self._play: Sequence[str] = task_vars["ansible_play_hosts" if self._named is None else "ansible_play_hosts_all"]
        self.hosts = list(self._play) if self._named is None else self._servers(self._named)
        self.taken_along: list[Counterpart] = []

    def result(self) -> Foresight:
        """Forecast what would be done; with_counterparts takes all along who would not fit, and those who need them."""
        found = self._forecast(self.hosts)
        if self._named is None:
            return found
        while more := self._beside(found, self.hosts):
            self.taken_along += more.values()
            self.hosts += [*more]
            found = self._forecast(self.hosts)
        if missing := [host for host in self.hosts if host not in self._play]:
            raise SpecError("with_counterparts", f"{', '.join(missing)} must take part; leave --limit out")
        return found

    def limit(self, found: Foresight) -> str:
        """Give a value of --limit for a forecast: the hosts of the play, and all outside it that would not fit to them.

        Whoever is taken along has counterparts of his own. Only when these do not help, others that do not fit to each
        other are named too. Empty where nobody outside is concerned.
        """
        play = list(self.hosts)
        while outside := {*self._beside(found, play)} or ends(found.findings) & self._hostvars.keys() - {*play}:
            play += outside
            try:
                found = self._forecast(play)
            except SpecError:  # a counterpart without variables of a role has no counterparts that could be told
                break
        return ":".join(sorted(play)) if len(play) > len(self.hosts) else ""

    def _beside(self, found: Foresight, hosts: Sequence[str]) -> dict[str, Counterpart]:
        """Give the servers outside these hosts that would not fit to one of them."""
        servers = beside(found.findings, hosts)
        return {name: one for name, one in servers.items() if role_of(name, self._groups)}

    def _servers(self, names: Sequence[str]) -> list[str]:
        """Give the servers of these names of hosts and groups."""
        found: list[str] = []
        for name in names:
            members = [host for host in self._groups.get(name, [name]) if role_of(host, self._groups)]
            if not members:
                raise SpecError("with_counterparts", f"{name!r} names no host of the groups {_GROUPS}")
            found += members
        return list(dict.fromkeys(found))

    def _forecast(self, play: Sequence[str]) -> Foresight:
        """Forecast each site that a host of a play names on its own, and put them together."""
        wanted: dict[str, dict[str, Any]] = {}
        site_names: dict[str, str] = {}
        for host in play:
            role = role_of(host, self._groups)
            if role is not None:
                given = self._args["policies"].get(host) or self._roles.declaration(role, self._hostvars[host])
                wanted[host] = checked(host, mapping(given, f"policies.{host}"))
                site_names[host] = self._site_name(wanted[host], role, host)
        names = dict.fromkeys(site_names.values())
        sites = {name: site_of(name or None, self._groups, self._hostvars) for name in names}
        present = [site_of(name or None, self._present, self._hostvars) for name in names]
        by_host = {host: sites[name] for host, name in site_names.items()}
        return joined([self._site(site, by_host, wanted) for site in present])

    def _site_name(self, declared: Mapping[str, Any], role: Role, host: str) -> str:
        """Give the site that a declaration names; one of rules names none, so there it is that of the host's role."""
        topology = declared["topology"] or {"site": self._roles.value(role, "site", self._hostvars[host])}
        return str(topology.get("site") or "")

    def _site(self, site: Site, sites: Mapping[str, Site], wanted: Mapping[str, dict[str, Any]]) -> Foresight:
        """Forecast the present hosts of a site; each gets the policy of the whole site that it names itself."""
        before, after = [], []
        for role in Role:
            virtual = site.virtual_addresses if role is Role.BACK_END else ()
            for host in site.hosts(role):
                now = station_from_info(host.name, host.addresses, self._read(host.name), virtual)
                before.append(now)
                own = wanted.get(host.name)
                after.append(_later(now, own, sites[host.name], self._hostvars[host.name]) if own else now)
        kdcs = [host.name for host in site.domain_controllers]
        talks = self._conversations(site, before, after)
        found = foresee(before, after, wanted, talks, kdcs)
        waves = [[host for host in wanted if host in self._groups.get(group, ())] for group in self._args["order"]]
        later = once_running(found, before, after, wanted, talks, kdcs)
        return found.with_findings((*transit(in_waves(before, after, waves, talks, kdcs)), *later))

    def _read(self, host: str) -> Mapping[str, Any] | None:
        """Give what was read from a host, None where nobody did."""
        place, told = f"peers.{host}", self._args["peers"].get(host)
        if not told:
            now = self._args["now"]
            place, told = f"{now} of {host}", self._hostvars[host].get(now)
        return mapping(told, place, "a result of policy_info") if told else None

    def _conversations(
        self, site: Site, before: Sequence[Station], after: Sequence[Station]
    ) -> tuple[Conversations, ...]:
        filters = [one for station in (*before, *after) for one in filters_in_force(station.policy)]
        hosts = {host.name: host.addresses for role in Role for host in site.hosts(role)}
        ports = {name: _winrm_port(self._hostvars[name]) for name in hosts}
        return (
            *site_conversations(site),
            *management_conversations(site, self._networks(hosts), ports, filters),
            *own_conversations(self._args["flows"], hosts, self._groups, filters),
        )

    def _networks(self, hosts: Mapping[str, tuple[IPv4Address, ...]]) -> tuple[IPv4Network, ...]:
        """Give the management networks: those of the task, those of the roles, the controller's own addresses."""
        texts = [("management", one) for one in self._args["management"]]
        for name in hosts:
            variables, role = self._hostvars[name], role_of(name, self._groups)
            given = self._roles.listed(role, "management", variables) if role else []
            texts += [(f"management of {name}", one) for one in given if one != CONTROLLER]
            own = controller_address(name, variables) if self._args["controller"] or CONTROLLER in given else None
            _refuse_as_server(own, hosts)
            texts += [("ipsec_controller_address", own)] if own else []
        return tuple(dict.fromkeys(_network(place, one) for place, one in texts))


def _refuse_as_server(own: str | None, hosts: Mapping[str, tuple[IPv4Address, ...]]) -> None:
    """Refuse an inventory that gives a server the controller's address, where every way in would look like a server's.

    A controller of Ansible is no Windows server.
    """
    for name, addresses in hosts.items():
        if own is not None and own in [str(one) for one in addresses]:
            raise SpecError(
                f"ipsec_addresses of {name}",
                f"holds {own}, the address of this controller; correct it, or set ipsec_controller_address",
            )


def _later(now: Station, wanted: Mapping[str, Any], site: Site, variables: Mapping[str, Any]) -> Station:
    declared = Declaration(wanted, site if wanted["topology"] else None, now.name, variables)
    try:
        policy = declared.policy(now.version)
    except SpecError as exc:
        raise SpecError(f"the policy of {now.name}: {exc.place}", exc.problem) from None
    return station_after(now, policy, wanted["name"], wanted["assigned"])


def _network(place: str, text: Any) -> IPv4Network:
    try:
        return IPv4Network(str(text))
    except ValueError as exc:
        raise SpecError(place, f"{text!r} is no IPv4 address or subnet ({exc})") from None


def _winrm_port(variables: Mapping[str, Any]) -> int:
    """Give the port where WinRM listens on the host, as the inventory tells the connection."""
    for name in ("ipsec_winrm_port", "ansible_winrm_port", "ansible_port"):
        if variables.get(name):
            text = str(variables[name])
            if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
                raise SpecError(name, f"{text!r} is no port (1 to 65535)")
            return int(text)
    return HTTP if variables.get("ansible_winrm_scheme") == "http" else HTTPS
