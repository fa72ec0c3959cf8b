# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management faults a host answers with, by their numbers.

Numbers: wsmerror.h of the Windows SDK. Codes and sub-codes: DSP0226 section 14.6. Texts are never read by a program.
"""

from __future__ import annotations

import dataclasses
import enum


@dataclasses.dataclass(frozen=True, slots=True)
class FaultKind:
    """What is the same each time a fault of this kind is sent; `text` has {placeholders}."""

    number: int
    subcode: str
    text: str
    korean: str
    sender: bool = True


class Fault(enum.Enum):
    """Every fault the lab can send."""

    TIMED_OUT = FaultKind(
        2150858793,
        "w:TimedOut",
        "The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
        "WS-Management 서비스가 OperationTimeout에 지정된 시간 안에 작업을 완료할 수 없습니다.",
        sender=False,
    )
    NO_SUCH_SHELL = FaultKind(
        2150858843,
        "w:InvalidSelectors",
        "The request for the Windows Remote Shell with ShellId {shell} failed because the shell was not found on the"
        " server. Possible causes are: the specified ShellId is incorrect or the shell no longer exists on the server."
        " Provide the correct ShellId or create a new shell and retry the operation. ",
        "ShellId가 {shell}인 Windows 원격 셸에 대한 요청이 실패했습니다. 서버에서 셸을 찾을 수 없습니다.",
    )
    BAD_PARAMETER = FaultKind(87, "w:InvalidParameter", "The parameter is incorrect. ", "매개 변수가 틀립니다.")
    SHELLS_2003 = FaultKind(
        2150858815,
        "w:QuotaLimit",
        "The Windows Remote Shell cannot process the request. The server is already executing the maximum number of"
        " concurrent shells a user can remotely open on the same system. Retry later. ",
        "Windows 원격 셸이 요청을 처리할 수 없습니다. 사용자가 원격으로 열 수 있는 동시 셸의 최대 수에 도달했습니다.",
    )
    SHELLS = FaultKind(
        2150859173,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. This user is allowed a maximum number of {limit}"
        " concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user. ",
        "WS-Management 서비스가 요청을 처리할 수 없습니다. 이 사용자의 동시 셸 최대 수 {limit}을(를) 초과했습니다.",
    )
    SHELL_USERS = FaultKind(
        2150859179,
        "w:QuotaLimit",
        "The WS-Management service cannot process the request. The maximum number of users executing shell operations"
        " has been exceeded. Retry after sometime or raise the quota for concurrent shell users. ",
        "WS-Management 서비스가 요청을 처리할 수 없습니다. 셸 작업을 실행하는 최대 사용자 수를 초과했습니다.",
    )
    OPERATIONS = FaultKind(
        2150859174,
        "w:InternalError",
        "The WS-Management service cannot process the request. This user is allowed a maximum number of {limit}"
        " concurrent operations, which has been exceeded. Close existing operations for this user, or raise the quota"
        " for this user. ",
        "WS-Management 서비스가 요청을 처리할 수 없습니다. 이 사용자의 동시 작업 최대 수 {limit}을(를) 초과했습니다.",
        sender=False,
    )
    PROCESSES = FaultKind(
        2150858815,
        "w:QuotaLimit",
        "The Windows Remote Shell cannot process the request. The maximum number of processes per shell ({limit}) has"
        " been reached. ",
        "Windows 원격 셸이 요청을 처리할 수 없습니다. 셸당 최대 프로세스 수({limit})에 도달했습니다.",
    )
    CONCURRENCY = FaultKind(
        2150858802,
        "w:Concurrency",
        "The WS-Management service cannot complete the WS-Addressing Action URI in the request because the resource"
        " was already in use. ",
        "리소스가 이미 사용 중이므로 WS-Management 서비스가 요청의 작업을 완료할 수 없습니다.",
    )
    ACCESS_DENIED = FaultKind(5, "w:AccessDenied", "Access is denied. ", "액세스가 거부되었습니다.")
    BAD_ACTION = FaultKind(
        2150858753,
        "a:ActionNotSupported",
        "The WS-Management service cannot process the request. The WS-Addressing action URI is invalid. ",
        "WS-Management 서비스가 요청을 처리할 수 없습니다. WS-Addressing 작업 URI가 잘못되었습니다.",
    )
    NO_SUCH_RESOURCE = FaultKind(
        2150858752,
        "a:DestinationUnreachable",
        "The WS-Management service cannot process the request. The service cannot find the resource identified by the"
        " resource URI and selectors. ",
        "WS-Management 서비스가 요청을 처리할 수 없습니다. 리소스 URI와 선택기로 식별되는 리소스를 찾을 수 없습니다.",
    )
    BAD_XML = FaultKind(
        2150858817,
        "w:SchemaValidationError",
        "The SOAP XML in the message does not match the corresponding XML schema definition."
        " Change the XML and retry. ",
        "메시지의 SOAP XML이 해당 XML 스키마 정의와 일치하지 않습니다.",
    )


class WsmanError(Exception):
    """A request that is answered with a fault."""

    def __init__(self, fault: Fault, **details: object) -> None:
        """Take the kind and the values of its text's placeholders."""
        super().__init__(fault.name)
        self.kind = fault.value
        self.details = details

    def text(self, language: str) -> str:
        """Return the message in the host's language (`ko`, anything else is English)."""
        template = self.kind.korean if language.startswith("ko") else self.kind.text
        return template.format(**self.details)
