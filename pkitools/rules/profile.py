"""Which profile a certificate was issued under, from its policies."""

from __future__ import annotations

from functools import cache

from pkitools.profiles import Profile, profiles
from pkitools.x509 import CertificateFacts
from pkitools.x509.oids import UZI_NAME

_UZI_ARC = "2.16.528.1.1007."  # CIBG's own policies, of its test and acceptance hierarchies


@cache
def _by_policy() -> dict[str, list[Profile]]:
    """Policy OID → the profiles it can be the last, identifying one of: those that are one policy in production."""
    alike: dict[str, list[Profile]] = {}
    for profile in profiles():
        alike.setdefault(profile.policies.production[-1], []).append(profile)
    found: dict[str, list[Profile]] = {}
    for profile in profiles():
        for oids in (profile.policies.production, profile.policies.trial):
            if oids:
                found.setdefault(oids[-1], alike[profile.policies.production[-1]])
    return found


def detect_profile(facts: CertificateFacts) -> Profile | None:
    """Return the profile of an end-entity certificate, or ``None`` when its policies name none that pkitools knows.

    Of profiles that share a policy it is the first whose subject.serialNumber holds what the certificate's does.
    """
    policies = [policy.oid for policy in facts.certificate_policies or ()]
    named = next((found for oid in policies if (found := _by_policy().get(oid))), ())
    holds = "uzi" if _is_uzi(facts, policies) else "oin"
    fitting = [profile for profile in named if profile.serial_number == holds]
    if not fitting and holds == "uzi" and not named and policies:
        fitting = [profile for profile in profiles() if profile.serial_number == holds]
    return next(iter((*fitting, *named)), None)


def _is_uzi(facts: CertificateFacts, policies: list[str]) -> bool:
    return any(oid.startswith(_UZI_ARC) for oid in policies) or any(
        name.type_id == UZI_NAME for name in facts.subject_alternative_name or ()
    )
