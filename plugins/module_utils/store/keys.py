# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of the policy store: classes of objects, their type GUIDs, their values, and where all of it lies."""

from __future__ import annotations

import enum
from uuid import UUID

_IPSEC_KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\IPSec"
LOCAL_STORE_KEY = f"{_IPSEC_KEY}\\Policy\\Local"
ASSIGNMENT_KEY = f"{_IPSEC_KEY}\\GPTIPSECPolicy"


class Generation(enum.Enum):
    """The two forms of the store: Windows 2000 to Server 2003, and Vista to this day."""

    SERVER_2003 = "2000-2003"
    VISTA = "vista"


class ObjectClass(enum.Enum):
    """The five classes of objects, by the word that their keys begin with ([MS-GPIPSEC] 2.2.1)."""

    POLICY = "ipsecPolicy"
    MAIN_MODE = "ipsecISAKMPPolicy"
    RULE = "ipsecNFA"
    ACTION = "ipsecNegotiationPolicy"
    FILTER_LIST = "ipsecFilter"


BLOB_TYPES = {
    ObjectClass.POLICY: UUID("22202163-4f4c-11d1-863b-00a0248d3021"),
    ObjectClass.MAIN_MODE: UUID("80dc20b8-2ec8-11d1-a89e-00a0248d3021"),
    ObjectClass.RULE: UUID("11bbac00-498d-11d1-8639-00a0248d3021"),
    ObjectClass.ACTION: UUID("80dc20b9-2ec8-11d1-a89e-00a0248d3021"),
    ObjectClass.FILTER_LIST: UUID("80dc20b5-2ec8-11d1-a89e-00a0248d3021"),
}
"""The GUID at the start of the binary data of each class ([MS-GPIPSEC] 2.2.1.1.1 to 2.2.1.5.1)."""

ACTION_BLOCK = UUID("3f91a819-7647-11d1-864d-d46a00000000")
ACTION_PERMIT = UUID("8a171dd2-77e3-11d1-8659-a04f00000000")
ACTION_NEGOTIATE = UUID("8a171dd3-77e3-11d1-8659-a04f00000000")
ACTION_NEGOTIATE_INBOUND_PASSTHROUGH = UUID("3f91a81a-7647-11d1-864d-d46a00000000")
"""Values of ipsecNegotiationPolicyAction ([MS-GPIPSEC] 2.2.1.4.1)."""

TYPE_ORDINARY = UUID("62f49e10-6c37-11d1-864c-14a300000000")
TYPE_DEFAULT_RESPONSE = UUID("62f49e13-6c37-11d1-864c-14a300000000")
"""Values of ipsecNegotiationPolicyType; the specification prints a dash too many, dumps have this form."""

POLICY_REFERENCES = ("ipsecISAKMPReference", "ipsecNFAReference")
RULE_REFERENCES = ("ipsecNegotiationPolicyReference", "ipsecFilterReference")
OWNERS_REFERENCE = "ipsecOwnersReference"
REFERENCE_TARGETS = {
    "ipsecISAKMPReference": ObjectClass.MAIN_MODE,
    "ipsecNFAReference": ObjectClass.RULE,
    "ipsecNegotiationPolicyReference": ObjectClass.ACTION,
    "ipsecFilterReference": ObjectClass.FILTER_LIST,
}
"""Which class each reference leads to; a chain of references goes down this way and can never come back."""
