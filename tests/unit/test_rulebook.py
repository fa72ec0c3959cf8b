# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebook for a fail-over: of the form that ansible-rulebook takes, and naming a playbook that is there."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from tests.checkout import ROOT

RULEBOOK = ROOT / "extensions/eda/rulebooks/failover.yml"
KNOWN = {"name", "hosts", "gather_facts", "sources", "rules"}


def read() -> list[dict[str, Any]]:
    return list(yaml.safe_load(RULEBOOK.read_text(encoding="utf-8")))


def schema() -> dict[str, Any]:
    """The schema that ansible-rulebook ships; tests/eda runs the program, which needs Java."""
    files = importlib.metadata.files("ansible-rulebook") or []
    (found,) = (Path(str(one.locate())) for one in files if one.name == "ruleset_schema.json")
    return dict(json.loads(found.read_text(encoding="utf-8")))


def test_it_has_the_form_of_a_rulebook() -> None:
    for ruleset in read():
        assert set(ruleset) == KNOWN
        assert all(set(source) == {"name", "eda.builtin.webhook"} for source in ruleset["sources"])
        for rule in ruleset["rules"]:
            assert set(rule) == {"name", "condition", "throttle", "action"}
            assert list(rule["action"]) == ["run_playbook"]
    jsonschema.validate(read(), schema())


def test_it_runs_a_playbook_of_this_collection_and_takes_nothing_from_the_event() -> None:
    action = read()[0]["rules"][0]["action"]["run_playbook"]
    assert action == {"name": "exchange.ipsec.failover_flush"}
    assert (ROOT / "playbooks/failover_flush.yml").is_file()


def test_whoever_sends_an_event_must_know_the_token() -> None:
    webhook = read()[0]["sources"][0]["eda.builtin.webhook"]
    assert webhook["token"] == "{{ failover_token }}"
