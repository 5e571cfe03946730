"""What was looked at and what came of it: rules, outcomes, reports, verdicts.

The model every command shares. A :class:`Report` holds an :class:`Outcome` for every rule *considered*, so "clean" and
"never looked" differ, and derives its :class:`Verdict` (the three of ETSI EN 319 102-1) instead of storing one.
No sentence lives here: see :mod:`pkitools.messages`.
"""

from pkitools.documents import Source
from pkitools.findings.asking import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Answers,
    Met,
    NotApplicable,
    NotChecked,
    Violated,
    ask,
    crash,
    met_if,
    met_if_none,
    outcome,
    violated,
)
from pkitools.findings.model import (
    Basis,
    Binds,
    Certainty,
    CertificateRef,
    Evidence,
    Outcome,
    Period,
    Report,
    Rule,
    Severity,
    Status,
    Verdict,
)

__all__ = [
    "MET",
    "NOT_APPLICABLE",
    "Answer",
    "Answers",
    "Basis",
    "Binds",
    "Certainty",
    "CertificateRef",
    "Evidence",
    "Met",
    "NotApplicable",
    "NotChecked",
    "Outcome",
    "Period",
    "Report",
    "Rule",
    "Severity",
    "Source",
    "Status",
    "Verdict",
    "Violated",
    "ask",
    "crash",
    "met_if",
    "met_if_none",
    "outcome",
    "violated",
]
