"""A whole file: every end-entity certificate in it is judged, and what could not be read is never passed over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Final

from pkitools.checking.judgement import CheckResult, Revocation, check, given_systems
from pkitools.containers import Contents, ItemKind, items_of, read_source
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.errors import InputError, PkitoolsError
from pkitools.files import read_bytes
from pkitools.findings import (
    MET,
    Certainty,
    Evidence,
    NotChecked,
    Outcome,
    Report,
    Rule,
    Severity,
    Verdict,
    Violated,
    outcome,
)
from pkitools.messages import CAUSE
from pkitools.profiles import Profile
from pkitools.systems import System
from pkitools.trust import TrustStore
from pkitools.validation import PolicyInput
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools.x509.given import CERTIFICATE, Given, HasPublicBytes, one_der, several_ders

BLOCK_READABLE: Final = Rule("file.block.readable", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)

RULES: Final[tuple[Rule, ...]] = (BLOCK_READABLE,)


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What :func:`check_file` found.

    Args:
        report: the outcomes of all certificates and of the file itself; its verdict is the worst of them.
        results: one for each end-entity certificate, in the order of the file.
        contents: what the file holds.
    """

    report: Report
    results: tuple[CheckResult, ...]
    contents: Contents

    def __repr__(self) -> str:
        return f"<FileCheck {self.report.subject!r}: {self.verdict}, {len(self.results)} certificates>"

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; INDETERMINATE at best where a part of the file could not be read."""
        return self.report.verdict


@dataclass(frozen=True, slots=True)
class _Unread:
    """A part of the file that could not be read: its number, and why."""

    position: int
    error: PkitoolsError


def check_file(
    file: str | os.PathLike[str] | bytes | HasPublicBytes,
    *,
    moment: datetime,
    environment: Environment | str,
    systems: str | System | Iterable[str | System] = (),
    intermediates: Given | Iterable[Given] = (),
    trust: TrustStore | Given | Iterable[Given] | None = None,
    entity_id: str | None = None,
    profile: Profile | str | None = None,
    host: str | None = None,
    revocation: Revocation | None = None,
    cross_check: bool = False,
    strict: bool = False,
    policies: PolicyInput | None = None,
    passphrase: bytes | None = None,
    name: str | None = None,
) -> FileCheck:
    """Judge every end-entity certificate of a file: PEM, DER, PKCS#7, PKCS#12, a Java keystore, SAML metadata.

    The CA certificates of the file serve as intermediates. A file that holds nothing else is judged on the one that
    issued none of the others.

    Args:
        file: its path, its content, or a certificate of ``cryptography``. Text with a PEM block is content, and other
            text is a path: do not hand text of a stranger in.
        moment: validation time, aware UTC.
        environment: where the certificates are to be used.
        systems, intermediates, trust, entity_id, profile, host, revocation, cross_check, strict, policies: as for
            :func:`~pkitools.checking.check`.
        passphrase: of a keystore.
        name: what to call the file in messages; by default its path.

    Raises:
        InputError: nothing usable, or no certificate, is in it.
        FileError: it cannot be read.
        SecretError: a keystore whose passphrase is missing or wrong.
        InvalidValueError: as for :func:`~pkitools.checking.check`.
    """
    data, shown = _read(file, name)
    contents = read_source(data, shown, passphrase=passphrase)
    facts, unread = _facts(contents)
    asked = given_systems(systems)  # once: an iterator would be empty for the second certificate
    given = several_ders(intermediates, CERTIFICATE, "intermediates")
    results = tuple(
        check(
            subject.der,
            moment=moment,
            environment=environment,
            systems=asked,
            intermediates=(*(other.der for other in facts if other.sha256 != subject.sha256), *given),
            trust=trust,
            entity_id=entity_id,
            profile=profile,
            host=host,
            revocation=revocation,
            cross_check=cross_check,
            strict=strict,
            policies=policies,
        )
        for subject in end_entities(facts)
    )
    own = Report(shown, tuple(_block_outcomes(unread)))
    return FileCheck(reduce(Report.__add__, (result.report for result in results), own), results, contents)


def end_entities(certificates: Sequence[CertificateFacts]) -> tuple[CertificateFacts, ...]:
    """Return the certificates that are no authority, each once; among authorities only, those that issued no other.

    A certificate marked as a CA that may not sign certificates is no authority: it is judged, and the mark is told.
    """
    distinct = tuple({facts.sha256: facts for facts in certificates}.values())
    found = tuple(facts for facts in distinct if not _is_authority(facts))
    if found:
        return found
    issuers = {facts.issuer.der for facts in distinct if not facts.is_self_issued}
    return tuple(facts for facts in distinct if facts.subject.der not in issuers) or distinct[:1]


def _is_authority(facts: CertificateFacts) -> bool:
    return facts.is_ca and (facts.key_usage is None or "keyCertSign" in facts.key_usage)


def _read(file: str | os.PathLike[str] | bytes | HasPublicBytes, name: str | None) -> tuple[bytes, str]:
    if isinstance(file, str) and "-----BEGIN " in file:
        return file.encode("utf-8", "replace"), name or "certificate"
    if isinstance(file, (str, os.PathLike)):
        return read_bytes(file), name or os.fspath(file)
    if isinstance(file, (bytes, bytearray, memoryview)):
        return bytes(file), name or "certificate"
    return one_der(file, CERTIFICATE, "file"), name or "certificate"


def _facts(contents: Contents) -> tuple[tuple[CertificateFacts, ...], tuple[_Unread, ...]]:
    """Return the certificates of a file, and what could not be read of it.

    Raises:
        InputError: there is no certificate, or none that can be read.
    """
    found = []
    unread = [_Unread(bad.position, bad.error) for bad in contents.problems]
    for item in items_of(contents, ItemKind.CERTIFICATE):
        try:
            found.append(read_certificate(item.der))
        except InputError as error:
            unread.append(_Unread(item.position, error))
    if not found:  # then each certificate of the file was one that cannot be read
        raise unread[-1].error
    return tuple(found), tuple(unread)


def _block_outcomes(unread: Sequence[_Unread]) -> Iterator[Outcome]:
    """Yield a warning for each part that could not be read, and that the file was therefore not judged whole."""
    if not unread:
        yield outcome(BLOCK_READABLE, MET)
        return
    for part in unread:
        params = {"position": str(part.position), CAUSE: part.error.code}
        evidence = (Evidence(f"block {part.position}", part.error.code),)
        yield outcome(BLOCK_READABLE, Violated(evidence, params, severity=Severity.WARNING))
    yield outcome(BLOCK_READABLE, NotChecked("unreadable", params={"count": str(len(unread))}))
