# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated Windows host is and what its commands do; shares no code with the product."""
