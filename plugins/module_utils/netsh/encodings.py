# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bytes of a script to text: byte order marks, UTF-8, and a judgement between East Asian and Western code pages."""

from __future__ import annotations

import codecs

from ..errors import TextError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LAST_HANGUL_LEAD = 0xC8
"""In EUC-KR (KS X 1001) syllables have lead bytes B0 to C8; what is above is Chinese characters, rare in Korean."""


def decode_script(data: bytes, source: str, encoding: str | None = None) -> tuple[str, str]:
    """Give the text of a script and the encoding it was read as.

    Without ``encoding`` it is found: a byte order mark, UTF-16 by its zero bytes, UTF-8, then cp949 (Korean), gb18030
    (Chinese) or cp1252. TextError with line and column where the bytes do not fit.
    """
    found = encoding or detect(data)
    try:
        return data.decode(found).removeprefix("\ufeff"), found
    except UnicodeDecodeError as exc:
        before = data[: exc.start].split(b"\n")
        hint = "" if encoding else "; name its encoding"
        raise TextError(
            source, len(before), len(before[-1]) + 1, f"byte 0x{data[exc.start]:02x} is not {found}{hint}"
        ) from None
    except LookupError:
        raise TextError(source, 1, 1, f"{found!r} is no encoding that Python knows") from None
    except (UnicodeError, ValueError):
        raise TextError(source, 1, 1, f"the bytes are not {found!r}") from None


def detect(data: bytes) -> str:
    """Judge in which encoding a script is written; never fails, may be wrong for a few bytes of East Asian text."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return marked
    if b"\0" in data:
        return "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _eight_bit(data)
    return "utf-8"


def _eight_bit(data: bytes) -> str:
    """Tell code pages apart by their lead bytes: Western accents stand alone, East Asian characters in pairs."""
    leads, singles, index = [], 0, 0
    while index < len(data):
        if data[index] < 0x80:
            index += 1
        elif index + 1 < len(data) and data[index + 1] >= 0x80:
            leads.append(data[index])
            index += 2
        else:
            singles += 1
            index += 1
    if singles > len(leads):
        return "cp1252"
    above = sum(lead > _LAST_HANGUL_LEAD for lead in leads)
    return "gb18030" if above * 10 > len(leads) else "cp949"
