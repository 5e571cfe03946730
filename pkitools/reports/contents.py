"""What is in files, every item read, and as data as it was first told: ``docs/schemas/cert-show-v1.json``.

It describes and judges nothing. The newest document is made in :mod:`pkitools.reports.showing.document`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from pkitools.arguments import aware
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind, Protection
from pkitools.containers.key_facts import public_half
from pkitools.containers.protection import protection_of_key
from pkitools.containers.saml_messages import SamlMessage, read_message
from pkitools.errors import InputError, PkitoolsError
from pkitools.frozen import dataclass, field, replace
from pkitools.messages import LANGUAGES, error_sentence
from pkitools.reports.certificate import recognition_document
from pkitools.reports.document import instant
from pkitools.trust import Match, Recognition, decode_policy, hierarchy_of, recognise
from pkitools.trust.known_authorities import authority_problems
from pkitools.x509 import CertificateFacts, PublicKey, oin_from_subject, read_certificate
from pkitools.x509.document import (
    certificate_document,
    general_name_document,
    key_document,
    name_document,
    oin_result_document,
    problem_documents,
    signature_document,
)
from pkitools.x509.names import name_from_der

if TYPE_CHECKING:  # they load cryptography, which describing a certificate does not need
    from pkitools.crl.reading import CertificateRevocationList
    from pkitools.requests import RequestFacts
    from pkitools.revocation.ocsp import OcspResponse

Facts: TypeAlias = "CertificateFacts | RequestFacts | CertificateRevocationList | OcspResponse | SamlMessage | None"
"""What was read of an item; ``None`` of a key, and of what is broken inside."""

_CONTAINERS_OF_V1: Final = frozenset(
    {
        ContainerFormat.PEM,
        ContainerFormat.DER,
        ContainerFormat.BASE64,
        ContainerFormat.PKCS7,
        ContainerFormat.PKCS12,
        ContainerFormat.JKS,
        ContainerFormat.SAML_METADATA,
    }
)


@dataclass(frozen=True, slots=True)
class DescribedItem:
    """One item of a file with what was read from it.

    Args:
        item: it.
        facts: what was read of it.
        issuer: of a certificate, that of its issuer, when it is in the same file.
        error: what is broken inside.
        public_key: of a key that can be read without a passphrase, its public half.
        protection: of an encrypted key, how; where that can be seen.
    """

    item: Item
    facts: Facts = None
    issuer: CertificateFacts | None = None
    error: PkitoolsError | None = None
    public_key: PublicKey | None = None
    protection: Protection | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether it is a key that its file keeps encrypted, also where it was opened with the passphrase."""
        return self.item.encrypted or self.item.protection is not None


@dataclass(frozen=True, slots=True)
class DescribedFile:
    """One file, read.

    Args:
        name: as it was asked for.
        contents: what it holds; ``None`` when it could not be used.
        items: every item of it.
        error: why it could not be used.
    """

    name: str
    contents: Contents | None
    items: tuple[DescribedItem, ...] = field(default=(), repr=False)
    error: PkitoolsError | None = None

    @property
    def unread(self) -> int:
        """How many parts of it could not be read."""
        problems = len(self.contents.problems) if self.contents is not None else 0
        return problems + sum(item.error is not None for item in self.items)

    @property
    def is_complete(self) -> bool:
        """Whether everything in it could be read."""
        return self.contents is not None and not self.unread


def describe(name: str, source: Contents | PkitoolsError) -> DescribedFile:
    """Return what a file holds, every item read.

    Args:
        name: as it was asked for.
        source: its contents, or why there are none.
    """
    if isinstance(source, PkitoolsError):
        return DescribedFile(name, None, error=source)
    return DescribedFile(name, source, tuple(_with_issuers([_described(item) for item in source.items])))


def _described(item: Item) -> DescribedItem:
    if item.kind in {ItemKind.KEY, ItemKind.PUBLIC_KEY}:
        protection = protection_of_key(item.der) if item.encrypted else item.protection
        return DescribedItem(item, public_key=public_half(item), protection=protection)
    try:
        return DescribedItem(item, _facts(item))
    except PkitoolsError as error:
        return DescribedItem(item, error=error)


def _facts(item: Item) -> Facts:
    match item.kind:
        case ItemKind.CERTIFICATE:
            return read_certificate(item.der)
        case ItemKind.REQUEST:
            from pkitools.requests import read_request

            return read_request(item.der)
        case ItemKind.CRL:
            from pkitools.crl.reading import read_crl

            crl = read_crl(item.der)
            _ = crl.revoked_count  # reads the entries: a list with a malformed one is refused here
            return crl
        case ItemKind.OCSP_RESPONSE:
            from pkitools.revocation.ocsp import read_response

            return read_response(item.der)
        case ItemKind.SAML_MESSAGE:
            return read_message(item.der)
        case _:
            return None


def _with_issuers(items: list[DescribedItem]) -> Iterator[DescribedItem]:
    """Yield each item, a certificate with the first other one that has its issuer's name and the key it names."""
    named: dict[tuple[bytes, str | None], list[CertificateFacts]] = {}
    for each in items:
        if isinstance(each.facts, CertificateFacts):
            named.setdefault((each.facts.subject.der, each.facts.subject_key_identifier), []).append(each.facts)
    for each in items:
        facts = each.facts
        if not isinstance(facts, CertificateFacts):
            yield each
            continue
        found = named.get((facts.issuer.der, facts.authority_key_identifier), ())
        yield DescribedItem(each.item, facts, next((other for other in found if other is not facts), None))


def cert_show_document_v1(files: Iterable[DescribedFile], moment: datetime) -> dict[str, object]:
    """Return the whole document as it was before OCSP responses, keystores and metadata were described in it.

    Args:
        files: in the order asked.
        moment: when "expired" is judged.
    """
    return {
        "schema": "pkitools.cert-show/v1",
        "moment": instant(aware(moment)),
        "files": [_file(_as_v1_knew(file), moment) for file in files],
    }


def _as_v1_knew(file: DescribedFile) -> DescribedFile:
    """Return the file without what the first version has no word for: SAML messages, and OCSP responses read."""
    known = tuple(
        replace(each, facts=None, error=None) if each.item.kind is ItemKind.OCSP_RESPONSE else each
        for each in file.items
        if each.item.kind is not ItemKind.SAML_MESSAGE
    )
    if file.items and not known:
        return DescribedFile(file.name, None, error=InputError("sources.error.xml", name=file.name))
    return replace(file, items=known)


def _file(file: DescribedFile, moment: datetime) -> dict[str, object]:
    return {
        "name": file.name,
        "container": _container(file.contents.container) if file.contents else None,
        "items": [_item(each, moment) for each in file.items if each.error is None],
        "errors": list(error_documents(file)),
    }


def _container(container: ContainerFormat) -> str:
    """Return the form of a file; in the first version all that holds base64 among other text is called so."""
    return str(container) if container in _CONTAINERS_OF_V1 else str(ContainerFormat.BASE64)


def error_documents(file: DescribedFile) -> Iterator[dict[str, object]]:
    """Yield what could not be read of a file."""
    if file.error is not None:
        yield _error(file.error, None)
    for bad in file.contents.problems if file.contents else ():
        yield _error(bad.error, bad.position)
    for each in file.items:
        if each.error is not None:
            yield _error(each.error, each.item.position)


def _error(error: PkitoolsError, position: int | None) -> dict[str, object]:
    sentences: dict[str, object] = {chosen: error_sentence(error, chosen) for chosen in LANGUAGES}
    return {"code": error.code, "position": position, **sentences}


def _item(each: DescribedItem, moment: datetime) -> dict[str, object]:
    """Return an item; of ``certificate``, ``request`` and ``crl`` the one that it is, is filled."""
    item, facts = each.item, each.facts
    is_request, is_crl = item.kind is ItemKind.REQUEST, item.kind is ItemKind.CRL
    return {
        "kind": str(item.kind),
        "position": item.position,
        "alias": item.alias,
        "form": item.form or None,
        "encrypted": each.is_encrypted,
        "certificate": described_certificate(facts, each.issuer, moment)
        if isinstance(facts, CertificateFacts)
        else None,
        "request": described_request(cast("RequestFacts", facts)) if is_request else None,
        "crl": _crl(cast("CertificateRevocationList", facts)) if is_crl else None,
    }


def described_certificate(
    facts: CertificateFacts, issuer: CertificateFacts | None, moment: datetime
) -> dict[str, object]:
    """Return a certificate, and what it and its issuer were recognised as."""
    itself, issued_by = recognise(facts), hierarchy_of(facts, issuer)
    problems = (*authority_problems(facts, moment), *facts.problems)
    state = "not_yet_valid" if moment < facts.not_before else "expired" if moment > facts.not_after else "valid"
    return {
        **certificate_document(facts),
        "problems": problem_documents(problems),
        "at_moment": state,
        "is_ca": facts.is_ca,
        "itself": recognition_document(itself, labelled=True),
        "issued_by": recognition_document(issued_by, labelled=True),
        "hierarchy": _hierarchy(itself if itself.match is not Match.NONE else issued_by),
        "policy_names": {p.oid: _policy_name(p.oid) for p in facts.certificate_policies or ()},
    }


def _hierarchy(known: Recognition) -> str | None:
    return known.hierarchy.name if known.hierarchy else None


def _policy_name(oid: str) -> dict[str, str] | None:
    info = decode_policy(oid)
    return {chosen: info.name[chosen] for chosen in LANGUAGES} if info else None


def described_request(facts: RequestFacts) -> dict[str, object]:
    """Return a request."""
    names = facts.subject_alternative_name
    return {
        "subject": name_document(facts.subject),
        "oin": oin_result_document(oin_from_subject(facts.subject, names or ())),
        "public_key": key_document(facts.public_key),
        "signature_algorithm": signature_document(facts.signature_algorithm),
        "subject_alternative_name": None if names is None else [general_name_document(name) for name in names],
        "sha256": facts.sha256,
        "problems": problem_documents(facts.problems),
    }


def _crl(crl: CertificateRevocationList) -> dict[str, object]:
    return {
        "issuer": name_document(name_from_der(crl.issuer)),
        "this_update": instant(crl.this_update),
        "next_update": instant(crl.next_update),
        "number": str(crl.number) if crl.number is not None else None,
        "revoked": crl.revoked_count,
        "sha256": crl.sha256,
    }
