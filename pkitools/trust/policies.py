"""Certificate policies by name: PKIoverheid's, ETSI's and CIBG's test arc (``data/policies.toml``).

G4 policies are read by their model, ``2.16.528.1.1003.1.2.<environment>.<domain>.<subject>.<use>``, so that one nobody
listed still tells what it is. A policy never decides between test and production: a test CA is known that issues with
production OIDs. The fingerprint of the root does.

>>> policy_name("2.16.528.1.1003.1.2.44.15.35.11")
'G4 Private TLS, system of an organisation, TLS server (server and client)'
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from pkitools.findings import Certainty
from pkitools.frozen import Frozen, dataclass
from pkitools.messages import LANGUAGES, Language
from pkitools.package_data import read_toml
from pkitools.trust.authorities import HierarchyKind


@dataclass(frozen=True, slots=True)
class PolicyInfo:
    """One certificate policy.

    Args:
        oid: dotted.
        name: by language.
        certainty: how well its meaning is founded.
        kind: production, trial, test or acceptance; ``None`` for policies that accompany another (ETSI).
        generation: ``G4``, ``G3``, ``EV``, ``G1-private``; ``None`` where several share it.
        domain: code, such as ``private-tls``, ``private-other``, ``eutl``, ``private`` (G1), ``organisation`` (G2, G3).
        subject: code, such as ``system``, ``legal-person``, ``natural-person``.
        use: code, such as ``tls-server``, ``authentication``, ``authenticity``, ``confidentiality``, ``ocsp``.
    """

    oid: str
    name: Mapping[str, str]
    certainty: Certainty
    kind: HierarchyKind | None = None
    generation: str | None = None
    domain: str | None = None
    subject: str | None = None
    use: str | None = None


def policy_name(oid: str, language: Language = "en") -> str:
    """Return the name of a policy, or the OID itself when nobody named it."""
    info = decode_policy(oid)
    return info.name[language] if info else oid


@lru_cache(maxsize=1024)  # bounded: a certificate decides which OIDs are asked
def decode_policy(oid: str) -> PolicyInfo | None:
    """Return what a policy OID says, or ``None`` when it is not one of these arcs."""
    return _listed().get(oid) or _by_g4_model(oid)


def listed_policies() -> tuple[PolicyInfo, ...]:
    """Return every policy that is listed or has a known G4 combination, for reference pages."""
    known = _data()["g4"]["known"]
    arc = _data()["arc"]
    g4 = [decode_policy(f"{arc}.{environment}.{rest}") for environment in ("41", "44") for rest in known["official_41"]]
    return (*_listed().values(), *(info for info in g4 if info))


@cache
def _data() -> Mapping[str, Any]:
    return Frozen(read_toml(str(__package__), "data/policies.toml"))


@cache
def _listed() -> Mapping[str, PolicyInfo]:
    return Frozen({record["oid"]: _from_record(record) for record in _data()["policy"]})


def _from_record(record: Mapping[str, str]) -> PolicyInfo:
    return PolicyInfo(
        oid=record["oid"],
        name=Frozen({language: record[language] for language in LANGUAGES}),
        certainty=Certainty(record["certainty"]),
        kind=HierarchyKind(record["kind"]) if "kind" in record else None,
        generation=record.get("generation"),
        domain=record.get("domain"),
        subject=record.get("subject"),
        use=record.get("use"),
    )


def _by_g4_model(oid: str) -> PolicyInfo | None:
    arc: str = _data()["arc"]
    parts = oid.removeprefix(f"{arc}.").split(".")
    if not oid.startswith(f"{arc}.") or len(parts) != 4:
        return None
    model = _data()["g4"]
    environment = model["environment"].get(parts[0])
    domain, subject, use = (
        model[part].get(number) for part, number in zip(("domain", "subject", "use"), parts[1:], strict=True)
    )
    if environment is None or domain is None or subject is None or use is None:
        return None
    kind = HierarchyKind(environment)
    prefix = "TRIAL G4" if kind is HierarchyKind.TRIAL else "G4"
    return PolicyInfo(
        oid=oid,
        name=Frozen({ln: f"{prefix} {domain[ln]}, {subject[ln]}, {use[ln]}" for ln in LANGUAGES}),
        certainty=_g4_certainty(kind, ".".join(parts[1:])),
        kind=kind,
        generation="G4",
        domain=domain["code"],
        subject=subject["code"],
        use=use["code"],
    )


def _g4_certainty(kind: HierarchyKind, combination: str) -> Certainty:
    known = _data()["g4"]["known"]
    if kind is HierarchyKind.PRODUCTION and combination in known["observed_44"]:
        return Certainty.OBSERVED
    if kind is HierarchyKind.TRIAL and combination in known["official_41"]:
        return Certainty.OFFICIAL
    return Certainty.INFERRED
