"""Metadata judged as a whole: what it says, how it is signed, and every certificate in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import reduce
from itertools import filterfalse
from typing import Any, Final

from pkitools.arguments import aware, choice, optional, text
from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.checking.file_check import BLOCK_READABLE
from pkitools.checking.private_keys import JWK as STATED_KEY
from pkitools.checking.private_keys import PUBLISHED, THUMBPRINT
from pkitools.checking.stated_ids import AGREED, CERTIFICATES, check_times
from pkitools.containers import BadItem, read_source
from pkitools.containers.saml_entities import described_in
from pkitools.environment import Environment
from pkitools.errors import InputError, LimitError
from pkitools.findings import Evidence, NotChecked, Outcome, Report, Verdict, Violated, outcome
from pkitools.frozen import dataclass, replace
from pkitools.messages import CAUSE
from pkitools.metadata.agreements import Agreement
from pkitools.metadata.consumers import Consumer, consumer_for
from pkitools.metadata.documents import ReadMetadata, certificates_of, read_metadata
from pkitools.metadata.jwks import KeySet
from pkitools.metadata.rules.agreement import CPA, AgreementCase
from pkitools.metadata.rules.book import SamlCase
from pkitools.metadata.rules.books import SAML
from pkitools.metadata.rules.jwk import JWK, JwksCase
from pkitools.metadata.saml import SamlMetadata
from pkitools.metadata.xml_tree import as_utf8
from pkitools.rules.own import OwnData
from pkitools.systems import System, Topic, get_system
from pkitools.trust import TrustStore
from pkitools.x509 import CertificateFacts
from pkitools.x509.given import Given

_KEYS_ALONE: Final = frozenset({"sources.error.jwk_bare", "sources.error.saml_bare_key"})
_PRIVATE_KEY: Final = "sources.error.only_key"


@dataclass(frozen=True, slots=True)
class MetadataCheck:
    """What :func:`check_metadata` found.

    Args:
        report: of the document itself; its certificates have reports of their own.
        read: what it says.
        certificates: its certificates, judged; ``None`` where it holds none.
        consumer: who receives SAML metadata; ``None`` where nothing is known of that.
    """

    report: Report
    read: ReadMetadata
    certificates: FileCheck | None
    consumer: Consumer | None = None

    def __repr__(self) -> str:
        return f"<MetadataCheck {self.report.subject!r}: {self.verdict}>"

    @property
    def reports(self) -> tuple[Report, ...]:
        """The report of the document, then that of each certificate, in the order of the file."""
        judged = () if self.certificates is None else self.certificates.results
        return (self.report, *(result.report for result in judged))

    @property
    def verdict(self) -> Verdict:
        """The verdict on all of it."""
        return reduce(Report.__add__, self.reports).verdict


def check_metadata(
    data: bytes,
    *,
    system: str | System,
    environment: Environment | str,
    moment: datetime,
    intermediates: Given | Iterable[Given] = (),
    trust: TrustStore | Given | Iterable[Given] | None = None,
    revocation: Revocation | None = None,
    own: OwnData | None = None,
    name: str = "metadata.xml",
    unread: Iterable[BadItem] = (),
    raise_crashes: bool = False,
) -> MetadataCheck:
    """Judge SAML metadata, a JWKS or a CPA by what who receives it asks, and each certificate as ``check`` does.

    Args:
        data: the file.
        system: the connected system it is for.
        environment: where it is to be used.
        moment: aware UTC.
        intermediates, trust, revocation: as for :func:`~pkitools.checking.check`.
        own: systems and rules of one's own.
        name: what to call the file in messages.
        unread: what could not be read of all that is given beside the file, as for
            :func:`~pkitools.checking.check_file`.
        raise_crashes: let a rule that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.

    Raises:
        InputError: it is no metadata, is not well formed, or has something in it that could act.
        LimitError: it is larger or deeper than :mod:`pkitools.limits` allows.
        InvalidValueError: the system or the environment is unknown, or ``moment`` is not aware.
    """
    moment, environment = aware(moment), choice(Environment, environment, "environment")
    named = _system(system, optional(own, OwnData, "own"))
    asked = asked_of(data, name, named, environment, moment, raise_crashes=raise_crashes)
    judged = _certificates(
        bytes(data),
        asked,
        systems=_with_roles(named, asked.consumer),
        moment=moment,
        environment=environment,
        intermediates=intermediates,
        trust=trust,
        revocation=None if revocation is None else revocation.for_several(),
        data=own,
        unread=unread,
        raise_crashes=raise_crashes,
    )
    report = judge_document(asked) + Report("", tuple(_of_file(bytes(data), asked, judged)))
    return MetadataCheck(report, asked.read, judged, asked.consumer)


@dataclass(frozen=True, slots=True)
class AskedDocument:
    """A document, and what it is judged for."""

    read: ReadMetadata
    known: dict[bytes, CertificateFacts]
    system: System
    consumer: Consumer | None
    environment: Environment
    moment: datetime
    raise_crashes: bool


def asked_of(
    data: bytes, name: str, system: System, environment: Environment, moment: datetime, *, raise_crashes: bool
) -> AskedDocument:
    """Return a document that was read, with what it is judged for."""
    read = read_metadata(data, name)
    consumer = _consumer(read, system)
    return AskedDocument(read, certificates_of(read), system, consumer, environment, moment, raise_crashes)


def judge_document(asked: AskedDocument) -> Report:
    """Return the report of a document by itself, its certificates left out."""
    return Report(asked.read.name, tuple(_outcomes(asked)), asked.moment, asked.environment, asked.system.name)


def _outcomes(asked: AskedDocument) -> Iterator[Outcome]:
    document, raise_crashes = asked.read.document, asked.raise_crashes
    if isinstance(document, KeySet):
        yield from JWK.outcomes(JwksCase(document, asked.known), raise_crashes=raise_crashes)
    elif isinstance(document, Agreement):
        agreement = AgreementCase(document, asked.environment, asked.moment, asked.known)
        yield from CPA.outcomes(agreement, raise_crashes=raise_crashes)
    else:
        case = _saml_case(asked, document)
        for book in SAML:
            yield from book.outcomes(case, raise_crashes=raise_crashes)


def _saml_case(asked: AskedDocument, document: SamlMetadata) -> SamlCase:
    written = asked.read.written
    assert isinstance(written, SamlMetadata)  # it is the same file
    verified = asked.read.verified
    return SamlCase(document, written, asked.consumer, asked.environment, asked.moment, verified, asked.known)


def _system(system: str | System, own: OwnData | None) -> System:
    if isinstance(system, System):
        return system
    return (get_system if own is None else own.system)(text(system, "system"))


def _consumer(read: ReadMetadata, system: System) -> Consumer | None:
    if not isinstance(read.document, SamlMetadata):
        return None
    return consumer_for(system.name, next(iter(read.names), ""))


def _with_roles(system: System, consumer: Consumer | None) -> System:
    """Return the system with the further roles that metadata for its consumer may name in an entity ID."""
    if consumer is None or not consumer.roles:
        return system
    statements = tuple(
        replace(said, roles=(*said.roles, *consumer.roles)) if said.topic is Topic.ENTITY_ID and said.roles else said
        for said in system.statements
    )
    return replace(system, statements=statements)


def _certificates(content: bytes, asked: AskedDocument, **given: Any) -> FileCheck | None:
    """Return the certificates of the whole file, judged: also those that no signature is over."""
    try:
        found = check_file(read_source(content, asked.read.name), name=asked.read.name, **given)
        return replace(found, report=_whole(found.report), file_report=_whole(found.file_report))
    except LimitError:
        raise
    except InputError as error:
        # of keys without a certificate, or with one that cannot be read, a rule of the document says so
        if asked.known or error.code == _PRIVATE_KEY:
            raise
        return None


def _whole(report: Report) -> Report:
    """Return a report without the note that the metadata were not judged: here they are."""
    return replace(report, outcomes=tuple(one for one in report.outcomes if one.rule.code != CERTIFICATES.code))


def _of_file(content: bytes, asked: AskedDocument, judged: FileCheck | None) -> Iterator[Outcome]:
    """Yield what there is to say of the file beside its certificates."""
    document = asked.read.document
    if judged is not None:
        yield from filterfalse(_is_told, judged.file_report.outcomes)
    elif isinstance(document, SamlMetadata):
        yield from check_times(described_in(as_utf8(content, asked.read.name)), asked.moment)
    elif isinstance(document, KeySet):
        yield outcome(STATED_KEY, NotChecked("no_certificate"))  # whose keys they are, nobody could look at
        for number, key in enumerate(document.keys, start=1):
            if key.is_private:
                params = {"position": str(number), "key": f"JWK, {key.kty}"}
                yield outcome(PUBLISHED, Violated((Evidence(f"keys[{number}]", "d"),), params))


def _is_told(found: Outcome) -> bool:
    """Return whether a rule of the document tells it: of a key without a certificate, a thumbprint, a time."""
    if found.rule.code in {THUMBPRINT.code, AGREED.code}:
        return True
    return found.rule.code == BLOCK_READABLE.code and found.params.get(CAUSE) in _KEYS_ALONE
