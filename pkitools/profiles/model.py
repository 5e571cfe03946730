"""The values a certificate profile consists of. Frozen; made from ``data/profiles.toml`` only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import lru_cache

from pkitools.arguments import choice
from pkitools.findings import Basis
from pkitools.frozen import dataclass, field
from pkitools.text import pattern as compiled
from pkitools.x509.oids import ATTRIBUTE_OIDS


class Presence(StrEnum):
    """Whether something has to be there."""

    REQUIRED = "required"
    ALLOWED = "allowed"
    DISCOURAGED = "discouraged"
    FORBIDDEN = "forbidden"


class Permission(StrEnum):
    """Whether something may be: for some questions no source gives the answer."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    TRIAL = "trial"  # in a TRIAL certificate only
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One subject attribute.

    Args:
        name: usual short name, a key of :data:`~pkitools.x509.oids.ATTRIBUTE_OIDS`.
        presence: a REQUIRED one occurs exactly once, any other at most once.
        string_type: the ASN.1 string type it is encoded in.
        minimum: fewest characters.
        maximum: most characters.
        pattern: regular expression for the whole value.
        basis: what it rests on.
        form_basis: what the pattern rests on.
    """

    name: str
    presence: Presence
    string_type: str
    minimum: int
    maximum: int
    pattern: str | None
    basis: Basis
    form_basis: Basis

    @property
    def oid(self) -> str:
        """Dotted OID."""
        return ATTRIBUTE_OIDS[self.name]

    def fits_pattern(self, value: str) -> bool:
        """Say whether the whole value matches the pattern, if there is one."""
        return self.pattern is None or _compiled(self.pattern).fullmatch(value) is not None


_compiled = lru_cache(maxsize=256)(compiled)


@dataclass(frozen=True, slots=True)
class SubjectRule:
    """The subject: its attributes in the order they are encoded. What is not listed is forbidden."""

    attributes: tuple[AttributeRule, ...]
    basis: Basis
    _by_oid: dict[str, AttributeRule] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def by_oid(self) -> Mapping[str, AttributeRule]:
        """The rules of the attributes by their OID, in that order; looked up for every certificate."""
        if self._by_oid is None:
            object.__setattr__(self, "_by_oid", {rule.oid: rule for rule in self.attributes})
            assert self._by_oid is not None
        return self._by_oid

    def attribute(self, name: str) -> AttributeRule | None:
        """Return the rule of one attribute by short name or OID, ``None`` when it is not listed."""
        return next((rule for rule in self.attributes if name in {rule.name, rule.oid}), None)

    def names(self, presence: Presence | str) -> tuple[str, ...]:
        """Return the attributes with this presence, in encoding order."""
        wanted = choice(Presence, presence, "presence")
        return tuple(rule.name for rule in self.attributes if rule.presence is wanted)


@dataclass(frozen=True, slots=True)
class SANRule:
    """The subjectAltName.

    Args:
        presence: of the extension.
        kinds: kinds of names it may hold (``dns``, ``ip``, ``other``).
        minimum: fewest DNS names.
        maximum: most DNS names, ``None`` when no limit is known.
        wildcard: whether ``*.example.nl`` may be.
        localhost: whether ``localhost`` may be.
        common_name_listed: the CN is one of the DNS names.
        basis: what it rests on.
        address_basis: what it rests on that there are no IP addresses, where the profile has none.
    """

    presence: Presence
    kinds: frozenset[str]
    minimum: int
    maximum: int | None
    wildcard: Permission
    localhost: Permission
    common_name_listed: bool
    basis: Basis
    address_basis: Basis


@dataclass(frozen=True, slots=True)
class KeyRule:
    """The subject's key.

    Args:
        algorithm: ``RSA``: no PKIoverheid profile has another today.
        minimum_bits: fewest bits accepted.
        recommended_bits: fewest bits that are sure to be accepted; equal to ``minimum_bits`` where that is certain.
        generate: sizes pkitools makes, the default first.
        curves: EC curves accepted; empty: no EC keys.
    """

    algorithm: str
    minimum_bits: int
    recommended_bits: int
    generate: tuple[int, ...]
    curves: tuple[str, ...]
    algorithm_basis: Basis
    size_basis: Basis
    recommended_basis: Basis

    @property
    def types(self) -> tuple[str, ...]:
        """The types of key that can be asked for: ``rsa:3072``, the default first."""
        return tuple(f"{self.algorithm.lower()}:{bits}" for bits in self.generate) + tuple(
            f"ec:{curve.lower()}" for curve in self.curves
        )


@dataclass(frozen=True, slots=True)
class UsageRule:
    """keyUsage (critical; names of RFC 5280) and extendedKeyUsage (OIDs, in the usual order)."""

    key_usage: frozenset[str]
    extended_key_usage: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """certificatePolicies in production and in the TRIAL hierarchy; ``trial`` is empty where there is none."""

    production: tuple[str, ...]
    production_basis: Basis
    trial: tuple[str, ...]
    trial_basis: Basis | None


@dataclass(frozen=True, slots=True)
class QcStatementsRule:
    """qcStatements: (OID, OIDs inside). Empty: the profile has none."""

    statements: tuple[tuple[str, tuple[str, ...]], ...]
    basis: Basis


@dataclass(frozen=True, slots=True)
class SignatureRule:
    """How the request is signed by default, and how the TSP signs: ``pss-sha512-salt64`` or ``pkcs1v15-sha256``."""

    request: str
    certificate: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class ValidityStep:
    """The most days a certificate may be valid that is issued on or after a day (``None``: ever)."""

    start: date | None
    days: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """How long a certificate may be valid.

    Args:
        steps: in order of their start.
        trial_days: usual validity in the TRIAL hierarchy.
        latest_end: no certificate is valid after this day, because the CA is not.
    """

    steps: tuple[ValidityStep, ...]
    trial_days: int | None
    latest_end: date | None

    def step(self, issued: date) -> ValidityStep:
        """Return the step that binds a certificate issued on this day."""
        return [step for step in self.steps if step.start is None or step.start <= issued][-1]

    def max_days(self, issued: date) -> int:
        """Return the most days of validity for a certificate issued on this day."""
        return self.step(issued).days


@dataclass(frozen=True, slots=True)
class Profile:
    """One certificate profile of PKIoverheid.

    Args:
        name: what it is asked for by, such as ``g4-tls``.
        generation: ``G4`` or ``G1``.
        hierarchy: the part of PKIoverheid that issues it, for people.
        root: name of the hierarchy that its path ends in, as systems and the trust store name it.
        serial_number: what subject.serialNumber of its certificates holds: ``oin``, or ``uzi`` (the UZI number, which
            CIBG fills in).
    """

    name: str
    generation: str
    hierarchy: str
    root: str
    serial_number: str
    subject: SubjectRule
    san: SANRule
    key: KeyRule
    usage: UsageRule
    policies: PolicyRule
    qc_statements: QcStatementsRule
    signature: SignatureRule
    validity: ValidityRule

    def __repr__(self) -> str:
        return f"<Profile {self.name}>"


@dataclass(frozen=True, slots=True)
class TrialRule:
    """How a certificate of the G4 TRIAL hierarchies differs from one of production."""

    name_prefix: str
    prefixed: tuple[str, ...]
    serial_number_pattern: str
    example_oin: str
    example_organization_identifier: str
    basis: Basis

    def without_prefix(self, name: str) -> str:
        """Return a name as it was before a TRIAL certificate was issued for it, as it is written."""
        return name.removeprefix(self.name_prefix)

    def bare(self, name: str) -> str:
        """Return a name as it is compared, of TRIAL or not: without the prefix, in small letters."""
        return name.casefold().removeprefix(self.name_prefix.casefold())


class Acceptance(StrEnum):
    """What a TSP says about a kind of signature."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class OINPlace(StrEnum):
    """Where a TSP takes the OIN from."""

    REQUEST = "request"
    ORDER = "order"  # the order form
    TSP = "tsp"  # it fills it in itself
    UNKNOWN = "unknown"


class RequestHash(StrEnum):
    """A hash that the signature of a request can be made with, as signature algorithms here name it."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


@dataclass(frozen=True, slots=True)
class TSP:
    """What one TSP says about the requests it takes.

    Args:
        name: what it is asked for by, such as ``kpn``.
        title: its name for people.
        key_sizes: RSA sizes it names; empty when it names none.
        hashes: hashes it names; empty when it names none.
        pkcs1: PKCS#1 v1.5 signatures.
        pss: RSASSA-PSS signatures.
        subject_required: attributes its request must have.
        oin: where the OIN goes.
        predates_g4: its page was written before G4.
        trial: it issues TRIAL certificates, so the rules of :class:`TrialRule` hold.
        domain_check: where it says that it checks whose the domain of each name is; ``None`` where it was not found to.
    """

    name: str
    title: str
    key_sizes: tuple[int, ...]
    hashes: tuple[RequestHash, ...]
    pkcs1: Acceptance
    pss: Acceptance
    subject_required: tuple[str, ...]
    oin: OINPlace
    predates_g4: bool
    trial: bool
    basis: Basis
    domain_check: Basis | None = None

    @property
    def is_unknown(self) -> bool:
        """Nothing was found about what it asks."""
        return self.pkcs1 is Acceptance.UNKNOWN and self.pss is Acceptance.UNKNOWN
