# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.exchange.ipsec.plugins.module_utils.compliance.report import Finding, Report, Severity

STOPPED = Finding(Severity.HIGH, "service.stopped", "running", "it does not run", "sc query PolicyAgent", "start it")
IDLE = Finding(Severity.INFO, "policy.foreign.idle", "no other policy", "policy 'Old'", "the store", "delete it")


def test_a_summary_a_person_reads() -> None:
    assert Report((STOPPED, IDLE), ("service.stopped",)).summary == (
        "not compliant: 1 high, 1 info\n"
        "  high   service.stopped\n"
        "         found:    it does not run\n"
        "         expected: running\n"
        "         evidence: sc query PolicyAgent\n"
        "         remedy:   start it\n"
        "  info   policy.foreign.idle\n"
        "         found:    policy 'Old'\n"
        "         expected: no other policy\n"
        "         evidence: the store\n"
        "         remedy:   delete it"
    )


def test_info_alone_is_compliant() -> None:
    report = Report((IDLE,), ())
    assert report.compliant
    assert report.summary.startswith("compliant: 1 info\n")


def test_nothing_found() -> None:
    assert Report((), ("a", "b")).summary == "compliant: 2 checks, no finding"


def test_a_finding_on_one_line() -> None:
    assert str(STOPPED) == "[high] service.stopped: it does not run; expected running"


def test_plain_data() -> None:
    assert Report((STOPPED,), ("service.stopped",)).to_dict() == {
        "compliant": False,
        "checks": ["service.stopped"],
        "findings": [
            {
                "severity": "high",
                "check": "service.stopped",
                "expected": "running",
                "found": "it does not run",
                "evidence": "sc query PolicyAgent",
                "remedy": "start it",
            }
        ],
    }
