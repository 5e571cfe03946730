"""Which profile a certificate was issued under, from its policies."""

from __future__ import annotations

from functools import cache

from pkitools.profiles import Profile, get_profile, profiles
from pkitools.x509 import CertificateFacts
from pkitools.x509.oids import UZI_NAME

_UZI_ARC = "2.16.528.1.1007."  # CIBG's own policies, of its test and acceptance hierarchies


@cache
def _by_policy() -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    for profile in profiles():
        if profile.name == "uzi-server":
            continue
        for oids in (profile.policies.production, profile.policies.trial):
            if oids:
                found.setdefault(oids[-1], profile)
    return found


def detect_profile(facts: CertificateFacts) -> Profile | None:
    """Return the profile of an end-entity certificate, or ``None`` when its policies name none that pkitools knows."""
    known = _by_policy()
    policies = [policy.oid for policy in facts.certificate_policies or ()]
    found = next((known[oid] for oid in policies if oid in known), None)
    if found is not None and found.name != "g4-tls":
        return found
    uzi = any(oid.startswith(_UZI_ARC) for oid in policies) or any(
        name.type_id == UZI_NAME for name in facts.subject_alternative_name or ()
    )
    return get_profile("uzi-server") if uzi and (found is not None or policies) else found
