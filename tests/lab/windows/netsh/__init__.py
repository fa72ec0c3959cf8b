# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh.exe: the shell in its three modes and the contexts `ipsec static` and `ipsec dynamic`."""
