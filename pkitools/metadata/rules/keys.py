"""The keys: for which use each is, how it is named, and which comes after which."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from functools import partial
from hashlib import sha1, sha256, sha512
from itertools import pairwise
from typing import Final

from pkitools.documents import cite
from pkitools.findings import MET, NOT_APPLICABLE, Answer, Answers, Severity, Violated, met_if, violated
from pkitools.metadata.consumers import Topic
from pkitools.metadata.rules.book import MetadataBook, SamlCase, against, role_in_id
from pkitools.metadata.saml import ENCRYPTION, SERVICE, SIGNING, Entity, Key
from pkitools.text import for_people, pattern
from pkitools.x509 import CertificateFacts
from pkitools.x509.base64_text import from_base64

KEYS: Final[MetadataBook[SamlCase]] = MetadataBook("keys")
KEY_NAME: Final[MetadataBook[SamlCase]] = MetadataBook("key_name")
ROLLOVER: Final[MetadataBook[SamlCase]] = MetadataBook("rollover")

_SAML: Final = cite("saml-metadata", "2.4.1.1")
_ST_SAML: Final = cite("st-saml", "metadata_dv_rd")
_OPEN_FORMS: Final = cite("open-forms-issues")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_POINTERS: Final = frozenset({"RetrievalMethod", "KeyInfoReference"})  # XML Signature 4.5.3, 1.1 4.5.10
_DIGESTS: Final = (
    ("http://www.w3.org/2000/09/xmldsig#sha1", partial(sha1, usedforsecurity=False)),
    ("http://www.w3.org/2001/04/xmlenc#sha256", sha256),
    ("http://www.w3.org/2001/04/xmlenc#sha512", sha512),
)
_FINGERPRINT: Final = pattern(r"(?:[0-9a-f]{2}:?){20}|(?:[0-9a-f]{2}:?){32}", re.IGNORECASE)


@KEYS.rule("signing", _ERROR, _ST_SAML)
def _signing(at: SamlCase) -> Answers:
    """Each role has a key for signing with a certificate."""
    roles = list(at.each_role())
    if not roles:
        return NOT_APPLICABLE
    lacking = (place for place, role in roles if not any(key.signs and any(key.certificates) for key in role.keys))
    return [violated(place, "", place=place) for place in lacking]


@KEYS.rule("encryption", _ERROR, _ST_SAML)
def _encryption(at: SamlCase) -> Answers:
    asked = at.asked(Topic.ENCRYPTION_KEY)
    held = [] if asked is None else [e for e in at.metadata.entities if role_in_id(e).upper() in asked.values]
    if asked is None or not held:
        return NOT_APPLICABLE
    lacking = (entity for entity in held if not entity.certificates(signing=False))
    return [against(asked, entity.entity_id, "", consumer=at.title) for entity in lacking]


@KEYS.rule("use_known", _ERROR, _SAML)
def _use_known(at: SamlCase) -> Iterator[Violated]:
    for place, key in at.each_key():
        if key.use not in {None, SIGNING, ENCRYPTION}:
            yield violated(f"{place}/@use", key.use, place=place)


@KEYS.rule("use_stated", _ERROR, _ST_SAML)
def _use_stated(at: SamlCase) -> Answers:
    asked = at.asked(Topic.USE_STATED)
    if asked is None:
        return NOT_APPLICABLE
    silent = (place for place, key in at.each_key() if key.use is None)
    return [against(asked, f"{place}/@use", "", place=place, consumer=at.title) for place in silent]


@KEYS.rule("use_absent", _NOTICE, _OPEN_FORMS)
def _use_absent(at: SamlCase) -> Answers:
    asked = at.asked(Topic.USE_ABSENT)
    if asked is None or not any(role.kind == SERVICE for _, role in at.each_role()):
        return NOT_APPLICABLE
    stated = list(dict.fromkeys(key.use for _, key in at.each_key() if key.use is not None))
    return MET if not stated else against(asked, "KeyDescriptor/@use", ", ".join(stated), consumer=at.title)


@KEYS.rule("certificate", _ERROR, _ST_SAML)
def _certificate(at: SamlCase) -> Iterator[Violated]:
    """Each key has a certificate that can be read: without one nobody can judge it."""
    for place, key in at.each_key():
        if not any(der in at.certificates for der in key.certificates if der is not None):
            yield violated(place, ", ".join(key.contents), place=place)


@KEYS.rule("elsewhere", _WARNING)
def _elsewhere(at: SamlCase) -> Iterator[Violated]:
    """A key is in the file itself: what an address gives was judged by nobody, and may be another tomorrow."""
    for place, key in at.each_key():
        if named := [each for each in key.contents if each in _POINTERS]:
            yield violated(place, ", ".join(named), place=place)


@KEYS.rule("points_to_it", _WARNING)
def _points_to_it(at: SamlCase) -> Iterator[Violated]:
    """By number and digests an X509Data points to the certificate in it (XML Signature 4.5.4), not to an old one.

    Names are left out: programs write one and the same in many ways.
    """
    for place, key in at.each_key():
        facts = at.facts(_ders(key))
        for kind, said in key.pointers:
            if facts and not any(_is_that(kind, said, each) for each in facts):
                yield violated(place, f"{kind.rpartition('#')[2]} {said.strip()}", place=place)


def _is_that(kind: str, said: str, facts: CertificateFacts) -> bool:
    """Return whether a text points to a certificate, as far as what it points by is known."""
    if kind == "X509SerialNumber":
        return said.lstrip("+0") == str(facts.serial_number)
    known = {
        "X509SKI": facts.subject_key_identifier,
        **{uri: hashed(facts.der).hexdigest() for uri, hashed in _DIGESTS},
    }
    if known.get(kind) is None:
        return True
    try:
        return from_base64(said.encode("ascii")).hex() == known[kind]
    except (binascii.Error, UnicodeEncodeError):
        return False


@KEYS.rule("one_certificate", _WARNING)
def _one_certificate(at: SamlCase) -> Iterator[Violated]:
    for place, key in at.each_key():
        if len(key.certificates) > 1:
            yield violated(place, len(key.certificates), place=place)


# -- names -------------------------------------------------------------------------------------------------------------


@KEY_NAME.rule("present", _ERROR, _ST_SAML)
def _named(at: SamlCase) -> Answers:
    asked = at.asked(Topic.KEY_NAME)
    if asked is None:
        return NOT_APPLICABLE
    held = (
        (place, key)
        for place, key in at.each_key()
        if (key.signs and SIGNING in asked.values) or (key.encrypts and ENCRYPTION in asked.values)
    )
    return [
        against(asked, f"{place}/ds:KeyName", "", place=place, consumer=at.title)
        for place, key in held
        if not any(key.names)
    ]


@KEY_NAME.rule("unique", _WARNING)
def _unique(at: SamlCase) -> Iterator[Violated]:
    """One name for two keys of an entity leaves open which of them a message means."""
    for entity in at.metadata.entities:
        held: dict[str, set[str]] = {}
        for key in entity.keys:
            for name in filter(None, key.names):
                held.setdefault(name, set()).update(f.public_key.spki_sha256 for f in at.facts(_ders(key)))
        yield from (violated("ds:KeyName", name) for name, keys in held.items() if len(keys) > 1)


@KEY_NAME.rule("fingerprint", _NOTICE)
def _is_of_this(at: SamlCase) -> Iterator[Violated]:
    """A name that looks like a fingerprint is that of the certificate beside it, or one that was there before."""
    for place, key in at.each_key():
        known = {hashed(der).hexdigest() for der in _ders(key) for hashed in (_sha1, sha256)}
        for name in key.names:
            if known and _FINGERPRINT.fullmatch(name) and name.replace(":", "").lower() not in known:
                yield violated(f"{place}/ds:KeyName", name, place=place)


def _sha1(der: bytes) -> sha1:  # type: ignore[valid-type]  # hashlib has no name for what it returns
    return sha1(der, usedforsecurity=False)


def _ders(key: Key) -> list[bytes]:
    return [der for der in key.certificates if der is not None]


# -- which comes after which -------------------------------------------------------------------------------------------


def _in_order(at: SamlCase, entity: Entity) -> list[CertificateFacts]:
    """Return the certificates for signing, one for each key, the one that ends first before the others."""
    facts = at.facts(entity.certificates(signing=True))
    return sorted({each.public_key.spki_sha256: each for each in facts}.values(), key=lambda each: each.not_after)


@ROLLOVER.rule("order", _NOTICE)
def _order(at: SamlCase) -> Answers:
    """Say of more certificates for signing than one which ends first, and which is there after it."""
    return [
        violated(
            entity.entity_id,
            len(order),
            entity=entity.entity_id or "–",
            first=order[0].subject.common_name or order[0].sha256[:16],
            until=for_people(order[0].not_after),
            last=order[-1].subject.common_name or order[-1].sha256[:16],
            end=for_people(order[-1].not_after),
        )
        for entity in at.metadata.entities
        if len(order := _in_order(at, entity)) > 1
    ]


@ROLLOVER.rule("gap", _WARNING)
def _gap(at: SamlCase) -> Answers:
    """Between the end of one and the beginning of the next there is always one that is valid."""
    orders = [order for entity in at.metadata.entities if len(order := _in_order(at, entity)) > 1]
    if not orders:
        return NOT_APPLICABLE
    return [
        violated("validity", for_people(old.not_after), begins=for_people(new.not_before))
        for order in orders
        for old, new in pairwise(order)
        if new.not_before > old.not_after >= at.moment
    ]


@ROLLOVER.rule("most", _WARNING, _ST_SAML)
def _most(at: SamlCase) -> Answers:
    asked = at.asked(Topic.MOST_SIGNING_KEYS)
    if asked is None:
        return NOT_APPLICABLE
    counts = [(entity.entity_id, len(_in_order(at, entity))) for entity in at.metadata.entities]
    return [
        against(asked, entity, count, most=asked.number, consumer=at.title)
        for entity, count in counts
        if count > asked.number
    ]


@ROLLOVER.rule("expired", _NOTICE)
def _expired(at: SamlCase) -> Answer:
    """A certificate that has ended may go, once another for signing is there."""
    for entity in at.metadata.entities:
        order = _in_order(at, entity)
        valid = [each for each in order if each.not_before <= at.moment <= each.not_after]
        ended = [each for each in order if each.not_after < at.moment]
        if valid and ended:
            return violated(
                entity.entity_id,
                ended[0].subject.common_name or ended[0].sha256[:16],
                until=for_people(ended[0].not_after),
            )
    return met_if(True, "validity", "")
