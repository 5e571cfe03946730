"""The rules of this room."""

from __future__ import annotations

from typing import Final

from pkitools.findings import Rule
from pkitools.oin.checks import all_checks
from pkitools.oin.entity_checks import entity_checks, service_checks

RULES: Final[tuple[Rule, ...]] = (
    *(check.rule for check in all_checks()),
    *(check.rule for check in entity_checks()),
    *(check.rule for check in service_checks()),
)
