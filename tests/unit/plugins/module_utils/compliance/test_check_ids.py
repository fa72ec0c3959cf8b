# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.checks import CHECKS
from tests.unit.plugins.module_utils.compliance import test_checks, test_ike_checks


def test_every_id_of_the_table_has_a_test_where_it_fires() -> None:
    cases = [*test_checks.FIRES, *test_ike_checks.FIRES]
    tested = {word.split()[1] for case in cases for word in case.values[-1]}  # type: ignore[union-attr]
    promised = {one for _unused, known in CHECKS for one in known} - {"oakley.*"}
    assert tested - {"oakley.nlbs_flags", "oakley.enable_logging"} == promised
