# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The remote shells that are open on a host: which, how old, from where.

Resource: MS-WSMV section 3.1.4.8.2 and its note <114> (…/windows/shell/cmd on WinRM 1.1, …/windows/shell later).
Elements: MS-WSMV section 2.2.4.37 (Shell).
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from xml.etree import ElementTree

from .pywinrm import TROUBLE, WsmanFault, unparse

_SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?")
_PULLS = 20


@dataclasses.dataclass(frozen=True)
class OpenShell:
    """One remote shell; ages in seconds, None where the host does not tell."""

    shell_id: str
    client: str
    age: int | None
    idle: int | None

    def __str__(self) -> str:
        """Say it in a few words."""
        told = [f"opened by {self.client or 'an unknown client'}"]
        if self.age is not None:
            told.append(f"{span(self.age)} ago")
        if self.idle is not None:
            told.append(f"idle for {span(self.idle)}")
        return f"{self.shell_id} ({', '.join(told)})"


def span(seconds: int) -> str:
    """Write a number of seconds for a person."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def list_shells(protocol: Any) -> tuple[OpenShell, ...]:
    """Return the open shells of the user who is logged in; nothing where the host does not tell."""
    for resource in (_SHELL, f"{_SHELL}/cmd"):
        try:
            return _enumerate(protocol, resource)
        except WsmanFault:
            continue
        except TROUBLE:
            break
    return ()


def _enumerate(protocol: Any, resource: str) -> tuple[OpenShell, ...]:
    root = _send(protocol, resource, "Enumerate", {})
    shells = _shells(root)
    for _unused in range(_PULLS):
        context = _text(root, "EnumerationContext")
        if not context or _has(root, "EndOfSequence"):
            break
        root = _send(protocol, resource, "Pull", {"n:EnumerationContext": context, "n:MaxElements": "50"})
        shells += _shells(root)
    return shells


def _send(protocol: Any, resource: str, action: str, body: dict[str, str]) -> ElementTree.Element:
    message = protocol.build_wsman_header(action=f"{_ENUMERATION}/{action}", resource_uri=resource)
    answer = protocol.send_message(unparse({"env:Envelope": {**message, "env:Body": {f"n:{action}": body}}}))
    return ElementTree.fromstring(answer)  # noqa: S314 - pywinrm reads every answer of the host so


def _shells(root: ElementTree.Element) -> tuple[OpenShell, ...]:
    return tuple(
        OpenShell(
            _text(node, "ShellId"), _text(node, "ClientIP"), _age(node, "ShellRunTime"), _age(node, "ShellInactivity")
        )
        for node in root.iter()
        if node.tag.endswith("}Shell")
    )


def _text(root: ElementTree.Element, name: str) -> str:
    return next((node.text or "" for node in root.iter() if node.tag.endswith(f"}}{name}")), "").strip()


def _has(root: ElementTree.Element, name: str) -> bool:
    return any(node.tag.endswith(f"}}{name}") for node in root.iter())


def _age(node: ElementTree.Element, name: str) -> int | None:
    match = _DURATION.fullmatch(_text(node, name))
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
