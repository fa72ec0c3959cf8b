# SPDX-License-Identifier: GPL-3.0-or-later
"""SOAP envelopes of WS-Management: requests taken apart, answers put together.

Source: DSP0226 (WS-Management 1.0) and MS-WSMV section 2.2.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from tests.lab.wire.fault import Fault, WsmanError

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
WSMAN_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, huge_tree=False)
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_HEAD = (
    f'<s:Envelope xml:lang="{{language}}" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}"'
    f' xmlns:x="{TRANSFER}" xmlns:n="{ENUMERATION}" xmlns:rsp="{SHELL}" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd">'
    "<s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{message}</a:MessageID>"
    f"<a:To>{ADDRESSING}/role/anonymous</a:To><a:RelatesTo>{{relates_to}}</a:RelatesTo></s:Header>"
    "<s:Body>"
)
_TAIL = "</s:Body></s:Envelope>"


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request of a client; `timeout` in seconds, `envelope_size` in bytes, `body` the SOAP body element."""

    action: str
    message_id: str
    resource: str
    selectors: dict[str, str]
    options: dict[str, str]
    timeout: float
    envelope_size: int
    body: etree._Element

    @property
    def shell_id(self) -> str:
        """The shell the request is for; empty when it names none."""
        return next((value for name, value in self.selectors.items() if name.lower() == "shellid"), "")

    def find(self, name: str, namespace: str = SHELL) -> etree._Element | None:
        """Return the first element of that name in the body."""
        return self.body.find(f".//{{{namespace}}}{name}")


def seconds(duration: str) -> float:
    """Read an xs:duration without years and months; ValueError when it is none."""
    match = _DURATION.fullmatch(duration.strip())
    if match is None:
        raise ValueError(f"{duration!r} is not a duration")
    days, hours, minutes, secs = (float(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + secs


def parse_request(content: bytes) -> Request:
    """Take an envelope apart; a WsmanError when it is not one."""
    try:
        root = etree.fromstring(content, _PARSER)
        header = root.find(f"{{{SOAP}}}Header")
        body = root.find(f"{{{SOAP}}}Body")
        if body is None:
            raise ValueError("no body")
        if header is None:
            header = etree.Element("none")
        return Request(
            action=_text(header, ADDRESSING, "Action"),
            message_id=_text(header, ADDRESSING, "MessageID"),
            resource=_text(header, WSMAN, "ResourceURI"),
            selectors=_named(header, "Selector"),
            options=_named(header, "Option"),
            timeout=seconds(_text(header, WSMAN, "OperationTimeout") or "PT60S"),
            envelope_size=int(_text(header, WSMAN, "MaxEnvelopeSize") or 153600),
            body=body,
        )
    except (etree.XMLSyntaxError, ValueError) as exc:
        raise WsmanError(Fault.BAD_XML) from exc


def answer(action: str, relates_to: str, body: str, language: str = "en-US") -> bytes:
    """Return the envelope that answers a request; `body` is XML with the prefixes s a w x n rsp."""
    head = _HEAD.format(language=language, action=action, message=_message_id(), relates_to=escape(relates_to))
    return f"{head}{body}{_TAIL}".encode()


def fault_answer(error: WsmanError, relates_to: str, machine: str, language: str = "en-US") -> bytes:
    """Return the envelope of a fault, as MS-WSMV section 2.2.4.43 (WSManFaultType) describes it."""
    kind = error.kind
    text = escape(error.text(language))
    body = (
        f"<s:Fault><s:Code><s:Value>s:{'Sender' if kind.sender else 'Receiver'}</s:Value>"
        f"<s:Subcode><s:Value>{kind.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="{language}">{text}</s:Text></s:Reason>'
        f'<s:Detail><f:WSManFault xmlns:f="{WSMAN_FAULT}" Code="{kind.number}" Machine={quoteattr(machine)}>'
        f"<f:Message>{text}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return answer(FAULT_ACTION, relates_to, body, language)


def _message_id() -> str:
    return str(uuid.uuid4()).upper()


def _text(header: etree._Element, namespace: str, name: str) -> str:
    return (header.findtext(f"{{{namespace}}}{name}") or "").strip()


def _named(header: etree._Element, name: str) -> dict[str, str]:
    found = header.iterfind(f"{{{WSMAN}}}{name}Set/{{{WSMAN}}}{name}")
    return {element.get("Name", ""): element.text or "" for element in found}
