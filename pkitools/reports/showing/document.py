"""What is in files, as data that never knows less than the text for people: ``docs/schemas/cert-show-v2.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, cast

from pkitools.arguments import aware
from pkitools.containers import Item, ItemKind, Protection
from pkitools.containers.saml_described import Described
from pkitools.containers.saml_messages import SamlMessage
from pkitools.errors import PkitoolsError
from pkitools.messages import LANGUAGES, outcome_message
from pkitools.messages.days import days_left
from pkitools.oin.entity_schemes import ENTITIES, EntitySubject
from pkitools.reports.contents import (
    DescribedFile,
    DescribedItem,
    described_certificate,
    described_request,
    error_documents,
)
from pkitools.reports.document import instant
from pkitools.reports.showing.attention import Attention, attention
from pkitools.reports.showing.keystores import Keystore, keystore_of
from pkitools.reports.showing.standing import Standing, standing
from pkitools.x509 import CertificateFacts, OINResult, oin_from_certificate, oin_from_subject
from pkitools.x509.document import (
    key_document,
    name_document,
    oin_result_document,
    problem_documents,
    serial_hex,
    signature_document,
)
from pkitools.x509.keys import signature_algorithm_of
from pkitools.x509.model import DistinguishedName
from pkitools.x509.names import name_from_der, unnoted
from pkitools.x509.reader import read_certificate
from pkitools.x509.rfc4514 import rfc4514

if TYPE_CHECKING:  # they load cryptography, which describing a certificate does not need
    from pkitools.crl.reading import CertificateRevocationList
    from pkitools.requests import RequestFacts
    from pkitools.revocation.ocsp import OcspResponse, SingleResponse

_KEYS: Final = frozenset({ItemKind.KEY, ItemKind.PUBLIC_KEY})


def cert_show_document(files: Iterable[DescribedFile], moment: datetime) -> dict[str, object]:
    """Return the whole document; each file is let go once it is told.

    Args:
        files: in the order asked.
        moment: when "expired" is judged.
    """
    return {
        "schema": "pkitools.cert-show/v2",
        "moment": instant(aware(moment)),
        "files": [file_document(file, moment) for file in files],
    }


def file_document(file: DescribedFile, moment: datetime) -> dict[str, object]:
    """Return one file: what it holds, what to know before one reads any further, and every item."""
    contents = file.contents
    keystore = keystore_of(file)
    return {
        "name": file.name,
        "container": str(contents.container) if contents else None,
        "counts": dict(Counter(str(each.item.kind) for each in file.items if each.error is None)),
        "unread": file.unread,
        "attention": [_attention(one) for one in attention(file, moment)],
        "keystore": _keystore(keystore) if keystore else None,
        "metadata": [_described(one, moment) for one in contents.described] if contents else [],
        "items": [_item(each, moment) for each in file.items if each.error is None],
        "errors": list(error_documents(file)),
    }


def _attention(one: Attention) -> dict[str, object]:
    return {
        "code": one.code,
        "position": one.position,
        "name": one.name,
        "at": instant(one.at),
        "problem": problem_documents((one.problem,))[0] if one.problem is not None else None,
    }


def _keystore(keystore: Keystore) -> dict[str, object]:
    protection = keystore.protection
    return {
        "entries": [{"alias": e.alias, "kind": e.kind, "positions": list(e.positions)} for e in keystore.entries],
        "certificates": _protection(protection.certificates),
        "integrity": _protection(protection.integrity),
        "integrity_checked": keystore.integrity_checked,
        "integrity_differs": keystore.integrity_differs,
    }


def _protection(protection: Protection | None) -> dict[str, object] | None:
    if protection is None:
        return None
    return {
        "cipher": protection.cipher,
        "derivation": protection.derivation or None,
        "rounds": protection.rounds,
    }


def _described(one: Described, moment: datetime) -> dict[str, object]:
    return {
        "element": one.element,
        "name": one.name,
        "oin": entity_oin(one.name),
        "valid_until": instant(one.valid_until),
        "valid_until_text": one.valid_until_text,
        "cache_duration": one.cache_duration,
        "standing": _standing(standing(None, one.valid_until, moment)) if one.valid_until else None,
    }


def entity_oin(entity_id: str | None) -> str | None:
    """Return the OIN in an entity ID, as written; ``None`` of what is none of eHerkenning or ST-SAML."""
    return None if entity_id is None else EntitySubject(entity_id, ENTITIES).oin or None


def _standing(where: Standing) -> dict[str, object]:
    return {"state": str(where.state), "amount": where.amount, "unit": where.unit}


def _item(each: DescribedItem, moment: datetime) -> dict[str, object]:
    """Return an item; of the parts that are named as its kind, the one that it is, is filled."""
    item = each.item
    return {
        "kind": str(item.kind),
        "position": item.position,
        "alias": item.alias,
        "form": item.form or None,
        "encrypted": each.is_encrypted,
        "place": _place(item),
        **_parts(each, moment),
    }


def _place(item: Item) -> dict[str, object] | None:
    """Return where in SAML metadata an item stands."""
    if item.entity_id is None and item.role is None and item.use is None:
        return None
    return {
        "entity_id": item.entity_id,
        "entity_oin": entity_oin(item.entity_id),
        "role": item.role,
        "use": item.use,
    }


def _parts(each: DescribedItem, moment: datetime) -> dict[str, object]:
    kind, facts = each.item.kind, each.facts
    return {
        "certificate": _certificate(facts, each.issuer, moment) if isinstance(facts, CertificateFacts) else None,
        "request": _request(cast("RequestFacts", facts)) if kind is ItemKind.REQUEST else None,
        "crl": _crl(cast("CertificateRevocationList", facts), moment) if kind is ItemKind.CRL else None,
        "ocsp": _ocsp(cast("OcspResponse", facts), moment) if kind is ItemKind.OCSP_RESPONSE else None,
        "message": _message(cast("SamlMessage", facts)) if kind is ItemKind.SAML_MESSAGE else None,
        "key": _key(each) if kind in _KEYS else None,
    }


def _name(name: DistinguishedName) -> dict[str, object]:
    return {**name_document(name), "rfc4514": rfc4514(name.der)}


def _certificate(facts: CertificateFacts, issuer: CertificateFacts | None, moment: datetime) -> dict[str, object]:
    return {
        **described_certificate(facts, issuer, moment),
        "subject": _name(facts.subject),
        "issuer": _name(facts.issuer),
        "oin": _oin(oin_from_certificate(facts)),
        "standing": _standing(standing(facts.not_before, facts.not_after, moment)),
        "days_left": days_left(facts.not_after, moment),
    }


def _request(facts: RequestFacts) -> dict[str, object]:
    names = facts.subject_alternative_name or ()
    return {
        **described_request(facts),
        "subject": _name(facts.subject),
        "oin": _oin(oin_from_subject(facts.subject, names)),
    }


def _oin(result: OINResult) -> dict[str, object]:
    """Return where the OIN was found and what it says; what is wrong with it in words, too."""
    found = [o for o in result.outcomes if o.status == "violated"]
    return {
        **oin_result_document(result),
        "findings": [
            {"code": o.rule.code, **{chosen: outcome_message(o, chosen).message for chosen in LANGUAGES}} for o in found
        ],
    }


def _crl(crl: CertificateRevocationList, moment: datetime) -> dict[str, object]:
    return {
        "issuer": _name(name_from_der(crl.issuer)),
        "this_update": instant(crl.this_update),
        "next_update": instant(crl.next_update),
        "standing": _standing(standing(crl.this_update, crl.next_update, moment)),
        "number": str(crl.number) if crl.number is not None else None,
        "base_number": str(crl.base_number) if crl.base_number is not None else None,
        "revoked": crl.revoked_count,
        "signature_algorithm": signature_document(crl.signature_algorithm),
        "authority_key_identifier": crl.authority_key_identifier.hex() if crl.authority_key_identifier else None,
        "sha256": crl.sha256,
    }


def _ocsp(response: OcspResponse, moment: datetime) -> dict[str, object]:
    name, algorithm = response.responder_name, response.algorithm
    return {
        "status": str(response.status),
        "responder": _name(name_from_der(name)) if name else None,
        "responder_key_sha1": response.responder_key_hash.hex() if response.responder_key_hash else None,
        "produced_at": instant(response.produced_at),
        "signature_algorithm": signature_document(signature_algorithm_of(algorithm, unnoted)) if algorithm else None,
        "nonce": response.nonce.hex() if response.nonce else None,
        "certificates": [_sent_along(der) for der in response.certificates],
        "responses": [_single(single, moment) for single in response.responses],
    }


def _sent_along(der: bytes) -> dict[str, object]:
    """Return a certificate that came with a response: which, and nothing more of one that cannot be read."""
    try:
        facts = read_certificate(der)
    except PkitoolsError:
        return {"sha256": sha256(der).hexdigest(), "subject": None, "not_after": None}
    return {"sha256": facts.sha256, "subject": _name(facts.subject), "not_after": instant(facts.not_after)}


def _single(single: SingleResponse, moment: datetime) -> dict[str, object]:
    certificate = single.certificate
    return {
        "serial_number": {"decimal": str(certificate.serial_number), "hex": serial_hex(certificate.serial_number)},
        "issuer_name_hash": certificate.issuer_name_hash.hex(),
        "issuer_key_hash": certificate.issuer_key_hash.hex(),
        "hash_oid": certificate.hash_oid or None,
        "status": str(single.status),
        "revoked_at": instant(single.revoked_at),
        "reason": single.reason,
        "this_update": instant(single.this_update),
        "next_update": instant(single.next_update),
        "standing": _standing(standing(single.this_update, single.next_update, moment)),
    }


def _message(message: SamlMessage) -> dict[str, object]:
    return {
        "type": message.type,
        "id": message.id,
        "issuer": message.issuer,
        "issuer_oin": entity_oin(message.issuer),
        "destination": message.destination,
        "issue_instant": instant(message.issue_instant),
        "signed": message.signed,
    }


def _key(each: DescribedItem) -> dict[str, object]:
    return {
        "public_key": key_document(each.public_key) if each.public_key else None,
        "protection": _protection(each.protection),
        "in_keystore": each.item.protection is not None,
    }
