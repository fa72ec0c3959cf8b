# Copyright: exchange.ipsec maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Findings and the report that holds them, for people and for programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from fnmatch import fnmatchcase
from typing import Any

from ..errors import SpecError
from ..model.severity import Severity

__all__ = ["Finding", "Report", "Severity"]


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be.

    ``check`` is a stable id such as ``policy.assigned``; ``evidence`` is where on the host to look: a registry key
    and value, or a service. No field ever holds a key.
    """

    severity: Severity
    check: str
    expected: str
    found: str
    evidence: str
    remedy: str

    def __str__(self) -> str:
        """Say the finding on one line."""
        return f"[{self.severity.word}] {self.check}: {self.found}; expected {self.expected}"

    def to_dict(self) -> dict[str, str]:
        """Give the finding as plain data."""
        return {
            "severity": self.severity.word,
            "check": self.check,
            "expected": self.expected,
            "found": self.found,
            "evidence": self.evidence,
            "remedy": self.remedy,
        }


@dataclasses.dataclass(frozen=True)
class Report:
    """All findings of one host, the worst first, and the ids of the checks that ran."""

    findings: tuple[Finding, ...]
    checks: tuple[str, ...]

    @property
    def compliant(self) -> bool:
        """Whether nothing worse than info was found."""
        return all(finding.severity is Severity.INFO for finding in self.findings)

    def reaches(self, severity: Severity) -> bool:
        """Say whether a finding is at least this severe."""
        return any(finding.severity >= severity for finding in self.findings)

    def without(self, checks: Collection[str]) -> Report:
        """Give the report without some checks and their findings; SpecError for an id that no check has.

        ``oakley.*`` stands for the checks of all registry values, ``oakley.nlbs_flags`` for one of them.
        """
        unknown = [one for one in checks if not any(fnmatchcase(one, check) for check in self.checks)]
        if unknown:
            raise SpecError(
                "skip_checks", f"no check is called {unknown[0]!r}; the checks are {', '.join(self.checks)}"
            )
        return Report(
            tuple(one for one in self.findings if not any(fnmatchcase(one.check, skipped) for skipped in checks)),
            tuple(check for check in self.checks if check not in checks),
        )

    @property
    def summary(self) -> str:
        """The report for a person: a line of counts, then each finding with where it stands and what to do."""
        if not self.findings:
            return f"compliant: {len(self.checks)} checks, no finding"
        counts = [
            f"{number} {severity.word}"
            for severity in sorted(Severity, reverse=True)
            if (number := sum(finding.severity is severity for finding in self.findings))
        ]
        head = f"{'compliant' if self.compliant else 'not compliant'}: {', '.join(counts)}"
        return "\n".join([head, *(_lines(finding) for finding in self.findings)])

    def to_dict(self) -> dict[str, Any]:
        """Give the report as plain data."""
        return {
            "compliant": self.compliant,
            "findings": [finding.to_dict() for finding in self.findings],
            "checks": list(self.checks),
        }


def _lines(finding: Finding) -> str:
    return (
        f"  {finding.severity.word:<6} {finding.check}\n"
        f"         found:    {finding.found}\n"
        f"         expected: {finding.expected}\n"
        f"         evidence: {finding.evidence}\n"
        f"         remedy:   {finding.remedy}"
    )
