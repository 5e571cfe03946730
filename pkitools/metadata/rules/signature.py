"""How the metadata is signed: whether, by whom, with what, and over what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pkitools.documents import cite
from pkitools.findings import (
    MET,
    NOT_APPLICABLE,
    Answer,
    Answers,
    Basis,
    Certainty,
    NotChecked,
    Severity,
    Violated,
    met_if,
    violated,
)
from pkitools.metadata.consumers import Ask, Topic
from pkitools.metadata.rules.book import MetadataBook, SamlCase, against
from pkitools.metadata.saml import ENTITIES, Entity, SignatureFacts
from pkitools.metadata.signatures import NO_SIGNATURE_LIBRARY, SignatureStatus
from pkitools.oin.entity_schemes import ENTITIES as ENTITY_KIND
from pkitools.oin.entity_schemes import EntitySubject
from pkitools.x509 import oin_from_certificate

SIGNATURE: Final[MetadataBook[SamlCase]] = MetadataBook("signature")

_ST_SAML: Final = cite("st-saml", "metadata_dv_rd")
_ALGORITHMS: Final = cite("st-saml", "requirements")
_ETOEGANG: Final = cite("etoegang", "Digital signature; SAML metadata for participants")
_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_ADVICE: Final = Basis(cite("pkitools"), Certainty.ADVICE)
_ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_WITH_COMMENTS: Final = f"{_EXCLUSIVE}WithComments"
_WEAK: Final = ("sha1", "md5", "hmac")


@SIGNATURE.rule("present", _ERROR, _ST_SAML)
def _present(at: SamlCase) -> Answer:
    asked = at.asked(Topic.SIGNED)
    if at.written.signature is not None:
        return MET
    if asked is None:
        return NOT_APPLICABLE
    return against(asked, "ds:Signature", "", consumer=at.title)


@SIGNATURE.rule("valid", _ERROR)
def _valid(at: SamlCase) -> Answer:
    status = at.verified.status
    if status is SignatureStatus.ABSENT:
        return NOT_APPLICABLE
    if status is SignatureStatus.NOT_ASKED:
        return NotChecked(NO_SIGNATURE_LIBRARY)
    if status is SignatureStatus.NO_KEY:
        return NotChecked("no_signing_key")
    return met_if(status is SignatureStatus.GOOD, "ds:Signature", at.written.root_id or at.written.root)


@SIGNATURE.rule("covers", _ERROR)
def _covers(at: SamlCase) -> Answers:
    """The signature is over the root by its ID, with nothing left out but the signature itself."""
    signature = at.written.signature
    if signature is None:
        return NOT_APPLICABLE
    return list(_uncovered(at, signature))


def _uncovered(at: SamlCase, signature: SignatureFacts) -> Iterator[Violated]:
    references = signature.references
    if len(references) != 1:
        yield violated("ds:Reference", len(references), what="references")
        return
    reference, root_id = references[0], at.written.root_id
    if not root_id or reference.uri != f"#{root_id}":
        yield violated("ds:Reference/@URI", reference.uri or "", what="uri", root=root_id or "–")
    unknown = [each for each in reference.transforms if each not in {_ENVELOPED, _EXCLUSIVE, _WITH_COMMENTS}]
    if unknown or _ENVELOPED not in reference.transforms:
        yield violated("ds:Transform", ", ".join(reference.transforms), what="transforms")


@SIGNATURE.rule("nested", _WARNING)
def _nested(at: SamlCase) -> Answer:
    """A signature inside is not looked at: who reads the file must not think that it was."""
    inside = at.written.signatures - (at.written.signature is not None)
    return met_if(inside == 0, "ds:Signature", inside)


@SIGNATURE.rule("algorithm", _ERROR, _ALGORITHMS)
def _algorithm(at: SamlCase) -> Answers:
    if at.written.signature is None:
        return NOT_APPLICABLE
    return _among(at, Topic.ALGORITHMS, "ds:SignatureMethod", (at.written.signature.method,))


@SIGNATURE.rule("digest", _ERROR, _ALGORITHMS)
def _digest(at: SamlCase) -> Answers:
    if at.written.signature is None:
        return NOT_APPLICABLE
    digests = tuple(reference.digest for reference in at.written.signature.references)
    return _among(at, Topic.DIGESTS, "ds:DigestMethod", digests)


def _among(at: SamlCase, topic: Topic, path: str, found: tuple[str, ...]) -> Answers:
    asked = at.asked(topic)
    if asked is not None:
        wanted = ", ".join(map(_short, asked.values))
        return [against(asked, path, _short(each), wanted=wanted) for each in found if each not in asked.values]
    # of a consumer that nobody knows, what no longer protects anything is told all the same
    return [violated(path, _short(each), wanted="RSA-SHA256") for each in found if _is_weak(each)]


def _is_weak(uri: str) -> bool:
    return any(word in uri.lower() for word in _WEAK)


def _short(uri: str) -> str:
    return uri.rpartition("#")[2] or uri


@SIGNATURE.rule("canonicalization", _ERROR, _ALGORITHMS)
def _canonicalization(at: SamlCase) -> Answers:
    asked, signature = at.asked(Topic.CANONICALIZATION), at.written.signature
    if asked is None or signature is None:
        return NOT_APPLICABLE
    return list(_other_forms(asked, signature))


def _other_forms(asked: Ask, signature: SignatureFacts) -> Iterator[Violated]:
    wanted = ", ".join(asked.values)
    if signature.canonicalization not in asked.values:
        yield against(asked, "ds:CanonicalizationMethod", signature.canonicalization, wanted=wanted)
    for reference in signature.references:
        forms = [each for each in reference.transforms if each != _ENVELOPED]
        if not forms or any(each not in asked.values for each in forms):
            yield against(asked, "ds:Transform", ", ".join(forms), wanted=wanted)


@SIGNATURE.rule("key_info", _ERROR, _ETOEGANG)
def _key_info(at: SamlCase) -> Answer:
    asked, signature = at.asked(Topic.KEY_INFO), at.written.signature
    if asked is None or signature is None:
        return NOT_APPLICABLE
    if signature.contents == ("X509Data", "X509Certificate"):
        return MET
    return against(asked, "ds:Signature/ds:KeyInfo", ", ".join(signature.contents), consumer=at.title)


@SIGNATURE.rule("signer_included", _ERROR, _ALGORITHMS)
def _signer_included(at: SamlCase) -> Answer:
    """Who signed is a key for signing of the entity itself; of a list, of its first entity.

    Of a consumer that says nothing of it, it is our advice: whoever can write the file can sign it, with his own key.
    """
    asked, signer, own = at.asked(Topic.SIGNER_INCLUDED), at.verified.signer, _own(at)
    if signer is None or own is None:
        return NOT_APPLICABLE
    if signer in own.certificates(signing=True):
        return MET
    name, entity = _name(at, signer), own.entity_id or "–"
    if asked is None:
        return violated("ds:Signature", name, basis=_ADVICE, severity=_WARNING, entity=entity)
    return against(asked, "ds:Signature", name, entity=entity)


@SIGNATURE.rule("signer_oin", _ERROR, _ST_SAML)
def _signer_oin(at: SamlCase) -> Answer:
    asked, signer, own = at.asked(Topic.SIGNER_OIN), at.verified.signer, _own(at)
    if asked is None or signer is None or own is None or signer not in at.certificates:
        return NOT_APPLICABLE
    wanted = EntitySubject(own.entity_id, ENTITY_KIND).oin
    if not wanted:
        return NOT_APPLICABLE
    oin = oin_from_certificate(at.certificates[signer]).oin
    if str(oin or "") == wanted:
        return MET
    return against(asked, "ds:Signature", oin or "", wanted=wanted, signer=_name(at, signer))


def _own(at: SamlCase) -> Entity | None:
    """Return the entity whose metadata it is: of a list the login service itself, which stands first."""
    entities = at.metadata.entities
    if at.metadata.root == ENTITIES:
        named = (each for each in entities if EntitySubject(each.entity_id, ENTITY_KIND).role.upper() == "LC")
        return next(named, next(iter(entities), None))
    return next(iter(entities), None)


def _name(at: SamlCase, der: bytes) -> str:
    facts = at.certificates.get(der)
    return "–" if facts is None else (facts.subject.common_name or facts.sha256[:16])
