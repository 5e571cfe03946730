"""Which profile a certificate was issued under, from its policies."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

from pkitools.frozen import of_the_latest
from pkitools.profiles import Profile, profiles
from pkitools.trust import decode_policy
from pkitools.x509 import CertificateFacts
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.uzi_name import UZIName, uzi_texts

_UZI_ARC: Final = "2.16.528.1.1007."  # CIBG's own policies, of its test and acceptance hierarchies
_ANSWERING: Final = frozenset({Holder.OCSP_RESPONDER, Holder.TIME_STAMPING_UNIT})
_PERSON, _SYSTEM = "natural-person", "system"  # codes of pkitools.trust.policies


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


@of_the_latest
def detect_profile(facts: CertificateFacts) -> Profile | None:
    """Return the profile of an end-entity certificate, or ``None`` when its policies name none that pkitools knows.

    Of profiles that share a policy it is the first whose subject.serialNumber holds what the certificate's does. Those
    of persons and of those who answer for the TSP (OCSP responders, time stamping) have none, also where they stand
    beside a server's in the same arc: the policy is read to its end. An authority that is taken for an end entity is
    held to the profile of one. The name of a UZI server says more than a policy of persons beside it.
    """
    policies = [policy.oid for policy in facts.certificate_policies or ()]
    holds = "uzi" if _is_uzi_server(facts, policies) else "oin"
    if holder_of(facts) in _ANSWERING or (holds != "uzi" and _are_of_persons(policies)):
        return None
    named = next((found for oid in policies if (found := _by_policy().get(oid))), ())
    fitting = [profile for profile in named if profile.serial_number == holds]
    if not fitting and holds == "uzi" and not named and policies:
        fitting = [profile for profile in profiles() if profile.serial_number == holds]
    return next(iter((*fitting, *named)), None)


def _subjects(policies: Iterable[str]) -> set[str]:
    """Return whose certificates the policies are for, as far as they say."""
    return {info.subject for oid in policies if (info := decode_policy(oid)) and info.subject}


def _are_of_persons(policies: Iterable[str]) -> bool:
    subjects = _subjects(policies)
    return bool(subjects) and all(subject.startswith(_PERSON) for subject in subjects)


def _is_uzi_server(facts: CertificateFacts, policies: Iterable[str]) -> bool:
    if _SYSTEM in _subjects(oid for oid in policies if oid.startswith(_UZI_ARC)):
        return True
    names = [UZIName.read(text) for text in uzi_texts(facts.subject_alternative_name)]
    # one that cannot be read is a server's as far as anybody can tell: uzi.san.uzi_name says what is wrong with it
    return any(name is None or name.card_type == "S" for name in names)
