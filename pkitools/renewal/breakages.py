"""What in a certificate does not go along to the type of G4 that replaces it: one condition for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from pkitools.frozen import Frozen, dataclass
from pkitools.profiles import Permission, Presence, Profile
from pkitools.trust import decode_policy
from pkitools.x509 import CertificateFacts
from pkitools.x509.oids import ORGANIZATION_IDENTIFIER, SERVER_AUTH

_UNIT: Final = "OU"


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Something that does not go along.

    Args:
        value: what stands in the certificate; empty where nothing needs to be shown.
        limit: what G4 has instead.
    """

    value: str = ""
    limit: str = ""


Condition = Callable[[CertificateFacts, Profile | None], LeftBehind | None]


def _always(_facts: CertificateFacts, _target: Profile | None) -> LeftBehind | None:
    return LeftBehind()


def _policy(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    found = [policy.oid for policy in facts.certificate_policies or ()]
    told = [oid for oid in found if (info := decode_policy(oid)) is not None and info.use is not None]
    return LeftBehind(", ".join(told), target.policies.production[-1]) if told and target is not None else None


def _ocsp(facts: CertificateFacts, _target: Profile | None) -> LeftBehind | None:
    return LeftBehind() if facts.ocsp_uris else None


def _names(facts: CertificateFacts, kind: str) -> str:
    return ", ".join(name.value for name in facts.subject_alternative_name or () if name.kind == kind)


def _ip(facts: CertificateFacts, _target: Profile | None) -> LeftBehind | None:
    found = _names(facts, "ip")
    return LeftBehind(found) if found else None


def _key(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    key = facts.public_key
    if target is None or key.algorithm != target.key.algorithm or key.bits is None:
        return None
    return LeftBehind(str(key.bits), str(target.key.minimum_bits)) if key.bits < target.key.minimum_bits else None


def _server(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    may = SERVER_AUTH in (facts.extended_key_usage or ())
    return LeftBehind() if may and target is not None and SERVER_AUTH not in target.usage.extended_key_usage else None


def _lost_names(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    found = [name.value for name in facts.subject_alternative_name or () if name.kind != "ip"]
    forbidden = target is not None and target.san.presence is Presence.FORBIDDEN
    return LeftBehind(", ".join(found)) if found and forbidden else None


def _wildcard(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    found = [name for name in _names(facts, "dns").split(", ") if name.startswith("*.")]
    forbidden = target is not None and target.san.wildcard is Permission.FORBIDDEN
    return LeftBehind(", ".join(found)) if found and forbidden else None


def _unit(facts: CertificateFacts, _target: Profile | None) -> LeftBehind | None:
    found = [attribute.value for attribute in facts.subject if attribute.name == _UNIT]
    return LeftBehind(", ".join(found)) if found else None


def _attributes(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    if target is None:
        return None
    found = [a.name for a in facts.subject if a.name != _UNIT and target.subject.attribute(a.oid) is None]
    return LeftBehind(", ".join(dict.fromkeys(found))) if found else None


def _identifier(facts: CertificateFacts, target: Profile | None) -> LeftBehind | None:
    rule = None if target is None else target.subject.attribute(ORGANIZATION_IDENTIFIER)
    asked = rule is not None and rule.presence is Presence.REQUIRED
    return LeftBehind() if asked and facts.subject.first(ORGANIZATION_IDENTIFIER) is None else None


CONDITIONS: Final[Mapping[str, Condition]] = Frozen(
    {
        "always": _always,
        "policy": _policy,
        "ocsp": _ocsp,
        "ip": _ip,
        "key": _key,
        "server": _server,
        "names": _lost_names,
        "wildcard": _wildcard,
        "OU": _unit,
        "attributes": _attributes,
        "organization-identifier": _identifier,
    }
)
"""The conditions of the data, by name: what is seen of a certificate and the profile that replaces it, if anything."""
