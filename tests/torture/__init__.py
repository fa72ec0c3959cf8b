# SPDX-License-Identifier: GPL-3.0-or-later
"""Hundreds of changes, many of them hostile, through the real product against hosts that enforce what they are told."""

from __future__ import annotations
