"""Whose certificate it is, by what it says itself: which rules are meant for it depends on that.

An authority, who answers for one (OCSP, RFC 6960 4.2.2.2), a time stamping unit (RFC 3161 2.3), a natural person (ETSI
EN 319 412-2 4.2.4), or anybody else: an organisation, or a system of one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from pkitools.frozen import of_the_latest
from pkitools.x509.model import CertificateFacts
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, CLIENT_AUTH, OCSP_SIGNING, SERVER_AUTH, TIME_STAMPING

_OF_PERSONS: Final = frozenset({"2.5.4.4", "2.5.4.42", "2.5.4.65"})  # surname, givenName, pseudonym
_OF_CONNECTIONS: Final = frozenset({CLIENT_AUTH, SERVER_AUTH, ANY_EXTENDED_KEY_USAGE})


class Holder(StrEnum):
    """Whose certificate it is."""

    AUTHORITY = "authority"
    OCSP_RESPONDER = "ocsp_responder"
    TIME_STAMPING_UNIT = "time_stamping_unit"
    PERSON = "person"
    ORGANIZATION = "organization"

    @property
    def is_of_the_tsp(self) -> bool:
        """It serves the issuing of certificates or time stamps, and nobody orders it."""
        return self in {Holder.AUTHORITY, Holder.OCSP_RESPONDER, Holder.TIME_STAMPING_UNIT}


@of_the_latest
def holder_of(facts: CertificateFacts) -> Holder:
    """Return whose certificate it is. What may also connect to a server is an organisation's, whatever else it may."""
    if facts.is_ca and may_sign_certificates(facts):
        return Holder.AUTHORITY
    purposes = frozenset(facts.extended_key_usage or ())
    if OCSP_SIGNING in purposes and purposes.isdisjoint(_OF_CONNECTIONS):
        return Holder.OCSP_RESPONDER
    if purposes == {TIME_STAMPING}:
        return Holder.TIME_STAMPING_UNIT
    for rdn in facts.subject.rdns:
        for attribute in rdn:
            if attribute.oid in _OF_PERSONS:
                return Holder.PERSON
    return Holder.ORGANIZATION


def may_sign_certificates(facts: CertificateFacts) -> bool:
    """Return whether what is marked as a CA is one: ``openssl req -x509`` marks whatever it makes."""
    if facts.key_usage is None:
        return not facts.is_self_issued
    return "keyCertSign" in facts.key_usage
