# SPDX-License-Identifier: GPL-3.0-or-later
"""The store that the lab's netsh writes, held against one that a real Windows 11 wrote."""

from __future__ import annotations

import pytest
import yaml

from tests.lab.windows import reg_file
from tests.lab.windows.host import WindowsHost

from .golden import LOCAL, SHARED, comparable, read_reg

FOLDER = SHARED / "windows11-netsh"


def commands() -> list[str]:
    """Spell out the commands that made-by.yml tells."""
    told = yaml.safe_load((FOLDER / "made-by.yml").read_text(encoding="utf-8"))
    policy = told["policy"]
    lines = [f'add policy name="{policy["name"]}" description="{policy["description"]}" assign={policy["assign"]}']
    lines += [
        f'add filteraction name="{a["name"]}" action={a["action"]} description="{a["description"]}"'
        for a in told["filter_actions"]
    ]
    for service in told["services"]:
        for side, source, target in (("Inbound", "Any", "Me"), ("Outbound", "Me", "Any")):
            name, port = f"{side}_{service['name']}", service["port"]
            lines += [
                f'add filterlist name="{name}" description="{side} {service["name"]} port {port}"',
                f'add filter filterlist="{name}" srcaddr={source} dstaddr={target} '
                f"protocol={service['protocol']} dstport={port} mirrored=no",
                f'add rule name="Block_{name}" policy="{policy["name"]}" filterlist="{name}" filteraction=BlockAction',
            ]
    return [f"netsh ipsec static {line}" for line in [*lines, f'set policy name="{policy["name"]}" assign=y']]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no {FOLDER}: point IPSEC_SHARED_DATA to the genuine dumps")
def test_netsh_writes_what_windows_11_wrote() -> None:
    host = WindowsHost("w11", "server2022")
    for line in commands():
        assert host.run(line)[0] == 0, line
    genuine = comparable(read_reg((FOLDER / "store.reg").read_text(encoding="utf-16")))
    ours = comparable(read_reg(reg_file.export(host.registry, LOCAL)))
    assert len(genuine) == 131
    assert sorted(ours) == sorted(genuine)
    for label, values in genuine.items():
        assert ours[label] == values, label


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no {FOLDER}: point IPSEC_SHARED_DATA to the genuine dumps")
def test_export_writes_the_lines_of_a_genuine_export() -> None:
    text = (FOLDER / "store.reg").read_text(encoding="utf-16").replace("\r", "").replace("\n", "\r\n")
    host = WindowsHost("w11", "server2022")
    assert reg_file.apply(host.registry, text)
    root = LOCAL.removesuffix(r"\Policy\Local")
    assert reg_file.export(host.registry, root) == text.lstrip("\ufeff")
