# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions by their numbers, as ``ver`` prints them."""

from __future__ import annotations

import pytest

from ansible_collections.exchange.ipsec.plugins.module_utils.model.windows import WindowsVersion


@pytest.mark.parametrize(
    ("numbers", "name", "vista"),
    [
        ((5, 0, 2195), "Windows 2000", False),
        ((5, 2, 3790), "Windows Server 2003", False),
        ((6, 0, 6002), "Windows Server 2008", True),
        ((6, 3, 9600), "Windows Server 2012 R2", True),
        ((10, 0, 14393), "Windows Server 2016", True),
        ((10, 0, 20348), "Windows Server 2022", True),
        ((10, 0, 26100), "Windows Server 2025", True),
        ((4, 0, 1381), "Windows 4.0.1381", False),
        ((10, 0, 10240), "Windows 10.0.10240", True),
    ],
)
def test_names(numbers: tuple[int, int, int], name: str, vista: bool) -> None:
    version = WindowsVersion(*numbers)
    assert (version.name, version.is_vista_or_later) == (name, vista)
