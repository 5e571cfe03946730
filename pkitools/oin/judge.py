"""``check_oin``: everything there is to say about a text as an OIN."""

from __future__ import annotations

from pkitools.environment import Environment
from pkitools.findings import Evidence, Report
from pkitools.oin.checks import all_checks
from pkitools.oin.subject import Candidate


def check_oin(
    text: str, *, environment: Environment | None = None, legacy: bool = False, lenient: bool = False
) -> Report:
    """Return the report on one text as an OIN. It never raises, whatever the text.

    Args:
        text: what was given.
        environment: where it is to be used; a test OIN fails in production.
        legacy: report a prefix that is no longer given out as a WARNING, for numbers that exist already.
        lenient: tidy the text first (see :meth:`OIN.compact`) and report that as a WARNING.
    """
    # the string "production" must not pass for "no environment asked"
    where = Environment(environment) if environment is not None else None
    subject = Candidate(str(text), where, legacy, lenient)
    evidence = Evidence("oin", subject.given)
    outcomes = tuple(check.outcome(subject, evidence) for check in all_checks())
    return Report(subject.given, outcomes, environment=where)
