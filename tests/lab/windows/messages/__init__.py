# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows says, by language: en.json is complete, another language replaces what Windows translates.

A key may carry a generation (`reg.done@xp`, `reg.done@vista`): that text is for hosts of that generation only.
Texts are written with plain line ends here and printed with CR LF.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path


@functools.cache
def load_catalogue(language: str) -> dict[str, str]:
    """Return a language's messages by key; what it does not translate is English."""
    folder = Path(__file__).parent
    messages: dict[str, str] = {}
    for name in dict.fromkeys(("en", language)):
        own = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        plain = {key.split("@")[0] for key in own}
        messages = {key: text for key, text in messages.items() if key.split("@")[0] not in plain}
        messages.update(own)
    return {key: text.replace("\n", "\r\n") for key, text in messages.items()}
