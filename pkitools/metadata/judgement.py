"""Metadata judged as a whole: what it says, how it is signed, and every certificate in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Any, Final

from pkitools.arguments import aware, choice, octets, optional, text
from pkitools.checking import FileCheck, Revocation, check_file
from pkitools.checking.stated_ids import EXPIRED
from pkitools.containers import read_source
from pkitools.environment import Environment
from pkitools.errors import InputError, LimitError
from pkitools.findings import Outcome, Report, Severity, Status, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.metadata.consumers import Consumer, consumer_for
from pkitools.metadata.rules.book import SamlCase
from pkitools.metadata.rules.books import SAML
from pkitools.metadata.saml import METADATA, SamlMetadata, read_saml
from pkitools.metadata.signatures import SignatureStatus, Verified, verify
from pkitools.metadata.xml_tree import Element, as_utf8, parse_xml
from pkitools.rules.own import OwnData
from pkitools.systems import System, Topic, get_system
from pkitools.trust import TrustStore
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import Given

_PRIVATE_KEY: Final = "sources.error.only_key"


@dataclass(frozen=True, slots=True)
class MetadataCheck:
    """What :func:`check_metadata` found.

    Args:
        report: of the document itself; its certificates have reports of their own.
        metadata: what it says; of metadata that is signed, what is signed of it.
        verified: what came of its signature.
        certificates: its certificates, judged; ``None`` where it holds none.
        consumer: who receives it; ``None`` where nothing is known of that.
    """

    report: Report
    metadata: SamlMetadata
    verified: Verified
    certificates: FileCheck | None
    consumer: Consumer | None

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
    raise_crashes: bool = False,
) -> MetadataCheck:
    """Judge SAML metadata by what who receives it asks, and each certificate in it as ``check`` does.

    Args:
        data: the file.
        system: the connected system it is for.
        environment: where it is to be used.
        moment: aware UTC.
        intermediates, trust, revocation: as for :func:`~pkitools.checking.check`.
        own: systems and rules of one's own.
        name: what to call the file in messages.
        raise_crashes: let a rule that crashes raise instead of becoming NOT_CHECKED; for tests and bug reports.

    Raises:
        InputError: it is no metadata, no well-formed XML, or has something in it that could act.
        LimitError: it is larger or deeper than :mod:`pkitools.limits` allows.
        InvalidValueError: the system or the environment is unknown, or ``moment`` is not aware.
    """
    data, name, moment = octets(data, "data"), text(name, "name"), aware(moment)
    environment = choice(Environment, environment, "environment")
    written_as = as_utf8(data, name)
    written = read_saml(_metadata_root(parse_xml(written_as, name), name))
    verified = verify(written_as, written)
    metadata = _what_is_signed(written, verified, name)
    named = _system(system, optional(own, OwnData, "own"))
    consumer = consumer_for(named.name, metadata.entities[0].entity_id if metadata.entities else "")
    judged = _certificates(
        data,
        name,
        metadata,
        moment=moment,
        environment=environment,
        systems=_with_roles(named, consumer),
        intermediates=intermediates,
        trust=trust,
        revocation=revocation,
        data=own,
        raise_crashes=raise_crashes,
    )
    case = SamlCase(metadata, written, consumer, environment, moment, verified, _facts(metadata, verified))
    found = [o for book in SAML for o in book.outcomes(case, raise_crashes=raise_crashes)]
    of_file = () if judged is None else map(_weighed, judged.file_report.outcomes)
    report = Report(name, (*found, *of_file), moment, environment, named.name)
    return MetadataCheck(report, metadata, verified, judged, consumer)


def _metadata_root(root: Element, name: str) -> Element:
    if root.namespace != METADATA:
        raise InputError("metadata.error.other", name=name, root=root.name)
    return root


def _what_is_signed(written: SamlMetadata, verified: Verified, name: str) -> SamlMetadata:
    """Return what a good signature is over; else the document as it stands, of which a rule says that it is not signed."""
    if verified.octets is None:
        return written
    root = parse_xml(verified.octets, name)
    return read_saml(root) if root.namespace == METADATA else replace(written, entities=())


def _system(system: str | System, own: OwnData | None) -> System:
    if isinstance(system, System):
        return system
    return (get_system if own is None else own.system)(text(system, "system"))


def _with_roles(system: System, consumer: Consumer | None) -> System:
    """Return the system with the further roles that metadata for its consumer may name in an entity ID."""
    if consumer is None or not consumer.roles:
        return system
    statements = tuple(
        replace(said, roles=(*said.roles, *consumer.roles)) if said.topic is Topic.ENTITY_ID and said.roles else said
        for said in system.statements
    )
    return replace(system, statements=statements)


def _certificates(octets_read: bytes, name: str, metadata: SamlMetadata, **asked: Any) -> FileCheck | None:
    """Return the certificates of the whole file, judged: also those that no signature is over."""
    try:
        return check_file(read_source(octets_read, name), name=name, **asked)
    except LimitError:
        raise
    except InputError as error:
        # of keys without a certificate, or with one that cannot be read, a rule of the metadata says so
        if error.code == _PRIVATE_KEY or _facts(metadata, Verified(SignatureStatus.ABSENT)):
            raise
        return None


def _facts(metadata: SamlMetadata, verified: Verified) -> dict[bytes, CertificateFacts]:
    ders = {der for entity in metadata.entities for key in entity.keys for der in key.certificates if der is not None}
    found: dict[bytes, CertificateFacts] = {}
    for der in (*ders, *filter(None, (verified.signer,))):
        try:
            found[der] = read_certificate(der)
        except InputError:
            continue  # of the file it is told that it cannot be read
    return found


def _weighed(outcome: Outcome) -> Outcome:
    """Return an outcome of the file as it weighs here: metadata past its time may not be used (SAML metadata 2.3.2)."""
    if outcome.rule.code != EXPIRED.code or outcome.status is not Status.VIOLATED:
        return outcome
    weighs = dataclasses.replace(outcome.rule, severity=Severity.ERROR)
    return Outcome(weighs, outcome.status, None, outcome.evidence, outcome.params)
