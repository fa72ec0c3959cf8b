# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests for variables that nearly are one of the roles'."""

from __future__ import annotations

import re

import pytest

from ansible_collections.exchange.ipsec.plugins.plugin_utils.misspelt import SITE_VARIABLES, misspelt
from tests.checkout import ROOT


@pytest.mark.parametrize(("name", "meant"), [
    pytest.param("front_end_teir", "front_end_tier", id="letters-changed-places"),
    pytest.param("back_end_cluster_authentification", "back_end_cluster_authentication", id="another-language"),
    pytest.param("domain_controllers_tier", "domain_controller_tier", id="plural"),
    pytest.param("ipsec_virtual_address", "ipsec_virtual_addresses", id="singular"),
    pytest.param("ipsec_adresses", "ipsec_addresses", id="a-letter-lost"),
])
def test_a_variable_that_is_nearly_known(name: str, meant: str) -> None:
    said = f"the variable {name} is not known here and changes nothing; was {meant} meant?"
    assert misspelt(["ansible_host", name]) == [said]
    assert misspelt([name, meant]) == []


def test_names_of_ones_own_are_nobodys_business() -> None:
    assert misspelt(["front_end_back_ends", "ipsec_contact", "front_tier", "site_authentication"]) == []


def test_what_roles_and_playbooks_keep_is_not_taken_for_a_mistake() -> None:
    files = [*ROOT.glob("roles/*/tasks/*.yml"), *ROOT.glob("playbooks/*.yml")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    kept = {*re.findall(r"register: (\w+)", text), *re.findall(r"\bipsec_\w+", text)}
    assert {"front_end_applied", "ipsec_now"} <= kept
    assert misspelt(kept - set(SITE_VARIABLES)) == []
