# SPDX-License-Identifier: GPL-3.0-or-later
"""Shells, their output and the service described in XML: Identify, Get, Enumerate and Receive."""

from __future__ import annotations

import base64
from xml.sax.saxutils import escape

from tests.lab.windows.profile import Quotas
from tests.lab.wire.envelope import IDENTITY, SHELL, SOAP
from tests.lab.wire.shell import Command, Piece, Shell

_STATE = f"{SHELL}/CommandState"
_CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"


def identify(version: str, service_pack: str, stack: str) -> bytes:
    """Return the answer to Identify (DSP0226 section 11; product version as in MS-WSMV note <72>)."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}"><s:Header/><s:Body>'
        f'<wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
        "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>"
        "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>OS: {version} SP: {service_pack} Stack: {stack}</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()


def shell_reference(shell: Shell) -> str:
    """Return the endpoint reference that Create answers with, and the shell itself."""
    return (
        "<x:ResourceCreated><a:Address>http://localhost/wsman</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{SHELL}/cmd</w:ResourceURI>"
        f'<w:SelectorSet><w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet>'
        f"</a:ReferenceParameters></x:ResourceCreated>{describe(shell)}"
    )


def describe(shell: Shell) -> str:
    """Return a shell as Get and Enumerate show it (MS-WSMV section 2.2.4.37)."""
    idle = "" if shell.idle_timeout is None else f"<rsp:IdleTimeOut>PT{shell.idle_timeout:.3f}S</rsp:IdleTimeOut>"
    now = shell.clock()
    return (
        f"<rsp:Shell><rsp:ShellId>{shell.id}</rsp:ShellId><rsp:ResourceUri>{SHELL}/cmd</rsp:ResourceUri>"
        f"<rsp:Owner>{escape(shell.owner)}</rsp:Owner><rsp:ClientIP>{shell.client}</rsp:ClientIP>{idle}"
        "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
        f"<rsp:ShellRunTime>P0DT0H0M{int(now - shell.opened)}S</rsp:ShellRunTime>"
        f"<rsp:ShellInactivity>P0DT0H0M{int(now - shell.used)}S</rsp:ShellInactivity></rsp:Shell>"
    )


def config(quotas: Quotas) -> str:
    """Return the part of winrm/config that clients ask for: the envelope size and the shell quotas."""
    return (
        f'<cfg:Config xmlns:cfg="{_CONFIG}"><cfg:MaxEnvelopeSizekb>{quotas.max_envelope_kb}</cfg:MaxEnvelopeSizekb>'
        "<cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms><cfg:Winrs>"
        f"<cfg:MaxConcurrentUsers>{quotas.max_concurrent_users}</cfg:MaxConcurrentUsers>"
        f"<cfg:MaxProcessesPerShell>{quotas.max_processes_per_shell}</cfg:MaxProcessesPerShell>"
        f"<cfg:MaxShellsPerUser>{quotas.max_shells_per_user}</cfg:MaxShellsPerUser>"
        "</cfg:Winrs></cfg:Config>"
    )


def output(command: Command, piece: Piece) -> str:
    """Return output, and the state of the command, as MS-WSMV section 3.1.4.14 puts them."""
    streams = [
        f'<rsp:Stream Name="{name}" CommandId="{command.id}">{base64.b64encode(data).decode()}</rsp:Stream>'
        for name, data in piece.streams
    ]
    if piece.exit_code is None:
        return f'{"".join(streams)}<rsp:CommandState CommandId="{command.id}" State="{_STATE}/Running"/>'
    streams += [f'<rsp:Stream Name="{name}" CommandId="{command.id}" End="true"/>' for name in ("stdout", "stderr")]
    code = (piece.exit_code + 2**31) % 2**32 - 2**31
    return (
        f'{"".join(streams)}<rsp:CommandState CommandId="{command.id}" State="{_STATE}/Done">'
        f"<rsp:ExitCode>{code}</rsp:ExitCode></rsp:CommandState>"
    )
