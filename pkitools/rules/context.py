"""What a rule may look at: one certificate, what is known around it, and when and where it is to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final

from pkitools.arguments import aware
from pkitools.environment import Environment
from pkitools.frozen import once
from pkitools.oin import OIN, InvalidOINError
from pkitools.profiles import Profile, ValidityRule, profiles
from pkitools.profiles.conformance import Departure, Extensions, Particulars, Requirement, departures
from pkitools.x509 import CertificateFacts, NameAttribute
from pkitools.x509.above import Above
from pkitools.x509.der import SEQUENCE, DERError, Node, outline, root
from pkitools.x509.holder import Holder, holder_of
from pkitools.x509.oids import ORGANIZATION_IDENTIFIER

ARC: Final = "2.16.528.1.1003.1.2."
"""All PKIoverheid certificate policies are below this arc."""

WEB_PKI: Final = "2.23.140.1."
"""The policies of the CA/Browser Forum are below this arc."""

ORGANIZATION_VALIDATED: Final = WEB_PKI + "2.2"

# services and servers of the hierarchies before G4: pkioverheid policies 5.4 to 5.7, 5.9, 5.13 to 5.15 and 8.4 to 8.6
_LEGACY_SERVICES: Final = frozenset(
    ARC + rest for rest in ("5.4", "5.5", "5.6", "5.7", "5.9", "5.13", "5.14", "5.15", "8.4", "8.5", "8.6")
)


@lru_cache(maxsize=256)
def family_of(policies: tuple[str, ...]) -> str:
    """Return the family of certificate policies, see :class:`pkitools.rules.engine.Scope`; TRIAL outweighs the rest."""
    ours = [oid for oid in policies if oid.startswith(ARC)]
    if any(oid.startswith(ARC + "41.") for oid in ours):
        return "trial"
    if any(oid.startswith(ARC + "44.") for oid in ours):
        return "g4"
    if any(oid in _LEGACY_SERVICES for oid in ours):
        return "legacy_services"
    return "legacy_other" if ours else "other"


def _as_held(family: str, holder: Holder) -> str:
    """Return the family of a certificate: what is asked of services is not asked of the TSP's own, in the same arc."""
    return "legacy_other" if family == "legacy_services" and holder.is_of_the_tsp else family


@cache
def legacy_validity() -> ValidityRule:
    """Return how long certificates of the hierarchies that end (G1, G2 and G3) may still be valid."""
    return next(profile.validity for profile in profiles() if profile.validity.latest_end is not None)


@lru_cache(maxsize=1024)
def parse_oin(text: str) -> OIN | None:
    """Return the OIN that the text is, also with a prefix no longer given out, or ``None`` when it is none."""
    try:
        return OIN.parse(text, legacy=True)
    except InvalidOINError:
        return None


class RuleContext:
    """One certificate under judgement.

    Args:
        facts: the certificate.
        kind: ``ca`` or ``end_entity``: what it is judged as.
        profile: its profile, ``None`` when unknown.
        moment: validation time, aware UTC.
        environment: where it is to be used, where asked.
        system: name of the connected system, where asked.
        purposes_taken: where that system asks a certificate for TLS, the purposes (OIDs) it may be for; else empty.
        issuer: its issuer's certificate, where known.
        others: other certificates in view, for reuse of keys.
        ends_by: the first authority above it to end, where that is before it does and is known.
    """

    def __init__(
        self,
        facts: CertificateFacts,
        *,
        kind: str,
        profile: Profile | None,
        moment: datetime,
        environment: Environment | None = None,
        system: str | None = None,
        purposes_taken: frozenset[str] = frozenset(),
        issuer: CertificateFacts | None = None,
        others: Sequence[CertificateFacts] = (),
        ends_by: Above | None = None,
    ) -> None:
        self.facts = facts
        self.kind = kind
        self.profile = profile
        self.moment = moment
        self.environment = environment
        self._system = system
        self._purposes_taken = purposes_taken
        self.was_asked_of_system = False
        self._departures: dict[Requirement, tuple[Departure, ...] | None] = {}
        self.issuer = issuer
        self.others = others
        self.ends_by = ends_by
        self.policies: tuple[str, ...] = tuple([policy.oid for policy in facts.certificate_policies or ()])
        self.holder = holder_of(facts)
        self.family = _as_held(family_of(self.policies), self.holder)
        self.critical: dict[str, bool] = {extension.oid: extension.critical for extension in facts.extensions}

    @property
    def system(self) -> str | None:
        """Name of the connected system. Whoever looks at it depends on it: ``was_asked_of_system`` says so."""
        self.was_asked_of_system = True
        return self._system

    @system.setter
    def system(self, name: str | None) -> None:
        self._system = name

    @property
    def purposes_taken(self) -> frozenset[str]:
        """The purposes that system takes; looked at as ``system`` is. None where it asks no certificate for TLS."""
        self.was_asked_of_system = True
        return self._purposes_taken

    @purposes_taken.setter
    def purposes_taken(self, purposes: frozenset[str]) -> None:
        self._purposes_taken = purposes

    @property
    def self_issued(self) -> bool:
        """Subject and issuer are one name."""
        return self.facts.is_self_issued

    @once
    def day(self) -> date:
        """The day of the moment."""
        return aware(self.moment).date()

    @once
    def day_issued(self) -> date:
        """The day of ``issued``."""
        return aware(self.issued).date()

    @once
    def subject(self) -> tuple[NameAttribute, ...]:
        """The attributes of the subject, in encoded order."""
        return tuple(self.facts.subject)

    @once
    def values_by_type(self) -> Mapping[str, list[str]]:
        """Subject attribute OID → its values."""
        found: dict[str, list[str]] = {}
        for attribute in self.subject:
            found.setdefault(attribute.oid, []).append(attribute.value)
        return found

    def values(self, oid: str) -> list[str]:
        """Return the subject's values of one attribute type."""
        return self.values_by_type.get(oid, [])

    @once
    def dns_names(self) -> tuple[str, ...]:
        """The dNSNames of the subjectAltName."""
        return tuple([name.value for name in self.facts.subject_alternative_name or () if name.kind == "dns"])

    @once
    def qc_values(self) -> dict[str, tuple[str, ...]]:
        """QcStatement OID → the values inside it."""
        return {statement.oid: statement.values for statement in self.facts.qc_statements or ()}

    @property
    def is_of_web_pki(self) -> bool:
        """It has a policy of the CA/Browser Forum, which asks some things otherwise."""
        return any(oid.startswith(WEB_PKI) for oid in self.policies)

    @property
    def held_to(self) -> Profile:
        """The profile, for rules whose scope asks that it says something.

        Raises:
            LookupError: it is unknown.
        """
        if self.profile is None:
            raise LookupError("a rule without a statement of the profile in its scope asks for the profile")
        return self.profile

    @once
    def particulars(self) -> Particulars:
        """What the certificate says, to be held to its profile: that of TRIAL, or as in production."""
        facts, is_trial = self.facts, self.family == "trial"
        return Particulars(
            self.subject,
            facts.subject_alternative_name,
            facts.public_key,
            Extensions(self.key_usage, self.purposes, self.policies, self.qc_values, self.critical),
            Environment.PREPRODUCTION if is_trial else Environment.PRODUCTION,
            is_trial,
        )

    def departures(self, requirement: Requirement) -> tuple[Departure, ...] | None:
        """Return how the certificate departs from a requirement of its profile; several rules may ask about one.

        Raises:
            LookupError: the profile is unknown.
        """
        known = self._departures
        if requirement not in known:
            known[requirement] = departures(requirement, self.held_to, self.particulars)
        return known[requirement]

    @property
    def issued(self) -> datetime:
        """The first day it can have been issued on: its notBefore, or its issuer's where it says to be older."""
        begins = self.facts.not_before
        return begins if self.issuer is None else max(begins, self.issuer.not_before)

    @property
    def lifetime(self) -> timedelta:
        """How long the certificate is valid in all."""
        return self.facts.not_after - self.facts.not_before

    @property
    def key_usage(self) -> frozenset[str]:
        """The key usages; empty when the extension is absent."""
        return self.facts.key_usage or frozenset()

    @property
    def purposes(self) -> tuple[str, ...]:
        """The extended key usages as OIDs; empty when the extension is absent."""
        return self.facts.extended_key_usage or ()

    @once
    def oin(self) -> OIN | None:
        """The OIN, when the subject has one serialNumber and that is an OIN."""
        found = self.values("2.5.4.5")
        return parse_oin(found[0]) if len(found) == 1 else None

    @property
    def organization_identifier(self) -> str | None:
        """The first organizationIdentifier (2.5.4.97) of the subject."""
        found = self.values(ORGANIZATION_IDENTIFIER)
        return found[0] if found else None

    @once
    def _body(self) -> Sequence[Node]:
        """The fields of the TBSCertificate behind the version, as encoded; empty for facts without their DER."""
        der = self.facts.der
        try:
            fields = outline(der, outline(der, root(der, SEQUENCE))[0])
        except (DERError, IndexError):
            return ()
        return fields[1:] if fields and fields[0][0] == 0xA0 else fields

    @once
    def time_tags(self) -> tuple[int, ...]:
        """The ASN.1 tags of notBefore and notAfter; empty when the encoding is not at hand."""
        if len(self._body) < 4:
            return ()
        return tuple([node[0] for node in outline(self.facts.der, self._body[3])])

    @property
    def has_unique_identifiers(self) -> bool:
        """IssuerUniqueID or subjectUniqueID is present."""
        return any(node[0] in {0x81, 0x82} for node in self._body)
