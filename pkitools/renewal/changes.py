"""What differs between two certificates, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from pkitools.arguments import of_type
from pkitools.frozen import dataclass
from pkitools.rules import detect_profile
from pkitools.text import instant
from pkitools.trust import hierarchy_of
from pkitools.x509 import CertificateFacts, oin_from_certificate
from pkitools.x509.oids import KEY_USAGES, SUBJECT_SERIAL_NUMBER


class Part(StrEnum):
    """A part of a certificate that a counterpart may hold on to."""

    CERTIFICATE = "certificate"
    """Its thumbprint: of two certificates it always differs."""
    OIN = "oin"
    SUBJECT = "subject"
    """The name as a whole; a change names the attribute."""
    NAMES = "names"
    """The subjectAltName."""
    KEY = "key"
    """The public key, by its SHA-256."""
    KEY_KIND = "key_kind"
    """Algorithm and size."""
    ISSUER = "issuer"
    HIERARCHY = "hierarchy"
    PROFILE = "profile"
    POLICIES = "policies"
    KEY_USAGE = "key_usage"
    EXTENDED_KEY_USAGE = "extended_key_usage"
    SIGNATURE = "signature"
    VALIDITY = "validity"


@dataclass(frozen=True, slots=True)
class Change:
    """One part of both certificates.

    Args:
        part: which.
        attribute: of the subject: which attribute, by its usual short name; else empty.
        old, new: the values there; empty where there is nothing. OIDs, names and thumbprints as they stand; of validity
            the two moments in RFC 3339.
    """

    part: Part
    attribute: str
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether it is not the same; the order of values says nothing."""
        return sorted(self.old) != sorted(self.new)


def changes_between(old: CertificateFacts, new: CertificateFacts) -> tuple[Change, ...]:
    """Return every part of two certificates, those that stayed the same as well, in a fixed order.

    Raises:
        InvalidValueError: one of them is none that was read.
    """
    of_type(old, CertificateFacts, "old")
    of_type(new, CertificateFacts, "new")
    before, after = dict(_values(old)), dict(_values(new))
    places = [*before, *(place for place in after if place not in before)]
    order = list(Part)
    found = [Change(*place, before.get(place, ()), after.get(place, ())) for place in places]
    return tuple(sorted(found, key=lambda change: order.index(change.part)))


def hierarchy_label(facts: CertificateFacts) -> str | None:
    """Return how people name the hierarchy a certificate says to stand under; its generation where that is all."""
    found = hierarchy_of(facts)
    return found.hierarchy.label if found.hierarchy is not None else found.generation


def _values(facts: CertificateFacts) -> Iterator[tuple[tuple[Part, str], tuple[str, ...]]]:
    oin, profile = oin_from_certificate(facts).oin, detect_profile(facts)
    hierarchy = hierarchy_label(facts)
    usages = facts.key_usage or frozenset()
    values: dict[Part, tuple[str, ...]] = {
        Part.CERTIFICATE: (facts.sha256,),
        Part.OIN: () if oin is None else (str(oin),),
        Part.NAMES: tuple(_san(facts)),
        Part.KEY: (facts.public_key.spki_sha256,),
        Part.KEY_KIND: (facts.public_key.label,),
        Part.ISSUER: (facts.issuer.text,),
        Part.HIERARCHY: () if hierarchy is None else (hierarchy,),
        Part.PROFILE: () if profile is None else (profile.name,),
        Part.POLICIES: tuple(policy.oid for policy in facts.certificate_policies or ()),
        Part.KEY_USAGE: tuple(usage for usage in KEY_USAGES if usage in usages),
        Part.EXTENDED_KEY_USAGE: facts.extended_key_usage or (),
        Part.SIGNATURE: (_signature(facts),),
        Part.VALIDITY: (instant(facts.not_before), instant(facts.not_after)),
    }
    yield from (((part, ""), told) for part, told in values.items())
    for attribute in facts.subject:
        if attribute.oid != SUBJECT_SERIAL_NUMBER or oin is None:
            same = facts.subject.attributes(attribute.oid)
            yield (Part.SUBJECT, attribute.name), tuple(each.value for each in same)


def _san(facts: CertificateFacts) -> Iterator[str]:
    for name in facts.subject_alternative_name or ():
        yield name.value if name.kind == "dns" else f"{name.kind}: {name.value}"


def _signature(facts: CertificateFacts) -> str:
    algorithm = facts.signature_algorithm
    return f"{algorithm.name} ({algorithm.hash})" if algorithm.name == "RSASSA-PSS" else algorithm.name
