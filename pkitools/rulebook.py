"""All rules of all rooms, and what rests on each document: for ``rules list``, the reference pages and the tests.

The rooms are imported when the rules are asked for, so that a command that needs none of them does not pay for them.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pkitools.documents import Document, Source, documents
from pkitools.errors import InvalidValueError
from pkitools.findings import Basis, Certainty, Rule, Severity
from pkitools.frozen import Frozen, dataclass
from pkitools.package_data import read_toml

if TYPE_CHECKING:
    from pkitools.explanations import ErrorText
    from pkitools.exports import ExportForm, TLSSettings
    from pkitools.metadata.consumers import Ask, Consumer
    from pkitools.oin.entity_schemes import Scheme
    from pkitools.oin.prefixes import Prefix
    from pkitools.probing.starttls import StartTLS
    from pkitools.profiles import TSP
    from pkitools.renewal import Breakage, Counterpart, Replacement, WorkStep
    from pkitools.rules.own import OwnData
    from pkitools.systems import Statement, System


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by code. A room with rules has its line here; tests find a rule that is left out."""
    from pkitools.checking import authorities, environment, file_check, received
    from pkitools.checking.delivery import checks as delivery
    from pkitools.metadata.rules import books as metadata
    from pkitools.oin import id_rules, number_rules
    from pkitools.portfolio.risk import rules as risk
    from pkitools.probing import rules as probing
    from pkitools.renewal import rules as renewal
    from pkitools.requests import rules as requests
    from pkitools.revocation import rules as revocation
    from pkitools.rules import books
    from pkitools.rules.own import data
    from pkitools.systems import rules as systems
    from pkitools.validation import rules as validation
    from pkitools.x509 import subject_oin

    found = [
        *number_rules.RULES,
        *id_rules.RULES,
        *subject_oin.RULES,
        *requests.RULES,
        *validation.RULES,
        *revocation.RULES,
        *books.RULES,
        *systems.RULES,
        *environment.RULES,
        *authorities.RULES,
        *file_check.RULES,
        *delivery.RULES,
        *metadata.RULES,
        *received.RULES,
        *probing.RULES,
        *renewal.RULES,
        *risk.RULES,
        data.READABLE,
    ]
    return tuple(sorted(found, key=lambda rule: rule.code))


def find_rule(code: str) -> Rule:
    """Return the rule with this code.

    Raises:
        InvalidValueError: no rule has it; the error names codes that look like it.
    """
    rules = {rule.code: rule for rule in all_rules()}
    if code in rules:
        return rules[code]
    from difflib import get_close_matches  # only what is wrong pays for it

    near = get_close_matches(code, rules, n=3, cutoff=0.5) or [c for c in rules if code and code in c][:3]
    slug = "unknown_near" if near else "unknown"
    raise InvalidValueError(f"rules.error.{slug}", code=code, near=", ".join(near))


@dataclass(frozen=True, slots=True)
class Weight:
    """What a rule weighs somewhere, where that differs from what it weighs by itself.

    Args:
        severity: what a violation weighs there.
        where: where that is, by language (``nl``, ``en``), as the end of a sentence.
    """

    severity: Severity
    where: Mapping[str, str]


def weights(code: str) -> tuple[Weight, ...]:
    """Return what else a violation of the rule with this code can weigh; nothing where that is the same everywhere."""
    return _weights().get(code, ())


@cache
def _weights() -> Mapping[str, tuple[Weight, ...]]:
    found: defaultdict[str, list[Weight]] = defaultdict(list)
    for table in read_toml("pkitools", "weights.toml")["weight"]:
        weight = Weight(Severity[table["severity"].upper()], Frozen({"nl": table["nl"], "en": table["en"]}))
        for code in table["codes"]:
            found[code].append(weight)
    return MappingProxyType({code: tuple(each) for code, each in found.items()})


@dataclass(frozen=True, slots=True)
class ProfileBasis:
    """One statement of a profile, and what it rests on.

    Args:
        profile: name of the profile; ``trial`` for how TRIAL certificates differ from those of production.
        part: the part of the profile: ``subject.attributes.serialNumber``, ``key.size``; ``all`` for the whole.
        basis: where it stands, and how certain that makes it.
    """

    profile: str
    part: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class SystemStatement:
    """One statement of a document about one connected system."""

    system: System
    statement: Statement


@dataclass(frozen=True, slots=True)
class MetadataAsk:
    """One thing that a consumer of metadata asks."""

    consumer: Consumer
    ask: Ask

    @property
    def basis(self) -> Basis:
        """Where it stands, and how certain that makes it."""
        return self.ask.basis


@dataclass(frozen=True, slots=True)
class DataRow:
    """A row of our other data that names a document.

    Args:
        name: what it is about, in the words of its file: ``kpn registration``, ``nginx``.
        basis: where it stands, and how certain that makes it.
    """

    name: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Resting:
    """All that rests on one document, each in the order of its own data.

    Args:
        document: the document.
        rules: rules of certificates, requests, numbers, paths and revocation.
        statements: what connected systems ask because of it, or of which it was looked for in vain.
        profiles: parts of certificate profiles.
        tsps: certification authorities whose intake of requests it describes.
        prefixes: rows of the prefix table of the OIN.
        schemes: forms of entity IDs and service IDs.
        examples: OINs it prints as an example.
        error_texts: error texts of other programs that it shows.
        exports: forms that other programs load because it says so, and how their configurations set TLS.
        protocols: how TLS is asked for in protocols that begin without.
        renewals: who must be told of a renewal because of it, and what it says of the move to G4.
        asks: what those ask who receive metadata.
        rows: what else of our data names it: days of rules, lead times, the OIN register, directives of configurations.
    """

    document: Document
    rules: tuple[Rule, ...] = ()
    statements: tuple[SystemStatement, ...] = ()
    profiles: tuple[ProfileBasis, ...] = ()
    tsps: tuple[TSP, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    schemes: tuple[Scheme, ...] = ()
    examples: tuple[str, ...] = ()
    error_texts: tuple[ErrorText, ...] = ()
    exports: tuple[ExportForm | TLSSettings, ...] = ()
    protocols: tuple[StartTLS, ...] = ()
    renewals: tuple[Counterpart | Replacement | Breakage | WorkStep, ...] = ()
    asks: tuple[MetadataAsk, ...] = ()
    rows: tuple[DataRow, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing rests on the document."""
        return not any(getattr(self, field.name) for field in dataclasses.fields(self) if field.name != "document")


def rests_on() -> Mapping[str, Resting]:
    """Return for every document of the register what rests on it: key → :class:`Resting`, in the register's order."""
    return _resting()


def own_rests_on(data: OwnData) -> tuple[Resting, ...]:
    """Return what rests on the documents that facts of one's own name, each once, in the order they are named in."""
    found: dict[Document, dict[str, list[object]]] = {}
    for kind, thing, source in _own_citations(data):
        if source.own is not None:  # what a package rests on a document of the register stands with the package
            found.setdefault(source.own, defaultdict(list))[kind].append(thing)
    return tuple(_gathered(document, kinds) for document, kinds in found.items())


def _own_citations(data: OwnData) -> Iterator[tuple[str, object, Source]]:
    for system in data.systems:
        for statement in system.statements:
            yield "statements", SystemStatement(system, statement), statement.source
    yield from (("rules", rule, rule.source) for rule in data.rules)
    for tsp in data.tsps:
        yield from (("tsps", tsp, source) for source in {tsp.basis.source, *_domain_checks(tsp)})


def citations() -> Iterator[tuple[str, object, Source]]:
    """Yield everything that rests on a document: its kind (a field of :class:`Resting`), the thing, and the place."""
    from pkitools.explanations import explanations
    from pkitools.exports import export_forms, tls_settings
    from pkitools.metadata.consumers import consumers
    from pkitools.oin.entity_schemes import schemes
    from pkitools.oin.prefixes import prefix_table
    from pkitools.probing.starttls import protocols
    from pkitools.profiles import profiles, trial, tsps
    from pkitools.renewal import counterparts, migration_facts
    from pkitools.systems import systems

    yield from (("rules", rule, rule.source) for rule in all_rules())
    for system in systems():
        for statement in system.statements:
            yield "statements", SystemStatement(system, statement), statement.source
    for name, told in (*((profile.name, profile) for profile in profiles()), ("trial", trial())):
        for part, basis in _bases(told):
            yield "profiles", ProfileBasis(name, part, basis), basis.source
    for tsp in tsps():
        yield from (("tsps", tsp, source) for source in {tsp.basis.source, *_domain_checks(tsp)})
    yield from (("prefixes", row, row.source) for row in prefix_table().prefixes.values())
    yield from (("examples", oin, source) for oin, source in prefix_table().examples.items())
    yield from (("schemes", scheme, scheme.source) for scheme in schemes().schemes)
    yield from (("error_texts", text, text.source) for each in explanations() for text in each.texts)
    yield from (("exports", form, form.source) for form in export_forms())
    yield "exports", tls_settings(), tls_settings().source
    yield from (("protocols", each, each.source) for each in protocols())
    yield from (("asks", MetadataAsk(each, ask), ask.basis.source) for each in consumers() for ask in each.asks)
    move = migration_facts()
    for renewals in (counterparts(), move.replacements, move.breakages, move.steps):
        yield from (("renewals", each, each.source) for each in renewals)
    yield from (("rows", row, row.basis.source) for row in _other_rows())


def _other_rows() -> Iterator[DataRow]:
    from pkitools.connections.lead import documented
    from pkitools.oin_register.places import register_places
    from pkitools.portfolio.programs import programs

    for rule in all_rules():
        if rule.in_force is not None:
            yield DataRow(f"{rule.code}, its days", Basis(rule.in_force.source, rule.certainty))
    for whose, lead in documented():
        if lead.basis is not None:
            yield DataRow(f"{whose[1]} {lead.kind}", lead.basis)
    yield from (DataRow(name, Basis(source, Certainty.OFFICIAL)) for name, source in programs())
    for place in register_places():
        if place.source is not None:
            yield DataRow(place.name, Basis(place.source, place.certainty))


def _domain_checks(tsp: TSP) -> Iterator[Source]:
    if tsp.domain_check is not None:
        yield tsp.domain_check.source


@cache
def _resting() -> Mapping[str, Resting]:
    found: dict[str, dict[str, list[object]]] = {each.key: defaultdict(list) for each in documents()}
    for kind, thing, source in citations():
        found[source.key][kind].append(thing)
    return MappingProxyType({each.key: _gathered(each, found[each.key]) for each in documents()})


def _gathered(document: Document, kinds: Mapping[str, list[object]]) -> Resting:
    things = {kind: tuple(found) for kind, found in kinds.items()}
    return dataclasses.replace(Resting(document), **things)  # type: ignore[arg-type]  # citations() names the fields


def _bases(told: object, part: str = "") -> Iterator[tuple[str, Basis]]:
    """Yield every basis in a profile or a part of it, with the name of the part."""
    if isinstance(told, Basis):
        yield re.sub(r"[._]?basis$", "", part) or "all", told
    elif isinstance(told, tuple):
        for number, each in enumerate(told):
            yield from _bases(each, f"{part}.{getattr(each, 'name', number)}")
    elif dataclasses.is_dataclass(told):
        for field in dataclasses.fields(told):
            yield from _bases(getattr(told, field.name), f"{part}.{field.name}".lstrip("."))
