"""Vectors of the files with facts of one's own."""

from __future__ import annotations

from pkitools.errors import InvalidValueError
from pkitools.findings import Report
from pkitools.rules.own.data import RULES, OwnData, Refused
from tests.vectors import Vector

REFUSED = Refused(RULES, "rules/ours.toml", 3, InvalidValueError("toml.error.missing", where="rule 1: code"))

VECTORS = [
    Vector(
        "data.file.readable",
        lambda: Report("data", tuple(OwnData(refused=(REFUSED,)).outcomes(RULES))),
        lambda: Report("data", tuple(OwnData().outcomes(RULES))),
    )
]
