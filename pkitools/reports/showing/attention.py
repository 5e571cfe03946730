"""What to know of a file before one reads any further: what is past its time, revoked, or where it should not be.

These are facts, for whoever looks at the file; whether a certificate is good for something ``cert check`` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from pkitools.containers import Contents, ItemKind
from pkitools.containers.model import FOR_OTHERS
from pkitools.frozen import dataclass
from pkitools.reports.contents import DescribedFile, DescribedItem
from pkitools.reports.showing.standing import State, standing
from pkitools.trust.known_authorities import authority_problems
from pkitools.x509 import CertificateFacts
from pkitools.x509.document import serial_hex
from pkitools.x509.names import name_from_der

if TYPE_CHECKING:
    from pkitools.crl.reading import CertificateRevocationList
    from pkitools.revocation.ocsp import OcspResponse, SingleResponse

_WORDS: Final = {State.EXPIRED: "expired", State.NOT_YET: "not_yet"}


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to know.

    Args:
        code: what, such as ``certificate.expired``.
        position: the item; ``None`` of the file as a whole.
        name: which: a common name, an entity ID, the serial number of a certificate.
        at: since when, or from when on.
        problem: of a certificate that is odd inside, what (:mod:`pkitools.x509.problems`).
    """

    code: str
    position: int | None = None
    name: str | None = None
    at: datetime | None = None
    problem: str | None = None


def attention(file: DescribedFile, moment: datetime) -> Iterator[Attention]:
    """Yield what to know of a file, in the order of the file.

    Args:
        file: a file that was read.
        moment: when "expired" is judged.
    """
    if file.contents is not None:
        yield from _of_metadata(file.contents, moment)
    public = file.contents is not None and file.contents.container in FOR_OTHERS
    for each in file.items:
        if each.error is None:
            yield from _of_item(each, moment)
        if public and each.item.kind is ItemKind.KEY:
            yield Attention("key.public", each.item.position)


def _of_metadata(contents: Contents, moment: datetime) -> Iterator[Attention]:
    for one in contents.described:
        if one.valid_until is not None and standing(None, one.valid_until, moment).state is State.EXPIRED:
            yield Attention("metadata.expired", None, one.name, one.valid_until)
    for agreed in contents.agreements:
        if agreed.ends is not None and standing(None, agreed.ends, moment).state is State.EXPIRED:
            yield Attention("metadata.expired", None, agreed.name, agreed.ends)


def _of_item(each: DescribedItem, moment: datetime) -> Iterator[Attention]:
    position = each.item.position
    match each.item.kind:
        case ItemKind.CERTIFICATE:
            return _of_certificate(cast("CertificateFacts", each.facts), position, moment)
        case ItemKind.CRL:
            return _of_crl(cast("CertificateRevocationList", each.facts), position, moment)
        case ItemKind.OCSP_RESPONSE:
            return _of_response(cast("OcspResponse", each.facts), position, moment)
        case _:
            return iter(())


def _timed(start: datetime | None, end: datetime | None, moment: datetime) -> tuple[str, datetime | None] | None:
    """Return what is wrong with the time of something, and since or from when; ``None`` of what holds."""
    word = _WORDS.get(standing(start, end, moment).state)
    return None if word is None else (word, end if word == "expired" else start)


def _of_certificate(facts: CertificateFacts, position: int, moment: datetime) -> Iterator[Attention]:
    name = facts.subject.called
    timed = _timed(facts.not_before, facts.not_after, moment)
    if timed is not None:
        yield Attention(f"certificate.{timed[0]}", position, name, timed[1])
    for problem in (*authority_problems(facts, moment), *facts.problems):
        yield Attention("certificate.problem", position, name, problem=problem)


def _of_crl(crl: CertificateRevocationList, position: int, moment: datetime) -> Iterator[Attention]:
    issuer = name_from_der(crl.issuer)
    timed = _timed(crl.this_update, crl.next_update, moment)
    if timed is not None:
        yield Attention(f"crl.{timed[0]}", position, issuer.called, timed[1])


def _of_response(response: OcspResponse, position: int, moment: datetime) -> Iterator[Attention]:
    if response.status != "successful":
        yield Attention("ocsp.refused", position, str(response.status))
    for single in response.responses:
        yield from _of_single(single, position, moment)


def _of_single(single: SingleResponse, position: int, moment: datetime) -> Iterator[Attention]:
    name = serial_hex(single.certificate.serial_number)
    timed = _timed(single.this_update, single.next_update, moment)
    if timed is not None:
        yield Attention(f"ocsp.{timed[0]}", position, name, timed[1])
    if single.status != "good":
        yield Attention(f"ocsp.{single.status}", position, name, single.revoked_at)
