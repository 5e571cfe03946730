"""What a rule that is written as data can ask of a certificate: one small check for each word of its vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import NOT_APPLICABLE, Answer, Evidence, Met, NotApplicable, NotChecked, Violated
from pkitools.frozen import dataclass
from pkitools.rules.context import RuleContext
from pkitools.systems.reading import require_oids
from pkitools.toml_table import Table
from pkitools.x509.oids import (
    ANY_EXTENDED_KEY_USAGE,
    ATTRIBUTE_OIDS,
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
    EXTENDED_KEY_USAGES,
)
from pkitools.x509.purposes import purpose_names


@dataclass(frozen=True, slots=True)
class CertificatePart:
    """What a certificate has of the thing asked.

    Args:
        path: where it stands in the certificate.
        values: every value there; empty when it has none.
        fits: one of them is what was asked.
    """

    path: str
    values: tuple[str, ...]
    fits: bool


Look: TypeAlias = Callable[[RuleContext], CertificatePart | NotChecked | NotApplicable]


def _unread(at: RuleContext, oid: str) -> bool:
    """Return whether an extension stands in the certificate in a form that could not be read: absent it is not."""
    return any(problem in at.facts.problems for problem in (f"malformed_extension:{oid}", f"duplicate_extension:{oid}"))


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the subject, of any value or of this one."""

    name: str
    value: str | None

    def __call__(self, at: RuleContext) -> CertificatePart | NotChecked:
        """Return what the subject has of it."""
        if any(problem.startswith("malformed_name:") for problem in at.facts.problems):
            return NotChecked("undecodable", "subject")
        oid = ATTRIBUTE_OIDS.get(self.name, self.name)
        values = tuple(attribute.value for attribute in at.facts.subject.attributes(oid))
        return CertificatePart(
            f"subject.{self.name}", values, self.value in values if self.value is not None else bool(values)
        )


@dataclass(frozen=True, slots=True)
class ExtendedKeyUsage:
    """A purpose in the extended key usage.

    Args:
        oid: the purpose.
        allowed: it is enough that the certificate may serve it, as a system asks it: it has no extended key usage, or
            any (RFC 5280 4.2.1.12). Else it has to be named.
    """

    oid: str
    allowed: bool

    def __call__(self, at: RuleContext) -> CertificatePart | NotChecked:
        """Return the purposes of the certificate."""
        if _unread(at, EXTENDED_KEY_USAGE):
            return NotChecked("undecodable", "extendedKeyUsage")
        stated = at.facts.extended_key_usage
        found = stated or ()
        may = self.allowed and (stated is None or ANY_EXTENDED_KEY_USAGE in found)
        return CertificatePart("extendedKeyUsage", tuple(purpose_names(found)), self.oid in found or may)


@dataclass(frozen=True, slots=True)
class Policy:
    """One of these certificate policies."""

    oids: tuple[str, ...]

    def __call__(self, at: RuleContext) -> CertificatePart | NotChecked:
        """Return the policies of the certificate."""
        if _unread(at, CERTIFICATE_POLICIES):
            return NotChecked("undecodable", "certificatePolicies")
        found = tuple(policy.oid for policy in at.facts.certificate_policies or ())
        return CertificatePart("certificatePolicies", found, any(oid in self.oids for oid in found))


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer with one of these common names."""

    names: tuple[str, ...]

    def __call__(self, at: RuleContext) -> CertificatePart:
        """Return the common name of the issuer."""
        name = at.facts.issuer.common_name
        return CertificatePart("issuer.CN", () if name is None else (name,), name in self.names)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of this algorithm, of at least so many bits: RSA also where it is for RSASSA-PSS only."""

    algorithm: str
    bits: int

    def __call__(self, at: RuleContext) -> CertificatePart | NotChecked:
        """Return algorithm and size of the key."""
        key = at.facts.public_key
        of_it = key.algorithm.startswith("RSA") if self.algorithm == "RSA" else key.algorithm == self.algorithm
        if of_it and key.bits is None:
            return NotChecked("undecodable", "subjectPublicKeyInfo")
        fits = of_it and (key.bits or 0) >= self.bits
        return CertificatePart("subjectPublicKeyInfo", (f"{key.algorithm} {key.bits or ''}".strip(),), fits)


@dataclass(frozen=True, slots=True)
class Validity:
    """A validity of at most so many days, both ends counted (RFC 5280 4.1.2.5)."""

    days: int

    def __call__(self, at: RuleContext) -> CertificatePart:
        """Return for how many days the certificate is valid."""
        lasts = at.facts.not_after - at.facts.not_before + timedelta(seconds=1)
        return CertificatePart("validity", (str(-(-lasts // timedelta(days=1))),), lasts <= timedelta(days=self.days))


@dataclass(frozen=True, slots=True)
class Requirement:
    """The check of one rule that is written as data.

    Args:
        look: what it looks at.
        forbidden: it must not be there, rather than must be.
        wanted: what is asked, for the message.
        environments: where it holds; empty means everywhere.
    """

    look: Look
    forbidden: bool
    wanted: str
    environments: frozenset[Environment] = frozenset()

    def __call__(self, at: RuleContext) -> Answer:
        """Return whether the certificate meets it, here."""
        if self.environments and at.environment is None:
            return NotChecked("environment_not_named")
        if self.environments and at.environment not in self.environments:
            return NOT_APPLICABLE
        seen = self.look(at)
        if not isinstance(seen, CertificatePart):
            return seen
        evidence = tuple(Evidence(seen.path, value) for value in seen.values)
        operands = {"found": ", ".join(seen.values) or "-", "wanted": self.wanted}
        return Met(evidence, operands) if seen.fits is not self.forbidden else Violated(evidence, operands)


_OIDS: Final = {name: oid for oid, name in EXTENDED_KEY_USAGES.items()}


def _attribute(table: Table) -> tuple[Look, str]:
    name, value = table.need("attribute", str), table.get("value", str)
    _known(name, ATTRIBUTE_OIDS, table, "attribute")
    return Attribute(name, value), name if value is None else f"{name}={value}"


def _extended_key_usage(table: Table) -> tuple[Look, str]:
    name = table.need("extended_key_usage", str)
    _known(name, _OIDS, table, "extended_key_usage")
    return ExtendedKeyUsage(_OIDS.get(name, name), allowed=table.where.endswith("requires.")), name


def _policy(table: Table) -> tuple[Look, str]:
    oids = _some(table, "policy")
    require_oids(table, "policy", oids)
    return Policy(oids), ", ".join(oids)


def _issuer(table: Table) -> tuple[Look, str]:
    names = _some(table, "issuer")
    return Issuer(names), ", ".join(names)


def _key(table: Table) -> tuple[Look, str]:
    algorithm, bits = table.need("key", str), table.number("bits")
    if algorithm not in {"RSA", "EC"}:
        raise InvalidValueError("arguments.error.choice", parameter=table.at("key"), given=algorithm, known="RSA, EC")
    if bits is None:
        raise InvalidValueError("toml.error.missing", where=table.at("bits"))
    return Key(algorithm, bits), f"{algorithm} {bits}"


def _days(table: Table) -> tuple[Look, str]:
    days = table.number("days")
    if days is None:
        raise InvalidValueError("toml.error.missing", where=table.at("days"))
    return Validity(days), str(days)


def _some(table: Table, field: str) -> tuple[str, ...]:
    found = table.texts(field)
    if not found:
        raise InvalidValueError("toml.error.missing", where=table.at(field))
    return found


def _known(name: str, names: Mapping[str, str], table: Table, field: str) -> None:
    """Refuse a name that no certificate can have: the rule would never be met, or never be violated."""
    if name not in names and name not in names.values():
        raise InvalidValueError(
            "arguments.error.choice", parameter=table.at(field), given=name, known=", ".join(sorted(names))
        )


_REQUIRED: Final[Mapping[str, tuple[Callable[[Table], tuple[Look, str]], tuple[str, ...]]]] = {
    "attribute": (_attribute, ("attribute", "value")),
    "extended_key_usage": (_extended_key_usage, ("extended_key_usage",)),
    "policy": (_policy, ("policy",)),
    "issuer": (_issuer, ("issuer",)),
    "key": (_key, ("key", "bits")),
    "days": (_days, ("days",)),
}
_FORBIDDABLE: Final = ("attribute", "extended_key_usage", "policy", "issuer")


def read_requirement(table: Table, *, forbidden: bool) -> tuple[Look, str]:
    """Return what a ``requires`` or ``forbids`` asks, and how a message names it.

    Raises:
        InvalidValueError: it asks nothing, two things at once, or a thing nobody knows.
    """
    words = _FORBIDDABLE if forbidden else tuple(_REQUIRED)
    asked = [word for word in words if word in table.fields]
    if len(asked) != 1:
        raise InvalidValueError("rules.error.own_requirement", where=table.where.rstrip(".: "), known=", ".join(words))
    read, fields = _REQUIRED[asked[0]]
    table.require_known(fields)
    return read(table)
