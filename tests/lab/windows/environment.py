# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables that a user's programs begin with, and the folder that is the user's own."""

from __future__ import annotations


def home_folder(user: str, modern: bool) -> str:
    """Return the folder of a user's profile."""
    if user == "SYSTEM":
        return r"C:\WINDOWS\system32\config\systemprofile"
    return rf"C:\Users\{user}" if modern else rf"C:\Documents and Settings\{user}"


def environment_of(user: str, computer: str, modern: bool) -> dict[str, tuple[str, str]]:
    """Return the variables by their name in capitals: the name as it is written, and the value."""
    home = home_folder(user, modern)
    temp = r"C:\WINDOWS\Temp" if user == "SYSTEM" else rf"{home}\Temp"
    plain = {
        "COMPUTERNAME": computer.upper(),
        "USERNAME": user,
        "USERDOMAIN": "NT AUTHORITY" if user == "SYSTEM" else computer.upper(),
        "USERPROFILE": home,
        "OS": "Windows_NT",
        "SystemDrive": "C:",
        "ComSpec": r"C:\WINDOWS\system32\cmd.exe",
        "SystemRoot": r"C:\WINDOWS",
        "windir": r"C:\WINDOWS",
        "TEMP": temp,
        "TMP": temp,
        "Path": r"C:\WINDOWS\system32;C:\WINDOWS;C:\WINDOWS\System32\Wbem",
        "PROMPT": "$P$G",
        "PATHEXT": ".COM;.EXE;.BAT;.CMD",
        "NUMBER_OF_PROCESSORS": "2",
    }
    return {name.upper(): (name, value) for name, value in plain.items()}
