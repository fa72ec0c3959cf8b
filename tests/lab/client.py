# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of the control endpoint: sends one order to a running fleet."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from tests.lab.fleet_spec import FleetError

DEFAULT = "127.0.0.1:5980"


def ask(control: str, method: str, path: str, body: Any = None) -> Any:
    """Send one order to the control endpoint and return its answer; FleetError when it was refused."""
    url = control if control.startswith("http://") else f"http://{control}"
    request = urllib.request.Request(f"{url.rstrip('/')}{path}", method=method)  # noqa: S310
    request.add_header("Content-Type", "application/json")
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(request, data) as response:  # noqa: S310
            return json.load(response)
    except urllib.error.HTTPError as exc:
        raise FleetError(json.load(exc)["error"]) from exc
    except urllib.error.URLError as exc:
        raise FleetError(f"no fleet answers at {url}: {exc.reason}") from exc
