"""What a rule is made of: its declaration, whom it is for, and a small function that looks.

A module per source document makes a :class:`RuleBook`, declares its rules with it and stands in
:mod:`pkitools.rules.books`::

    BOOK = RuleBook("rfc5280", cite("rfc-5280"))

    @BOOK.rule("serial.positive", Severity.ERROR, "4.1.2.2")
    def serial_positive(at: RuleContext) -> Answer:
        return met_if(at.facts.serial_number > 0, "serialNumber", at.facts.serial_number)

What a check may answer: :mod:`pkitools.findings.asking`. It lets an ``AttributeError`` through: by that it is
known to look at what certificates have not in common (:mod:`pkitools.rules.in_common`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Final, TypeAlias

from pkitools.findings import (
    NOT_APPLICABLE,
    Answer,
    Answers,
    Certainty,
    NotChecked,
    Outcome,
    Rule,
    Severity,
    Source,
    Status,
    met_if,
)
from pkitools.frozen import dataclass, field
from pkitools.messages import Texts
from pkitools.profiles import Profile, profiles
from pkitools.rules.context import RuleContext
from pkitools.rules.periods import period_of

Check: TypeAlias = Callable[[RuleContext], Answers]
Statement: TypeAlias = Callable[[Profile], bool]
"""Whether a profile says something; a function of a module, so that it can be told from another."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a rule is for. An empty field means all; every field that is not must match.

    Args:
        kinds: ``ca``, ``end_entity``.
        says: for profiles that say so. Asked of the profile's fields, never of its name: a profile that is added, or
            handed in, is judged as those that say the same.
        families: ``trial`` (policy arc 41), ``g4`` (arc 44), ``legacy_services`` (G1, G2 and G3 services and servers),
            ``legacy_other`` (other PKIoverheid policies), ``other`` (no PKIoverheid policy).
        systems: names of connected systems; a rule that names one is asked only when the system is.
    """

    kinds: tuple[str, ...] = ()
    says: Statement | None = None
    families: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()

    def includes(self, kind: str, said: Collection[Statement], family: str, system: str | None) -> bool:
        """Return whether a certificate of this kind and family, whose profile says this, is asked, for this system."""
        return (
            (not self.kinds or kind in self.kinds)
            and (self.says is None or self.says in said)
            and (not self.families or family in self.families)
            and (not self.systems or system in self.systems)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Everything named, and the known profiles that say so, for :attr:`pkitools.findings.Rule.applies_to`."""
        selected = () if self.says is None else _saying(self.says)
        return (*self.kinds, *self.families, *selected, *self.systems)


@cache
def _saying(says: Statement) -> tuple[str, ...]:
    return tuple([profile.name for profile in profiles() if says(profile)])


EVERYTHING: Final = Scope()
CA: Final = Scope(kinds=("ca",))
END_ENTITY: Final = Scope(kinds=("end_entity",))


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule with whom it is for and how to look."""

    rule: Rule
    scope: Scope
    check: Check
    silent: Outcome = field(init=False, compare=False)
    """The outcome when it has nothing to say: the same for every certificate, so made once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "silent", Outcome(self.rule, Status.NOT_APPLICABLE))


def rsa_at_least(at: RuleContext, limit: int) -> Answer:
    """Return whether an RSA key has this many bits; other keys are other rules'."""
    key = at.facts.public_key
    if key.algorithm != "RSA":
        return NOT_APPLICABLE
    if key.bits is None:
        return NotChecked("undecodable", "subjectPublicKeyInfo")
    return met_if(key.bits >= limit, "subjectPublicKeyInfo", key.bits, limit=limit)


class RuleBook:
    """The rules of one source document.

    Args:
        namespace: first part of every code.
        source: the document; a rule adds its section.
    """

    def __init__(self, namespace: str, source: Source) -> None:
        self.namespace = namespace
        self.source = source
        self._entries: list[Entry] = []

    def rule(
        self,
        slug: str,
        severity: Severity,
        section: str = "",
        *,
        certainty: Certainty = Certainty.STANDARD,
        scope: Scope = EVERYTHING,
        source: Source | None = None,
        texts: Texts | None = None,
        of_content: bool = True,
    ) -> Callable[[Check], Check]:
        """Declare the rule ``<namespace>.<slug>``; decorates its check.

        Args:
            slug: the rest of the code.
            severity: ERROR for a MUST, WARNING for a SHOULD.
            section: where in the document.
            certainty: how well founded.
            scope: whom it is for.
            source: another document than the book's.
            texts: title, message and remedy by language, of a book that is not ours; ours stand in the messages.
            of_content: as of :class:`~pkitools.findings.Rule`; ``False`` of what asks for another kind of certificate.
        """
        origin = source or self.source
        where = origin.at(section) if section else origin
        code = f"{self.namespace}.{slug}"
        rule = Rule(code, severity, where, certainty, scope.names, period_of(code), texts, of_content)

        def declare(check: Check) -> Check:
            self._entries.append(Entry(rule, scope, check))
            return check

        return declare

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was declared, in order."""
        return tuple(self._entries)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The declarations."""
        return tuple(entry.rule for entry in self._entries)
