# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files to and from a host with nothing but cmd.exe and certutil: base64 through standard input and output.

``findstr "^"`` copies its input line by line, ``certutil -decode`` and ``-encode`` turn base64 into bytes and back
(Windows Server 2003 command reference, "Findstr" and "Certutil"); what arrived is measured by its size.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from pathlib import Path

from ansible.errors import AnsibleError, AnsibleFileNotFound

Run = Callable[[str, bytes], tuple[int, bytes, bytes]]
"""Runs a command line with standard input; returns exit code, output and errors."""

_FORBIDDEN = frozenset('"<>|*?')
_LINE = 76
_BIGGEST = 32 * 1024 * 1024


def put_file(run: Run, source: str, target: str) -> None:
    """Copy a local file to a path of the host, byte for byte; AnsibleError when it did not arrive whole."""
    path = _checked(target)
    try:
        data = Path(source).read_bytes()
    except FileNotFoundError:
        raise AnsibleFileNotFound(file_name=source) from None
    if len(data) > _BIGGEST:
        raise AnsibleError(
            f"{source} has {len(data)} bytes: more than {_BIGGEST} do not go through cmd.exe; use a share."
        )
    part = f"{path}.{secrets.token_hex(4)}.b64"
    if data:
        command = f'findstr "^" >"{part}" && certutil -f -decode "{part}" "{path}" >nul && {_size(path)}'
        code, out, _errors = run(f'{command} & del "{part}" 2>nul', _lines(data))
    else:
        code, out, _errors = run(f'type nul >"{path}" && {_size(path)}', b"")
    found = out.split()[-1].decode("ascii", "replace") if out.split() else "nothing"
    if found != str(len(data)):
        raise AnsibleError(
            f"{target} was not written: {len(data)} bytes were sent, {found} arrived (exit code {code}); see that the"
            " folder exists, may be written, and that the host has certutil (Windows Server 2003 and later)."
        )


def fetch_file(run: Run, source: str, target: str) -> None:
    """Copy a file of the host to a local path, byte for byte; AnsibleError when it cannot be read whole."""
    path = _checked(source)
    part = f"%TEMP%\\{secrets.token_hex(8)}.b64"
    size_code, size_out, _errors = run(_size(path), b"")
    size = size_out.strip()
    if size_code or not size.isdigit():
        raise AnsibleFileNotFound(f"{source} is no file on the host, or may not be read there.")
    data = b""
    if int(size):
        code, out, _errors = run(
            f'certutil -f -encode "{path}" "{part}" >nul && type "{part}" & del "{part}" 2>nul', b""
        )
        data = _bytes(out, f"{source} was not read (exit code {code})")
    if len(data) != int(size):
        raise AnsibleError(f"{source} was not read whole: it has {int(size)} bytes, {len(data)} came; try again.")
    Path(target).write_bytes(data)


def _checked(path: str) -> str:
    bad = sorted(_FORBIDDEN & set(path)) or [c for c in path if ord(c) < ord(" ")]
    if bad or not path:
        raise AnsibleError(
            f"{path!r} is no path of a Windows file: it must not be empty or hold {bad[0] if bad else ''!r}."
        )
    return path


def _size(path: str) -> str:
    return f'(for %I in ("{path}") do @echo %~zI)'


def _lines(data: bytes) -> bytes:
    text = base64.b64encode(data)
    return b"".join(text[at : at + _LINE] + b"\r\n" for at in range(0, len(text), _LINE))


def _bytes(text: bytes, problem: str) -> bytes:
    lines = [line.strip() for line in text.splitlines()]
    body = b"".join(line for line in lines if line and not line.startswith(b"-----"))
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise AnsibleError(f"{problem}: see that the host has certutil (Windows Server 2003 and later).") from None
