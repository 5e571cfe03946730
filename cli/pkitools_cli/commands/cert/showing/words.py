"""Words and values that several parts of ``cert show`` tell alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, TypeAlias

from pkitools.containers import Protection
from pkitools.messages.days import day_and_time
from pkitools.reports.showing.standing import Standing, State, standing
from pkitools.x509 import SignatureAlgorithm
from pkitools_cli.i18n import form_of, language, lookup, tr

Rows: TypeAlias = list[tuple[str, list[str]]]
"""Each a label key and the lines beside it."""

MAX_LINES: Final = 50
"""Lines of one row; ``--json`` shows all."""


def listed(lines: Iterable[str], most: int = MAX_LINES) -> list[str]:
    """Return lines, and of many how many are left out."""
    every = list(lines)
    hidden = len(every) - most
    return every if hidden <= 0 else [*every[:most], tr("cli.cert.show.more", count=hidden)]


def counted(what: str, count: int) -> str:
    """Return a number of things: ``1 certificaat``, ``2 certificaten``. The words stand under ``count.<what>``."""
    return tr(f"cli.cert_show.count.{what}{form_of(count)}", count=count)


def signature(algorithm: SignatureAlgorithm) -> str:
    """Return a signature algorithm."""
    if algorithm.salt_length is None:
        return algorithm.name
    return f"{algorithm.name}, {algorithm.hash}, MGF1 {algorithm.mgf_hash}, salt {algorithm.salt_length}"


def protection_text(protection: Protection) -> str:
    """Return how something is protected with a passphrase."""
    rounds = "" if protection.rounds is None else tr("cli.cert.show.rounds", count=protection.rounds)
    return ", ".join(part for part in (protection.cipher, protection.derivation, rounds) if part)


def standing_text(start: datetime | None, end: datetime | None, moment: datetime) -> str:
    """Return whether something holds at a moment: ``geldig tot … (nog 3 uur)``, ``verlopen sinds … (12 dagen)``."""
    where = standing(start, end, moment)
    at = start if where.state is State.NOT_YET else end
    shown = day_and_time(at, language()) if at is not None else ""
    return tr(f"cli.cert_show.standing.{where.state}", at=shown, span=_span(where))


def _span(where: Standing) -> str:
    return "" if where.unit is None else counted(where.unit, where.amount or 0)


def word(key: str, value: str) -> str:
    """Return the words for a value of a few; a value without words is told as it is."""
    return lookup(f"cli.cert_show.{key}.{value}") or value
