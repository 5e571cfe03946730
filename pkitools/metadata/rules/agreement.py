"""A CPA of Digikoppeling: who the parties are, with which certificates, where and when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from pkitools.checking.stated_ids import AGREED, check_agreed
from pkitools.containers.agreed import Agreed
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.findings import NOT_APPLICABLE, Answer, Answers, Severity, Violated, met_if, violated
from pkitools.frozen import dataclass
from pkitools.metadata.agreements import Agreement, Party
from pkitools.metadata.rules.book import MetadataBook
from pkitools.text import pattern
from pkitools.x509 import CertificateFacts, oin_from_certificate


@dataclass(frozen=True, slots=True)
class AgreementCase:
    """An agreement to be judged, and what for.

    Args:
        agreement: it.
        environment: where it is to be used.
        moment: aware UTC.
        certificates: what is known of each certificate, by its DER; those that cannot be read are absent.
    """

    agreement: Agreement
    environment: Environment
    moment: datetime
    certificates: Mapping[bytes, CertificateFacts]

    def named(self) -> Iterator[tuple[str, Party]]:
        """Yield each party, with what to call it."""
        for number, party in enumerate(self.agreement.parties, start=1):
            yield party.name or f"PartyInfo {number}", party


CPA: Final[MetadataBook[AgreementCase]] = MetadataBook("cpa")
_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_EBMS: Final = cite("digikoppeling-ebms2", "PartyId")
_CPPA: Final = cite("ebxml-cppa", "CollaborationProtocolAgreement")
_OIN_TYPE: Final = "urn:osb:oin"
_PARTY_ID: Final = pattern(r"([0-9]{8}[0-9A-Z]{12})(_[A-Za-z0-9]{1,10})?")
_TWO: Final = 2


@CPA.rule("parties", _ERROR, _CPPA)
def _parties(at: AgreementCase) -> Answer:
    return met_if(len(at.agreement.parties) == _TWO, "PartyInfo", len(at.agreement.parties))


@CPA.rule("party_type", _WARNING, _EBMS)
def _party_type(at: AgreementCase) -> Iterator[Violated]:
    """A party is known by its OIN; who used ebMS before may keep what it had for a while."""
    for name, party in at.named():
        if not any(kind == _OIN_TYPE for kind, _ in party.ids):
            yield violated(f"{name}/PartyId/@type", ", ".join(kind for kind, _ in party.ids), place=name)


@CPA.rule("party_id", _ERROR, _EBMS)
def _party_id(at: AgreementCase) -> Answers:
    """Of type urn:osb:oin it is an OIN; what stands behind it has no place in production."""
    stated = [(name, number) for name, party in at.named() for kind, number in party.ids if kind == _OIN_TYPE]
    if not stated:
        return NOT_APPLICABLE
    return [violated(f"{name}/PartyId", number, place=name) for name, number in stated if not _is_party_id(number, at)]


def _is_party_id(number: str, at: AgreementCase) -> bool:
    found = _PARTY_ID.fullmatch(number)
    return found is not None and (found[2] is None or at.environment is not Environment.PRODUCTION)


@CPA.rule("party_oin", _WARNING, _EBMS)
def _party_oin(at: AgreementCase) -> Answers:
    """The certificates have the OIN of the party, unless an intermediary connects for it."""
    found = list(_other_oins(at))
    compared = any(party.ids and any(each.der for each in party.certificates) for _, party in at.named())
    return found if compared else NOT_APPLICABLE


def _other_oins(at: AgreementCase) -> Iterator[Violated]:
    for name, party in at.named():
        own = {number[:20] for kind, number in party.ids if kind == _OIN_TYPE}
        for held in party.certificates:
            facts = at.certificates.get(held.der) if held.der is not None else None
            oin = None if facts is None else oin_from_certificate(facts).oin
            if own and facts is not None and str(oin or "") not in own:
                wanted = ", ".join(sorted(own))
                yield violated(f"{name}/{held.id}", oin or "", place=name, certificate=held.id, wanted=wanted)


@CPA.rule("reference", _ERROR)
def _reference(at: AgreementCase) -> Iterator[Violated]:
    for name, party in at.named():
        yield from (violated(name, each, place=name) for each in party.lost)


@CPA.rule("certificate", _ERROR)
def _certificate(at: AgreementCase) -> Iterator[Violated]:
    """Each certificate can be read, and each party has one."""
    for name, party in at.named():
        if not party.certificates:
            yield violated(name, "Certificate", place=name)
        for held in party.certificates:
            if held.der is None or held.der not in at.certificates:
                yield violated(name, held.id, place=name)


def _validity(at: AgreementCase) -> Answer:
    return check_agreed(Agreed(at.agreement.id, at.agreement.start, at.agreement.end), at.moment)


CPA.entries.append((AGREED, _validity))


@CPA.rule("endpoint", _ERROR, cite("digikoppeling-security", "TLS001"))
def _endpoint(at: AgreementCase) -> Answers:
    addresses = [(name, address) for name, party in at.named() for address in party.endpoints]
    if not addresses:
        return NOT_APPLICABLE
    return [violated(name, address, place=name) for name, address in addresses if not _is_https(address)]


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme.lower() == "https" and bool(parts.hostname)
    except ValueError:
        return False


@CPA.rule("signature", _WARNING)
def _signature(at: AgreementCase) -> Answer:
    """A signature in an agreement is not looked at: who reads the answer must not think that it was."""
    return met_if(at.agreement.signatures == 0, "ds:Signature", at.agreement.signatures)
