"""What was looked at and what came of it: rules, outcomes, reports, verdicts.

The model every command shares. A :class:`Report` holds an :class:`Outcome` for every rule *considered*, so "clean" and
"never looked" differ, and derives its :class:`Verdict` (the three of ETSI EN 319 102-1) instead of storing one.
No sentence lives here: see :mod:`pkitools.messages`.
"""

from pkitools.findings.model import (
    Certainty,
    CertificateRef,
    Evidence,
    Outcome,
    Report,
    Rule,
    Severity,
    Source,
    Status,
    Verdict,
)

__all__ = [
    "Certainty",
    "CertificateRef",
    "Evidence",
    "Outcome",
    "Report",
    "Rule",
    "Severity",
    "Source",
    "Status",
    "Verdict",
]
