"""What each rule about requests asks: one function per rule, in the order of a report."""

from __future__ import annotations

from typing import Final

from pkitools.findings import Rule
from pkitools.requests.case import Question
from pkitools.requests.questions import key, names, oin, subject, tsp, whole

QUESTIONS: Final[tuple[tuple[Rule, Question], ...]] = (
    *whole.QUESTIONS,
    *subject.QUESTIONS,
    *oin.QUESTIONS,
    *key.QUESTIONS,
    *names.QUESTIONS,
    *tsp.QUESTIONS,
)
