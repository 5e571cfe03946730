"""The shapes: which authorities a PKI of one kind has, and what each end entity profile puts in a certificate.

All of it is data: ``data/authorities.toml`` and ``data/templates.toml``, with their sources, and for what they share
with requests and rules the profiles of the library.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final

from pkitools.errors import InvalidValueError
from pkitools.frozen import dataclass, replace
from pkitools.package_data import read_toml
from pkitools.profiles import Presence, Profile, profiles
from pkitools_test_pki.names import Attribute, encode

LEVELS: Final = ("root", "domain", "tsp")


@dataclass(frozen=True, slots=True)
class Generation:
    """What the authorities of one generation (g4, g1, g3) have in common.

    Args:
        signature: name of a scheme in :data:`pkitools_test_pki.algorithms.SCHEMES`.
        key: key type of an authority.
        ends: last moment of the root, of the domain and of the TSP authority.
        starts: first moment by level, as in the real hierarchy.
        crl_hours: time from thisUpdate to nextUpdate.
        cps: address of the practice statement, in the certificates that have policies.
    """

    name: str
    signature: str
    key: str
    ends: datetime
    starts: Mapping[str, datetime]
    crl_hours: int
    ca_key_usage: tuple[str, ...]
    root_has_authority_key_identifier: bool
    cps: str | None


@dataclass(frozen=True, slots=True)
class AuthoritySpec:
    """One authority of a shape; ``issuer`` is the name of the one above it, ``None`` for a root."""

    name: str
    generation: Generation
    level: str
    issuer: str | None
    subject: tuple[Attribute, ...]
    policies: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    qc: tuple[tuple[str, ...], ...]
    ocsp: bool

    @property
    def common_name(self) -> str:
        """The CN."""
        return next(str(attribute.value) for attribute in self.subject if attribute.type == "CN")

    def as_issued(self, certificate: bytes) -> AuthoritySpec:
        """Return this data with the subject of the authority's certificate (DER): an imported one may have its own."""
        if encode(self.subject) in certificate:
            return self
        from pkitools.x509 import read_certificate

        subject = read_certificate(certificate).subject
        return replace(self, subject=tuple(Attribute(a.name, a.value) for a in subject))


@dataclass(frozen=True, slots=True)
class Template:
    """One end entity profile.

    Args:
        name: as in ``--profile``.
        issuer: name of the authority that signs it.
        subject: the attributes it knows, in encoded order.
        required: those of them it cannot do without.
        trial: those whose value starts with ``TRIAL ``.
        key: type of the keys made for it; ``minimum_bits``: what a key that is given must have.
        san: ``dns`` (one or more host names), ``uzi`` (one host name and the UZI names), ``none``.
        qc: the qcStatements, each its OID and the OIDs inside.
    """

    name: str
    issuer: str
    subject: tuple[str, ...]
    required: frozenset[str]
    trial: frozenset[str]
    key: str
    minimum_bits: int
    days: int
    key_usage: tuple[str, ...]
    extended_key_usage: tuple[str, ...]
    policies: tuple[str, ...]
    san: str
    basic_constraints: bool
    ocsp: bool
    qc: tuple[tuple[str, ...], ...]
    cps: str | None = None


def shape_names() -> tuple[str, ...]:
    """Return the names of all shapes."""
    return tuple(_authorities_file()["shape"])


def authorities_of(shapes: Iterable[str]) -> tuple[AuthoritySpec, ...]:
    """Return the authorities of these shapes together, each after its issuer; what shapes share is there once.

    Raises:
        InvalidValueError: no such shape, or none given.
    """
    found: dict[str, AuthoritySpec] = {}
    for shape in shapes:
        if shape not in shape_names():
            raise InvalidValueError("test_pki.error.shape", shape=shape, known=", ".join(shape_names()))
        for leaf in _authorities_file()["shape"][shape]:
            for spec in _path_to(leaf):
                found.setdefault(spec.name, spec)
    if not found:
        raise InvalidValueError("test_pki.error.no_shape", known=", ".join(shape_names()))
    return tuple(found.values())


def _path_to(name: str) -> list[AuthoritySpec]:
    spec = authority_spec(name)
    return [*(_path_to(spec.issuer) if spec.issuer else ()), spec]


@cache
def authority_spec(name: str) -> AuthoritySpec:
    """Return the data of one authority. Raises KeyError for a name the data does not have."""
    row = _authorities_file()["authority"][name]
    return AuthoritySpec(
        name=name,
        generation=_generation(row["generation"]),
        level=row["level"],
        issuer=row.get("issuer"),
        subject=tuple(Attribute(kind, value) for kind, value in row["subject"]),
        policies=tuple(row.get("policies", ())),
        extended_key_usage=tuple(row.get("extended_key_usage", ())),
        qc=_statements(row.get("qc", ())),
        ocsp=row.get("ocsp", False),
    )


@cache
def _generation(name: str) -> Generation:
    row = dict(_authorities_file()["generation"][name])
    row["starts"] = {level: _midnight(day) for level, day in row["starts"].items()}
    row["ends"] = _midnight(row["ends"])
    row["ca_key_usage"] = tuple(row["ca_key_usage"])
    return Generation(name=name, **{"cps": None, **row})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@cache
def templates() -> Mapping[str, Template]:
    """Return every end entity profile by name."""
    rows = _read("templates.toml")
    defaults = rows.pop("defaults")
    library = {profile.name: _of_library(profile) for profile in profiles()}
    return {name: _template(name, {**defaults, **library.get(name, {}), **row}) for name, row in rows.items()}


def template(name: str) -> Template:
    """Return one end entity profile.

    Raises:
        InvalidValueError: no such profile.
    """
    try:
        return templates()[name]
    except KeyError:
        raise InvalidValueError("test_pki.error.profile", profile=name, known=", ".join(templates())) from None


def ocsp_responder_template(authority: str) -> Template:
    """Return the profile of a certificate that signs OCSP responses for an authority (RFC 6960 4.2.2.2)."""
    return Template(
        name="ocsp-responder",
        issuer=authority,
        subject=("C", "O", "CN"),
        required=frozenset({"C", "O", "CN"}),
        trial=frozenset({"O", "CN"}),
        key="rsa:3072",
        minimum_bits=3001,
        days=397,
        key_usage=("digitalSignature",),
        extended_key_usage=("OCSPSigning",),
        policies=(),
        san="none",
        basic_constraints=True,
        ocsp=False,
        qc=(),
    )


def _of_library(profile: Profile) -> dict[str, Any]:
    """Return what the library knows of a profile, in the terms of ``data/templates.toml``."""
    rules = [rule for rule in profile.subject.attributes if rule.presence is not Presence.FORBIDDEN]
    bits = min(profile.key.generate)
    return {
        "subject": [rule.name + ("" if rule.presence is Presence.REQUIRED else "?") for rule in rules],
        "key": f"rsa:{bits}",
        "minimum_bits": profile.key.minimum_bits,
        "key_usage": profile.usage.key_usage,
        "extended_key_usage": profile.usage.extended_key_usage,
        "policies": profile.policies.trial,
        "qc": [(oid, *inside) for oid, inside in profile.qc_statements.statements],
        "san": "dns" if profile.san.presence is Presence.REQUIRED else "none",
        **({"days": profile.validity.trial_days} if profile.validity.trial_days else {}),
    }


def _template(name: str, row: dict[str, Any]) -> Template:
    subject = row.pop("subject")
    lists: dict[str, Any] = {key: tuple(row.pop(key)) for key in ("key_usage", "extended_key_usage", "policies")}
    return Template(
        name=name,
        subject=tuple(kind.rstrip("?") for kind in subject),
        required=frozenset(kind for kind in subject if not kind.endswith("?")),
        trial=frozenset(row.pop("trial")),
        qc=_statements(row.pop("qc")),
        **lists,
        **row,
    )


def _statements(rows: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows)


@cache
def _authorities_file() -> dict[str, Any]:
    return _read("authorities.toml")


def _read(name: str) -> dict[str, Any]:
    return read_toml("pkitools_test_pki", f"data/{name}")
