"""What is in files, as data: ``docs/schemas/cert-show-v1.json``. It describes and judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from pkitools.arguments import aware
from pkitools.containers import ContainerFormat, Contents, Item, ItemKind, Protection
from pkitools.containers.key_facts import public_half
from pkitools.containers.protection import protection_of_key
from pkitools.errors import PkitoolsError
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
        facts: of a certificate, a request or a CRL; ``None`` of everything else, and of what is broken inside.
        issuer: of a certificate, that of its issuer, when it is in the same file.
        error: what is broken inside.
        public_key: of a key that can be read without a passphrase, its public half.
        protection: of an encrypted key, how; where that can be seen.
    """

    item: Item
    facts: CertificateFacts | RequestFacts | CertificateRevocationList | None = None
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
    def is_complete(self) -> bool:
        """Whether everything in it could be read."""
        return self.contents is not None and not self.contents.problems and all(i.error is None for i in self.items)


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


def _facts(item: Item) -> CertificateFacts | RequestFacts | CertificateRevocationList | None:
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


def cert_show_document(files: Iterable[DescribedFile], moment: datetime) -> dict[str, object]:
    """Return the whole document; each file is let go once it is told.

    Args:
        files: in the order asked.
        moment: when "expired" is judged.
    """
    return {
        "schema": "pkitools.cert-show/v1",
        "moment": instant(aware(moment)),
        "files": [file_document(file, moment) for file in files],
    }


def file_document(file: DescribedFile, moment: datetime) -> dict[str, object]:
    """Return one file."""
    return {
        "name": file.name,
        "container": _container(file.contents.container) if file.contents else None,
        "items": [_item(each, moment) for each in file.items if each.error is None],
        "errors": list(_errors(file)),
    }


def _container(container: ContainerFormat) -> str:
    """Return the form of a file; in the first version all that holds base64 among other text is called so."""
    return str(container) if container in _CONTAINERS_OF_V1 else str(ContainerFormat.BASE64)


def _errors(file: DescribedFile) -> Iterator[dict[str, object]]:
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
        "certificate": _certificate(facts, each.issuer, moment) if isinstance(facts, CertificateFacts) else None,
        "request": _request(cast("RequestFacts", facts)) if is_request else None,
        "crl": _crl(cast("CertificateRevocationList", facts)) if is_crl else None,
    }


def _certificate(facts: CertificateFacts, issuer: CertificateFacts | None, moment: datetime) -> dict[str, object]:
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


def _request(facts: RequestFacts) -> dict[str, object]:
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
