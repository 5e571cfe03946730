"""The one register of what :func:`~pkitools.rules.lint` asks: a book of rules per source document.

A new document is a module of this package that makes a :class:`~pkitools.rules.engine.RuleBook`, and a line here.
``lint`` asks the books and :mod:`pkitools.rulebook` lists them, so a rule cannot be in one and not in the other; tests
turn red for a book that is in neither.
"""

from __future__ import annotations

from typing import Final

from pkitools.findings import Rule
from pkitools.rules import (
    advice,
    digikoppeling,
    etsi_319_412,
    oin_stelsel,
    por,
    rfc3161,
    rfc5280,
    rfc5280_extensions,
    rfc6962,
    rfc8446,
    st_saml,
    trial,
    uzi,
)
from pkitools.rules.engine import Entry, RuleBook

BOOKS: Final[tuple[RuleBook, ...]] = (
    rfc5280.BOOK,
    rfc5280_extensions.BOOK,
    rfc6962.BOOK,
    rfc3161.BOOK,
    rfc8446.BOOK,
    por.BOOK,
    trial.TRIAL,
    trial.G4,
    uzi.BOOK,
    oin_stelsel.BOOK,
    digikoppeling.BOOK,
    st_saml.BOOK,
    etsi_319_412.BOOK,
    advice.BOOK,
)

ENTRIES: Final[tuple[Entry, ...]] = tuple(entry for book in BOOKS for entry in book.entries)
"""Every rule with whom it is for and how to look, in the order they are asked."""

RULES: Final[tuple[Rule, ...]] = tuple(entry.rule for entry in ENTRIES)
