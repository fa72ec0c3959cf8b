# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The binary data of an ipsecPolicy object: how often Windows looks for a change ([MS-GPIPSEC] 2.2.1.1.1)."""

from __future__ import annotations

import dataclasses

from ..errors import StoreFormatError
from .keys import BLOB_TYPES, ObjectClass
from .wire import ByteWriter, check_length, read_frame

DEFAULT_POLLING_SECONDS = 10_800
"""What 0 means."""

_TYPE = BLOB_TYPES[ObjectClass.POLICY]


@dataclasses.dataclass(frozen=True)
class PolicyBlob:
    """All of a blob: the polling interval in seconds, the length in its frame, and what follows the fields."""

    polling_seconds: int
    data_length: int = 4
    tail: bytes = b"\0"


def decode_policy_blob(data: bytes, what: str) -> PolicyBlob:
    """Read a blob (docs/registry-store.md, table P); StoreFormatError names ``what`` and the byte offset."""
    reader, length = read_frame(data, _TYPE, what)
    polling = reader.number("the polling interval")
    check_length(reader, length, 20)
    return PolicyBlob(polling, length, reader.rest())


def encode_policy_blob(blob: PolicyBlob) -> bytes:
    """Write a blob; the exact inverse of decode_policy_blob."""
    writer = ByteWriter()
    writer.guid(_TYPE)
    writer.number(blob.data_length)
    writer.number(blob.polling_seconds)
    writer.raw(blob.tail)
    return writer.finish()


def polling_minutes(blob: PolicyBlob, what: str) -> int:
    """Give the polling interval in whole minutes."""
    seconds = blob.polling_seconds or DEFAULT_POLLING_SECONDS
    if seconds % 60:
        raise StoreFormatError(what, f"the polling interval is {seconds} seconds, which are no whole minutes", 20)
    return seconds // 60


def policy_blob(minutes: int) -> PolicyBlob:
    """Make the blob for a polling interval in minutes; both generations write the same."""
    return PolicyBlob(minutes * 60)
