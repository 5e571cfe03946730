"""What makes a text an OIN, and what else there is to say of it: ``OIN.parse`` and :func:`check_oin` ask these rules.

A rule stands with its check, which looks at a :class:`~pkitools.oin.subject.Candidate` and answers. The strict ones
decide whether a text is an OIN at all; ``OIN.parse`` raises for the first that is violated, with the same sentence the
report shows. The shape, zero and eleven-test rules are made from the prefix table, one per register.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from pkitools.arguments import optional_choice
from pkitools.arguments import text as argument
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Certainty,
    Evidence,
    Outcome,
    Report,
    Rule,
    Severity,
    Violated,
    ask,
)
from pkitools.messages import NOTHING
from pkitools.oin.eleven_test import passes_eleven_test
from pkitools.oin.prefixes import LENGTH, PREFIX_LENGTH, Prefix, prefix_table, row_of
from pkitools.oin.subject import ALLOWED, Candidate, capitals
from pkitools.text import pattern

if TYPE_CHECKING:
    from pkitools.findings.considered import Block
    from pkitools.oin.number import OIN

S = TypeVar("S")
Check: TypeAlias = Callable[[Candidate], Answer]
NumberRule: TypeAlias = tuple[Rule, Check]
Operands: TypeAlias = Callable[[Candidate], Mapping[str, str]]

_STELSEL: Final = cite("oin-stelsel", "Data Architectuur")
_REGISTER: Final = cite("oin-suboin-check", "2.3.2")
_SOFI: Final = cite("suwi-gegevensregister", "Sofi-nummer")
_EBMS: Final = cite("digikoppeling-ebms2", "Profile Requirements Details")
_DIGIKOPPELING: Final = cite("digikoppeling-examples")
_DIGID: Final = cite("digid-source")
_PEPPOL: Final = cite("peppol-0190")
_OWN: Final = cite("pkitools")
_PROPOSED: Final = cite("oin-stelsel-3", "6.2")

_EAN: Final = 13
_LIKE_DIGITS: Final = frozenset("OoIil")  # taken for 0 and 1
_CANDIDATE: Final = pattern(r"(?<![0-9A-Z])[0-9]{8}[0-9A-Z]{12}(?![0-9A-Z])")


def _parts(subject: Candidate) -> dict[str, str]:
    prefix, hoofdnummer, suffix = subject.parts
    return {
        "number": subject.core,
        "length": str(subject.length),
        "prefix": prefix,
        "hoofdnummer": hoofdnummer,
        "suffix": suffix,
    }


def _met_if(good: bool, subject: Candidate, operands: Operands = _parts) -> Answer:
    """Return MET, or a violation that shows the text as given."""
    return MET if good else Violated((Evidence("oin", subject.given),), operands(subject))


# --- syntax ---------------------------------------------------------------------------------------------------------


def _odd_position(subject: Candidate) -> int | None:
    """Return the first position (from 0) that holds what is not allowed there."""
    for position, char in enumerate(subject.core[:LENGTH]):
        if char not in ALLOWED or (position < PREFIX_LENGTH and not char.isdigit()):
            return position
    return None


def _odd_character(subject: Candidate) -> dict[str, str]:
    position = _odd_position(subject)
    char = subject.stripped[position] if position is not None else ""  # as it was written
    alike = char if char in _LIKE_DIGITS else NOTHING
    return {**_parts(subject), "position": str((position or 0) + 1), "character": _described(char), "alike": alike}


def _described(char: str) -> str:
    if not char or (char.isascii() and char.isprintable() and char != " "):
        return char
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()


def _surrounding_space(subject: Candidate) -> Answer:
    return _met_if(subject.lenient or subject.given == subject.given.strip(), subject)


def _ebms_suffix(subject: Candidate) -> Answer:
    return _met_if(not subject.ebms_suffix, subject, _with_ebms_suffix)


def _with_ebms_suffix(subject: Candidate) -> dict[str, str]:
    return {**_parts(subject), "ebms_suffix": subject.ebms_suffix}


def _length(subject: Candidate) -> Answer:
    return _met_if(subject.length == LENGTH, subject)


def _characters(subject: Candidate) -> Answer:
    good = subject.is_well_formed or _odd_position(subject) is None
    return _met_if(good, subject, _odd_character)


def _upper_case(subject: Candidate) -> Answer:
    if not subject.is_well_formed:
        return NOT_APPLICABLE  # capitals do not make an OIN of it
    good = subject.lenient or subject.stripped.removesuffix(subject.ebms_suffix) == subject.core
    return _met_if(good, subject)


def _strict_syntax() -> Iterator[NumberRule]:
    yield Rule("oin.syntax.surrounding_space", Severity.ERROR, _STELSEL), _surrounding_space
    yield Rule("oin.input.ebms_suffix", Severity.ERROR, _EBMS), _ebms_suffix
    yield Rule("oin.syntax.length", Severity.ERROR, _STELSEL), _length
    yield Rule("oin.syntax.characters", Severity.ERROR, _STELSEL), _characters
    yield Rule("oin.syntax.upper_case", Severity.ERROR, _STELSEL), _upper_case


# --- prefix ---------------------------------------------------------------------------------------------------------


def _known(subject: Candidate) -> Answer:
    return _met_if(subject.row is not None, subject) if subject.is_well_formed else NOT_APPLICABLE


def _assigned(subject: Candidate) -> Answer:
    if subject.row is None or (subject.legacy and subject.row.status == "unassigned"):
        return NOT_APPLICABLE
    return _met_if(subject.row.status != "unassigned", subject)


def _strict_prefix() -> Iterator[NumberRule]:
    yield Rule("oin.prefix.known", Severity.ERROR, _STELSEL), _known
    yield Rule("oin.prefix.assigned", Severity.ERROR, _STELSEL), _assigned


def _withdrawn(subject: Candidate) -> Answer:
    if subject.row is None or not subject.legacy:
        return NOT_APPLICABLE
    return _met_if(subject.row.status != "unassigned", subject)


def _proposed(subject: Candidate) -> Answer:
    return NOT_APPLICABLE if subject.row is None else _met_if(subject.row.status != "proposed", subject)


def _demo(subject: Candidate) -> Answer:
    return _met_if(subject.prefix not in prefix_table().demo, subject) if subject.is_well_formed else NOT_APPLICABLE


def _prefix_notes() -> Iterator[NumberRule]:
    yield Rule("oin.prefix.withdrawn", Severity.WARNING, _STELSEL), _withdrawn
    yield Rule("oin.prefix.proposed", Severity.WARNING, _PROPOSED, Certainty.OFFICIAL), _proposed
    yield Rule("oin.prefix.demo", Severity.NOTICE, _OWN, Certainty.OBSERVED), _demo


# --- the number, per register ---------------------------------------------------------------------------------------


def _of(row: Prefix, check: Check) -> Check:
    """Return the check of numbers of one register only."""
    return lambda subject: check(subject) if subject.row is row else NOT_APPLICABLE


def _is_zero(subject: Candidate) -> bool:
    return not subject.hoofdnummer.strip("0")


def _form(subject: Candidate) -> Answer:
    return _met_if(subject.form is not None, subject)


def _not_zero(subject: Candidate) -> Answer:
    return NOT_APPLICABLE if subject.form is None else _met_if(not _is_zero(subject), subject)


def _eleven_test(subject: Candidate) -> Answer:
    if subject.form is None or _is_zero(subject):
        return NOT_APPLICABLE
    return _met_if(passes_eleven_test(subject.hoofdnummer), subject)


def _strict_number(row: Prefix) -> Iterator[NumberRule]:
    if not row.forms:
        return
    # a shape that the standard does not give is no reason to refuse the number
    severity = Severity.ERROR if row.shape.certainty is Certainty.STANDARD else Severity.WARNING
    yield Rule(f"oin.{row.register}.form", severity, row.shape.source, row.shape.certainty), _of(row, _form)
    if row.zero:
        source = _SOFI if row.eleven_test else _STELSEL
        yield Rule(f"oin.{row.register}.zero", Severity.ERROR, source), _of(row, _not_zero)
    if row.eleven_test:
        rule = Rule(f"oin.{row.register}.eleven_test", Severity.ERROR, _SOFI, Certainty.OFFICIAL)
        yield rule, _of(row, _eleven_test)


def _placeholder(subject: Candidate) -> Answer:
    if subject.form is None or subject.row is None or subject.row.zero:
        return NOT_APPLICABLE
    return _met_if(not _is_zero(subject), subject)


def _legacy_suffix(subject: Candidate) -> Answer:
    return NOT_APPLICABLE if subject.form is None else _met_if(subject.suffix == subject.form.suffix, subject)


def _letters(subject: Candidate) -> Answer:
    if not subject.is_well_formed:
        return NOT_APPLICABLE
    return _met_if(subject.core.isdigit() or bool(_with_digits(subject)), subject)  # else it is told to be a slip


def _ura(subject: Candidate) -> Answer:
    if subject.form is None or subject.row is None or subject.row.register != "uzi":
        return NOT_APPLICABLE
    return _met_if(subject.form.length == 8, subject)


def _registered(subject: Candidate) -> Answer:
    if subject.row is None or subject.row.status != "assigned":
        return NOT_APPLICABLE
    return _met_if(subject.row.registered != "never", subject)


def _example(subject: Candidate) -> Answer:
    return _met_if(subject.core not in prefix_table().examples, subject) if subject.is_well_formed else NOT_APPLICABLE


def _number_notes() -> Iterator[NumberRule]:
    yield Rule("oin.number.placeholder", Severity.WARNING, _OWN, Certainty.ADVICE), _placeholder
    yield Rule("oin.suffix.legacy", Severity.NOTICE, _PEPPOL), _legacy_suffix
    yield Rule("oin.number.letters", Severity.NOTICE, _DIGID, Certainty.OFFICIAL), _letters
    yield Rule("oin.uzi.ura", Severity.NOTICE, _DIGID, Certainty.OFFICIAL), _ura
    yield Rule("oin.register.absent", Severity.INFO, _REGISTER, Certainty.OFFICIAL), _registered
    yield Rule("oin.number.ean", Severity.NOTICE, _OWN, Certainty.ADVICE), _ean_with_zeros
    yield Rule("oin.number.example", Severity.NOTICE, _DIGIKOPPELING, Certainty.OFFICIAL), _example


# --- test numbers ---------------------------------------------------------------------------------------------------


def _no_test_number(subject: Candidate) -> Answer:
    return NOT_APPLICABLE if subject.row is None else _met_if(subject.row.status != "test", subject)


def _test_in_production(subject: Candidate) -> Answer:
    return _no_test_number(subject) if subject.environment is Environment.PRODUCTION else NOT_APPLICABLE


def _test_elsewhere(subject: Candidate) -> Answer:
    return NOT_APPLICABLE if subject.environment is Environment.PRODUCTION else _no_test_number(subject)


def _test_notes() -> Iterator[NumberRule]:
    yield Rule("oin.test.production", Severity.ERROR, _STELSEL), _test_in_production
    yield Rule("oin.test.number", Severity.INFO, _STELSEL), _test_elsewhere


# --- what was given instead -----------------------------------------------------------------------------------------


def is_valid(text: str) -> bool:
    """Return whether the text is an OIN, strictly."""
    return first_violation(Candidate(text)) is None


def _without_lost_zeros(subject: Candidate) -> str:
    return subject.core.zfill(LENGTH)


def _contained(subject: Candidate) -> str:
    """Return an OIN that the text contains, or that it becomes when tidied; else nothing."""
    candidates = [subject.tidied, *(_CANDIDATE.findall(capitals(subject.text)))]
    return next((candidate for candidate in candidates if is_valid(candidate)), "")


_DIGITS_FOR: Final = str.maketrans("OIL", "011")


def _with_digits(subject: Candidate) -> str:
    """Return the OIN that a text would be with digits for the letters that look like them; else nothing.

    A number that is right as it stands has its letters by right, as one of a BRIN may.
    """
    meant = subject.tidied.translate(_DIGITS_FOR)
    return meant if meant != subject.tidied and not is_valid(subject.tidied) and is_valid(meant) else ""


LIKE_DIGITS: Final = Rule("oin.input.like_digits", Severity.NOTICE, _OWN, Certainty.ADVICE)


def slip_in(subject: Candidate) -> tuple[Rule, Violated] | None:
    """Return that letters stand where digits would make it an OIN: likelier than what the number is with them."""
    answer = _like_digits(subject)
    return (LIKE_DIGITS, answer) if isinstance(answer, Violated) else None


def _like_digits(subject: Candidate) -> Answer:
    return _met_if(not _with_digits(subject), subject, _suggestion(_with_digits))


def _suggestion(find: Callable[[Candidate], str]) -> Operands:
    return lambda subject: {**_parts(subject), "suggestion": find(subject)}


def _kvk_based(subject: Candidate) -> str:
    row = row_of("kvk")
    return row.prefix + subject.tidied + row.forms[0].suffix


def _lookalike(code: str, looks: str, operands: Operands = _parts) -> NumberRule:
    """Return the note for a text that is no OIN and looks like another number."""
    shape = pattern(looks)

    def named(subject: Candidate) -> Mapping[str, str]:
        return {**operands(subject), "number": subject.tidied}  # with the spaces of the text it would be another

    def check(subject: Candidate) -> Answer:
        return _met_if(subject.is_well_formed or shape.fullmatch(subject.tidied) is None, subject, named)

    return Rule(code, Severity.NOTICE, _OWN, Certainty.ADVICE), check


def _tidied(subject: Candidate) -> Answer:
    return _met_if(subject.given == subject.stripped, subject) if subject.lenient else NOT_APPLICABLE


def _leading_zeros(subject: Candidate) -> Answer:
    # every tenth number of 13 digits has the check digit of an EAN by chance, and nobody can tell the two apart
    good = subject.length >= LENGTH or _is_ean(subject.core) or not is_valid(_without_lost_zeros(subject))
    return _met_if(good, subject, _suggestion(_without_lost_zeros))


def _is_ean(number: str) -> bool:
    """Return whether it is an EAN (GTIN-13) or a GLN: 13 digits, the last a check digit (GS1 GenSpecs 7.9.1)."""
    if len(number) != _EAN or re.fullmatch("[0-9]{13}", number) is None:
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number))) % 10 == 0


def _ean(subject: Candidate) -> Answer:
    return _met_if(not _is_ean(subject.tidied), subject)


def _ean_with_zeros(subject: Candidate) -> Answer:
    """Tell an EAN that was filled up to twenty positions, where nothing in the number itself says that it is none."""
    if subject.row is None or subject.form is None:
        return NOT_APPLICABLE
    unproven = not subject.row.eleven_test and not subject.row.zero and subject.suffix != subject.form.suffix
    return _met_if(not (unproven and _is_ean(subject.core[-_EAN:])), subject)


def _contains(subject: Candidate) -> Answer:
    return _met_if(subject.is_well_formed or not _contained(subject), subject, _suggestion(_contained))


def _scientific(subject: Candidate) -> Answer:
    return _met_if("E" not in subject.core or _SCIENTIFIC.fullmatch(subject.core) is None, subject)


_SCIENTIFIC: Final = pattern(r"[0-9][.,][0-9]+E\+?[0-9]+")


def _input_notes() -> Iterator[NumberRule]:
    yield Rule("oin.input.tidied", Severity.WARNING, _OWN, Certainty.ADVICE), _tidied
    yield Rule("oin.input.leading_zeros", Severity.NOTICE, _OWN, Certainty.ADVICE), _leading_zeros
    yield Rule("oin.input.contains", Severity.NOTICE, _OWN, Certainty.ADVICE), _contains
    yield LIKE_DIGITS, _like_digits
    yield Rule("oin.input.ean", Severity.NOTICE, _OWN, Certainty.ADVICE), _ean
    yield Rule("oin.input.scientific", Severity.NOTICE, _OWN, Certainty.ADVICE), _scientific
    yield _lookalike("oin.input.eight_digits", "(?!0{8})[0-9]{8}", _suggestion(_kvk_based))
    yield _lookalike("oin.input.nine_digits", "[0-9]{9}")
    yield _lookalike("oin.input.twelve_digits", "[0-9]{12}")
    yield _lookalike("oin.input.btw_number", "NL[0-9]{9}B[0-9]{2}")
    yield _lookalike("oin.input.brin", "[0-9]{2}[A-Z]{2}([0-9]{2})?")


# --- asked ----------------------------------------------------------------------------------------------------------


@cache
def _strict_by_prefix() -> Mapping[str, tuple[NumberRule, ...]]:
    """Return the rules that decide, by prefix; under the empty text those every number is asked."""
    rows = {row.prefix: tuple(_strict_number(row)) for row in prefix_table().prefixes.values()}
    return {"": (*_strict_syntax(), *_strict_prefix()), **rows}


@cache
def number_rules() -> tuple[NumberRule, ...]:
    """Return every rule about a number with its check, the strict ones first; made when first asked for."""
    strict = chain.from_iterable(_strict_by_prefix().values())
    return (*strict, *_prefix_notes(), *_number_notes(), *_test_notes(), *_input_notes())


@cache
def _rules_of_register(prefix: str) -> tuple[tuple[int, NumberRule], ...]:
    """Return the rules that an OIN with this prefix is asked, with their places among all.

    Those of other registers do not apply, and without one that it violates as an ERROR it would be no OIN.
    """
    strict = {
        id(rule)
        for of, rules in _strict_by_prefix().items()
        for rule, _ in rules
        if of not in {"", prefix} or rule.severity is Severity.ERROR
    }
    return tuple([placed for placed in enumerate(number_rules()) if id(placed[1][0]) not in strict])


def first_violation(subject: Candidate) -> tuple[Rule, Violated] | None:
    """Return the first strict rule the subject violates, and how; ``None`` when it is an OIN."""
    rules = _strict_by_prefix()
    return first_error(rules[""], subject) or first_error(rules.get(subject.prefix, ()), subject)


def first_error(rules: Iterable[tuple[Rule, Callable[[S], Answer]]], subject: S) -> tuple[Rule, Violated] | None:
    """Return the first rule of severity ERROR that the subject violates, and how."""
    for rule, check in rules:
        if rule.severity is Severity.ERROR:
            answer = check(subject)
            if isinstance(answer, Violated):
                return rule, answer
    return None


def check_oin(
    text: str, *, environment: Environment | str | None = None, legacy: bool = False, lenient: bool = False
) -> Report:
    """Return the report on one text as an OIN. Whatever the text, it has one.

    Args:
        text: what was given.
        environment: where it is to be used; a test OIN fails in production.
        legacy: report a prefix that is no longer given out as a WARNING, for numbers that exist already.
        lenient: tidy the text first (see :meth:`pkitools.oin.OIN.compact`) and report that as a WARNING.
    """
    where = optional_choice(Environment, environment, "environment")
    asking = _Asking(argument(text, "text"), where, legacy, lenient)
    return Report(asking.subject.given, asking(), environment=where)


def number_block(oin: OIN, environment: Environment | None) -> Block:
    """Return what :func:`check_oin` finds of a number that exists, as outcomes made when they are asked for."""
    from pkitools.findings.considered import block_of  # a number alone is told whole

    asking = _Asking(str(oin), environment, True, False)
    return block_of(_rules_of_register(oin.prefix), asking.subject, asking.ask, asking)


class _Asking:
    """Every rule about a number asked of one text, as often as somebody wants to know."""

    __slots__ = ("_given", "subject")

    def __init__(self, text: str, environment: Environment | None, legacy: bool, lenient: bool) -> None:
        self._given = text, environment, legacy, lenient
        self.subject = Candidate(*self._given)

    def ask(self, rule: Rule, check: Check) -> list[Outcome]:
        """Return the outcome of one rule."""
        return ask(rule, check, self.subject)

    def __call__(self) -> tuple[Outcome, ...]:
        return tuple([outcome for rule, check in number_rules() for outcome in self.ask(rule, check)])

    def __reduce__(self) -> tuple[object, ...]:
        return _Asking, self._given


if TYPE_CHECKING:
    RULES: tuple[Rule, ...]
else:

    def __getattr__(name: str) -> object:
        # made when asked for: they come of the prefix table, which not every command needs
        if name == "RULES":
            return tuple([rule for rule, _ in number_rules()])
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
