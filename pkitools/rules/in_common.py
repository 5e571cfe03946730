"""What rules say of everything that certificates of one authority and profile have in common, asked once for all.

Of a thousand certificates that a TSP issued by one profile, most of the rules look only at what is the same in each:
extensions, algorithms, the kind of key, the issuer, and of its names which there are and of what type, whatever they
say. Which rules those are is nowhere declared, and need not be: a rule is asked about a certificate of which nothing
else is there. One that asks for more gets an ``AttributeError``, and is asked of every certificate by itself; what
another answers, it answers of all that have this in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from pkitools.findings import MET, NOT_APPLICABLE, Answer, Met, NotApplicable, NotChecked, Rule, Violated
from pkitools.findings.asking import CRASHES
from pkitools.findings.considered import Kind
from pkitools.profiles.conformance import Particulars
from pkitools.rules.context import RuleContext
from pkitools.x509.model import CertificateFacts, DistinguishedName, GeneralName, NameAttribute, PublicKey

if TYPE_CHECKING:
    from pkitools.rules.plan import Plan, Step

T = TypeVar("T")

_OF_FACTS: Final = (
    "version",
    "issuer",
    "signature_algorithm",
    "basic_constraints",
    "key_usage",
    "extended_key_usage",
    "certificate_policies",
    "authority_key_identifier",
    "crl_distribution_points",
    "ocsp_uris",
    "ca_issuers_uris",
    "qc_statements",
    "problems",
    "is_self_issued",
)
_OF_KEY: Final = ("algorithm", "bits", "curve", "exponent")
_OF_CONTEXT: Final = (
    "kind",
    "profile",
    "environment",
    "_system",
    "_purposes_taken",
    "issuer",
    "others",
    "policies",
    "holder",
    "family",
    "critical",
)
_said: Final = attrgetter(
    *(f"facts.{name}" for name in _OF_FACTS), *(f"facts.public_key.{name}" for name in _OF_KEY), *_OF_CONTEXT
)
"""Everything that is there of a certificate, and around it, when it is asked what it has in common with others."""
_said_of_facts: Final = attrgetter(*_OF_FACTS, *(f"public_key.{name}" for name in _OF_KEY))
"""The same of a certificate alone."""
_found_by: Final = attrgetter(
    "facts.issuer.der",
    "facts.key_usage",
    "facts.extended_key_usage",
    "facts.problems",
    "facts.public_key.bits",
    "policies",
)
"""Enough of it to tell most from most others, and quick to hash."""

_OF_ATTRIBUTE: Final = ("oid", "name", "string_type")
_OF_NAME: Final = ("kind", "type_id", "string_type")
_of_attribute: Final = attrgetter(*_OF_ATTRIBUTE)
_of_name: Final = attrgetter(*_OF_NAME)

MOST: Final = 256
"""Kinds of certificates kept: of a TSP some for each profile, by how many names there are, and one for each that has
something wrong with it."""
_ANSWERS: Final = (Met, NotApplicable, NotChecked, Violated)


class _CommonFacts(CertificateFacts):
    """The facts of a certificate without those that differ from one to the next."""

    __slots__ = ("is_self_issued",)


class _OfTypes(Mapping[str, list[str]]):
    """Which types of attributes a subject has, without the values: those of another type are none."""

    def __init__(self, types: Iterable[str]) -> None:
        self._types = frozenset(types)

    def __contains__(self, oid: object) -> bool:
        return oid in self._types

    def __getitem__(self, oid: str) -> list[str]:
        raise (AttributeError if oid in self._types else KeyError)(oid)

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


class InCommon(NamedTuple):
    """What the rules of a plan say of certificates that have something in common.

    Args:
        said: what they have in common.
        silent: the places of the rules that do not apply.
        odd: the places of those that answer anything but that they are met, with what they say.
        depends: those of the rules that looked at the system, by ``id``.
        steps: what there is to ask of each certificate by itself; ``None`` where the rules were not asked yet.
    """

    said: tuple[object, ...]
    silent: Sequence[int] = ()
    odd: Sequence[tuple[int, Rule, Answer]] = ()
    depends: Set[int] = frozenset()
    steps: Sequence[Step] | None = None


class Answered:
    """What rules said of what certificates have in common, of the :data:`MOST` kinds that were met since it was full.

    It holds at any moment and is of no certificate: rules that look at a time are asked of each. May be shared between
    threads, of which one may ask what another has asked.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], InCommon] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, plan: Plan, at: RuleContext) -> InCommon | None:
        """Return what the rules of a plan say of what a certificate has in common with one that was asked before.

        ``None`` where there is none: who asks about one certificate does not pay for the next.
        """
        names = at.facts.subject_alternative_name
        form = tuple(map(_of_attribute, at.subject)), names if names is None else tuple(map(_of_name, names))
        place, said = (plan, *_found_by(at), *form), _said(at)
        kept = self._kept.get(place)
        if kept is None or kept.said != said:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[place] = InCommon(said)
            return None
        if kept.steps is None:
            kept = self._kept[place] = _asked(plan, at, said)
        return kept


class Kinds:
    """Certificates by what they have in common, of the :data:`MOST` kinds that were met since it was full.

    What other rooms ask of all certificates of a kind alike they keep with it. May be shared between threads.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], tuple[object, Kind[CertificateFacts] | None]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, facts: CertificateFacts) -> Kind[CertificateFacts] | None:
        """Return the kind of a certificate; ``None`` of the first, who asks about one does not pay for the next."""
        names = facts.subject_alternative_name
        place = (
            facts.issuer.der,
            facts.key_usage,
            facts.extended_key_usage,
            tuple([policy.oid for policy in facts.certificate_policies or ()]),
            tuple([tuple(map(_of_attribute, rdn)) for rdn in facts.subject.rdns]),
            names if names is None else tuple(map(_of_name, names)),
        )
        said, kept = _said_of_facts(facts), self._kept.get(place)
        if kept is None or kept[0] != said:
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[place] = said, None
            return None
        if kept[1] is None:
            kept = self._kept[place] = said, Kind(_facts_in_common(facts))
        return kept[1]


def _facts_in_common(facts: CertificateFacts) -> CertificateFacts:
    """Return a certificate of which nothing is there but what it has in common with others of its kind."""
    common, subject = _without_particulars(facts), object.__new__(DistinguishedName)
    rdns = tuple([tuple([_only(NameAttribute, _OF_ATTRIBUTE, each) for each in rdn]) for rdn in facts.subject.rdns])
    object.__setattr__(subject, "rdns", rdns)
    object.__setattr__(common, "subject", subject)
    return common


def _asked(plan: Plan, at: RuleContext, said: tuple[object, ...]) -> InCommon:
    common = _only_in_common(at)
    silent: list[int] = []
    odd: list[tuple[int, Rule, Answer]] = []
    depends: set[int] = set()
    steps: list[Step] = []
    for step in plan.steps:
        place, rule, check, period = step
        common.was_asked_of_system = False
        try:
            answer = check(common)
        except CRASHES:  # it asks for what is not there, or is at fault: then it says so of each
            answer = None
        # what does not apply does not apply on any day
        if not isinstance(answer, _ANSWERS) or (period is not None and answer is not NOT_APPLICABLE):
            steps.append(step)
            continue
        if answer is NOT_APPLICABLE:
            silent.append(place)
        elif answer is not MET:
            odd.append((place, rule, answer))
        if common.was_asked_of_system:
            depends.add(id(rule))
    return InCommon(said, silent, odd, depends, steps)


def _only_in_common(at: RuleContext) -> RuleContext:
    """Return a certificate of which nothing is there but what it has in common with others.

    Each has slots but the last: of a class without, its defaults would answer where nothing is.
    """
    facts = _without_particulars(at.facts)
    key, names = facts.public_key, facts.subject_alternative_name
    subject = tuple([_only(NameAttribute, _OF_ATTRIBUTE, each) for each in at.subject])
    particulars = object.__new__(Particulars)
    _take(("extensions", "environment", "trial"), at.particulars, particulars)
    for name, value in (("key", key), ("subject", subject), ("names", names)):
        object.__setattr__(particulars, name, value)
    common = object.__new__(RuleContext)
    _take(_OF_CONTEXT, at, common)
    common.facts, common.particulars, common._departures = facts, particulars, {}
    common.subject, common.values_by_type = subject, _OfTypes([each.oid for each in subject])
    return common


def _without_particulars(facts: CertificateFacts) -> CertificateFacts:
    """Return facts without those that differ from one to the next, and without a subject."""
    common, key = object.__new__(_CommonFacts), object.__new__(PublicKey)
    _take(_OF_KEY, facts.public_key, key)
    _take(_OF_FACTS, facts, common)
    object.__setattr__(common, "public_key", key)
    names = facts.subject_alternative_name
    names = names if names is None else tuple([_only(GeneralName, _OF_NAME, each) for each in names])
    object.__setattr__(common, "subject_alternative_name", names)
    return common


def _only(cls: type[T], names: Iterable[str], source: T) -> T:
    made = object.__new__(cls)
    _take(names, source, made)
    return made


def _take(names: Iterable[str], source: object, into: object) -> None:
    for name in names:
        object.__setattr__(into, name, getattr(source, name))
