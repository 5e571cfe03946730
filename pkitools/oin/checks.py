"""The checks behind ``OIN.parse`` and ``check_oin``: one rule and one question each.

The strict ones decide whether a text is an OIN at all; ``OIN.parse`` raises for the first that fails, with the same
sentence the report shows. The shape, zero and eleven-test rules are made from the prefix table, one per register.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Final

from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import Certainty, Rule, Severity, Source
from pkitools.oin.check import Check, first_error
from pkitools.oin.eleven_test import passes_eleven_test
from pkitools.oin.prefixes import LENGTH, PREFIX_LENGTH, Prefix, prefix_table, row_of
from pkitools.oin.subject import ALLOWED, Candidate, capitals, compact

Ask = Callable[[Candidate], bool | None]
Operands = Callable[[Candidate], Mapping[str, str]]

_STELSEL: Final = cite("oin-stelsel", "Data Architectuur")
_REGISTER: Final = cite("oin-stelsel", "Businessarchitectuur")
_SOFI: Final = cite("suwi-gegevensregister", "Sofi-nummer")
_EBMS: Final = cite("digikoppeling-ebms2", "Profile Requirements Details")
_DIGIKOPPELING: Final = cite("digikoppeling-examples", "examples")
_DIGID: Final = cite("digid-source")
_PEPPOL: Final = cite("peppol-0190")
_OWN: Final = cite("pkitools")
_TO: Final = cite("to-2026-03-10")

_MAX_SEARCHED: Final = 1000  # characters of a text in which an OIN is looked for
_CANDIDATE: Final = re.compile(r"(?<![0-9A-Z])[0-9]{8}[0-9A-Z]{12}(?![0-9A-Z])")


def _parts(subject: Candidate) -> dict[str, str]:
    return {
        "number": subject.core,
        "length": str(len(subject.core)),
        "prefix": subject.prefix,
        "hoofdnummer": subject.hoofdnummer,
        "suffix": subject.suffix,
    }


def _check(
    code: str,
    severity: Severity,
    source: Source,
    ask: Ask,
    *,
    certainty: Certainty = Certainty.STANDARD,
    operands: Operands = _parts,
) -> Check[Candidate]:
    return Check(Rule(code, severity, source, certainty), ask, operands)


# --- syntax ---------------------------------------------------------------------------------------------------------


def _odd_position(subject: Candidate) -> int | None:
    """Return the first position (from 0) that holds what is not allowed there."""
    for position, char in enumerate(subject.core[:LENGTH]):
        if char not in ALLOWED or (position < PREFIX_LENGTH and not char.isdigit()):
            return position
    return None


def _odd_character(subject: Candidate) -> dict[str, str]:
    position = _odd_position(subject)
    char = subject.core[position] if position is not None else ""
    return {**_parts(subject), "position": str((position or 0) + 1), "character": _described(char)}


def _described(char: str) -> str:
    if not char or (char.isascii() and char.isprintable() and char != " "):
        return char
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()


def _strict_syntax() -> Iterator[Check[Candidate]]:
    error = Severity.ERROR
    yield _check(
        "oin.syntax.surrounding_space",
        error,
        _STELSEL,
        lambda s: s.lenient or s.given == s.given.strip(),
    )
    yield _check("oin.input.ebms_suffix", error, _EBMS, lambda s: not s.ebms_suffix, operands=_with_ebms_suffix)
    yield _check("oin.syntax.length", error, _STELSEL, lambda s: len(s.core) == LENGTH)
    yield _check("oin.syntax.characters", error, _STELSEL, lambda s: _odd_position(s) is None, operands=_odd_character)
    yield _check(
        "oin.syntax.upper_case",
        error,
        _STELSEL,
        lambda s: s.lenient or s.stripped.removesuffix(s.ebms_suffix) == s.core,
    )


def _with_ebms_suffix(subject: Candidate) -> dict[str, str]:
    return {**_parts(subject), "ebms_suffix": subject.ebms_suffix}


# --- prefix ---------------------------------------------------------------------------------------------------------


def _known(subject: Candidate) -> bool | None:
    return subject.row is not None if subject.is_well_formed else None


def _assigned(subject: Candidate) -> bool | None:
    if subject.row is None or (subject.legacy and subject.row.status == "unassigned"):
        return None
    return subject.row.status != "unassigned"


def _strict_prefix() -> Iterator[Check[Candidate]]:
    yield _check("oin.prefix.known", Severity.ERROR, _STELSEL, _known)
    yield _check("oin.prefix.assigned", Severity.ERROR, _STELSEL, _assigned)


def _withdrawn(subject: Candidate) -> bool | None:
    if subject.row is None or not subject.legacy:
        return None
    return subject.row.status != "unassigned"


def _prefix_notes() -> Iterator[Check[Candidate]]:
    yield _check("oin.prefix.withdrawn", Severity.WARNING, _STELSEL, _withdrawn)
    yield _check(
        "oin.prefix.proposed",
        Severity.WARNING,
        _TO,
        lambda s: s.row.status != "proposed" if s.row is not None else None,
        certainty=Certainty.INFERRED,
    )
    yield _check(
        "oin.prefix.demo",
        Severity.NOTICE,
        _OWN,
        lambda s: s.prefix not in prefix_table().demo if s.is_well_formed else None,
        certainty=Certainty.OBSERVED,
    )


# --- the number, per register ---------------------------------------------------------------------------------------


def _of(row: Prefix, ask: Ask) -> Ask:
    """Return the question asked of numbers of one register only."""
    return lambda subject: ask(subject) if subject.row is not None and subject.prefix == row.prefix else None


def _is_zero(subject: Candidate) -> bool:
    return not subject.hoofdnummer.strip("0")


def _strict_number(row: Prefix) -> Iterator[Check[Candidate]]:
    if not row.forms:
        return
    # a proposed register's shape is our guess: a WARNING, and no reason to refuse the number
    severity = Severity.ERROR if row.status == "assigned" else Severity.WARNING
    yield _check(
        f"oin.{row.register}.form",
        severity,
        _STELSEL,
        _of(row, lambda s: s.form is not None),
        certainty=row.certainty,
    )
    if row.zero:
        yield _check(
            f"oin.{row.register}.zero",
            Severity.ERROR,
            _SOFI if row.eleven_test else _STELSEL,
            _of(row, lambda s: not _is_zero(s) if s.form else None),
        )
    if row.eleven_test:
        yield _check(
            f"oin.{row.register}.eleven_test",
            Severity.ERROR,
            _SOFI,
            _of(row, lambda s: passes_eleven_test(s.hoofdnummer) if s.form and not _is_zero(s) else None),
            certainty=Certainty.OFFICIAL,
        )


def _number_notes() -> Iterator[Check[Candidate]]:
    yield _check(
        "oin.number.placeholder",
        Severity.WARNING,
        _OWN,
        lambda s: not _is_zero(s) if s.form and s.row and not s.row.zero else None,
        certainty=Certainty.ADVICE,
    )
    yield _check(
        "oin.suffix.legacy", Severity.WARNING, _PEPPOL, lambda s: s.suffix == s.form.suffix if s.form else None
    )
    yield _check(
        "oin.number.letters",
        Severity.NOTICE,
        _DIGID,
        lambda s: s.core.isdigit() if s.is_well_formed else None,
        certainty=Certainty.OFFICIAL,
    )
    yield _check(
        "oin.uzi.ura",
        Severity.NOTICE,
        _DIGID,
        lambda s: s.form.length == 8 if s.form and s.row and s.row.register == "uzi" else None,
        certainty=Certainty.OFFICIAL,
    )
    yield _check(
        "oin.register.absent",
        Severity.INFO,
        _REGISTER,
        lambda s: s.row.registered != "never" if s.row and s.row.status == "assigned" else None,
    )
    yield _check(
        "oin.number.example",
        Severity.NOTICE,
        _DIGIKOPPELING,
        lambda s: s.core not in prefix_table().examples if s.is_well_formed else None,
        certainty=Certainty.OFFICIAL,
    )


# --- test numbers ---------------------------------------------------------------------------------------------------


def _no_test_number(subject: Candidate) -> bool | None:
    return subject.row.status != "test" if subject.row is not None else None


def _test_notes() -> Iterator[Check[Candidate]]:
    yield _check(
        "oin.test.production",
        Severity.ERROR,
        _STELSEL,
        lambda s: _no_test_number(s) if s.environment is Environment.PRODUCTION else None,
    )
    yield _check(
        "oin.test.number",
        Severity.INFO,
        _STELSEL,
        lambda s: _no_test_number(s) if s.environment is not Environment.PRODUCTION else None,
    )


# --- what was given instead -----------------------------------------------------------------------------------------


def is_valid(text: str) -> bool:
    """Return whether the text is an OIN, strictly."""
    return first_violation(Candidate(text)) is None


def _without_lost_zeros(subject: Candidate) -> str:
    return subject.core.zfill(LENGTH)


def _contained(subject: Candidate) -> str:
    """Return an OIN that the text contains, or that it becomes when tidied; else nothing."""
    text = subject.given[:_MAX_SEARCHED]
    candidates = [compact(text), *(_CANDIDATE.findall(capitals(text)))]
    return next((candidate for candidate in candidates if is_valid(candidate)), "")


def _suggestion(find: Callable[[Candidate], str]) -> Operands:
    return lambda subject: {**_parts(subject), "suggestion": find(subject)}


def _kvk_based(subject: Candidate) -> str:
    row = row_of("kvk")
    return row.prefix + subject.core + row.forms[0].suffix


def _lookalike(code: str, pattern: str, operands: Operands = _parts) -> Check[Candidate]:
    """Return the note for a text that is no OIN and looks like another number."""
    shape = re.compile(pattern)
    return _check(
        code,
        Severity.NOTICE,
        _OWN,
        lambda s: s.is_well_formed or shape.fullmatch(compact(s.given)) is None,
        certainty=Certainty.ADVICE,
        operands=operands,
    )


def _input_notes() -> Iterator[Check[Candidate]]:
    yield _check(
        "oin.input.tidied",
        Severity.WARNING,
        _OWN,
        lambda s: s.given == s.stripped if s.lenient else None,
        certainty=Certainty.ADVICE,
        operands=_parts,
    )
    yield _check(
        "oin.input.leading_zeros",
        Severity.NOTICE,
        _OWN,
        lambda s: len(s.core) >= LENGTH or not is_valid(_without_lost_zeros(s)),
        certainty=Certainty.ADVICE,
        operands=_suggestion(_without_lost_zeros),
    )
    yield _check(
        "oin.input.contains",
        Severity.NOTICE,
        _OWN,
        lambda s: s.is_well_formed or not _contained(s),
        certainty=Certainty.ADVICE,
        operands=_suggestion(_contained),
    )
    yield _check(
        "oin.input.scientific",
        Severity.NOTICE,
        _OWN,
        lambda s: re.fullmatch(r"[0-9][.,][0-9]+E\+?[0-9]+", s.core) is None,
        certainty=Certainty.ADVICE,
    )
    yield _lookalike("oin.input.eight_digits", "(?!0{8})[0-9]{8}", _suggestion(_kvk_based))
    yield _lookalike("oin.input.nine_digits", "[0-9]{9}")
    yield _lookalike("oin.input.twelve_digits", "[0-9]{12}")
    yield _lookalike("oin.input.btw_number", "NL[0-9]{9}B[0-9]{2}")
    yield _lookalike("oin.input.brin", "[0-9]{2}[A-Z]{2}([0-9]{2})?")


@cache
def _checks_by_prefix() -> Mapping[str, tuple[Check[Candidate], ...]]:
    """Return the checks that decide, by prefix; under the empty text those every number is asked."""
    rows = {row.prefix: tuple(_strict_number(row)) for row in prefix_table().prefixes.values()}
    return {"": (*_strict_syntax(), *_strict_prefix()), **rows}


@cache
def all_checks() -> tuple[Check[Candidate], ...]:
    """Return every check, the strict ones first."""
    strict = chain.from_iterable(_checks_by_prefix().values())
    return (*strict, *_prefix_notes(), *_number_notes(), *_test_notes(), *_input_notes())


def first_violation(subject: Candidate) -> Check[Candidate] | None:
    """Return the first strict check the subject fails, or ``None`` when it is an OIN."""
    checks = _checks_by_prefix()
    return first_error(checks[""], subject) or first_error(checks.get(subject.prefix, ()), subject)
