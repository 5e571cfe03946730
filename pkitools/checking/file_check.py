"""A whole file: every end-entity certificate in it is judged, and what could not be read is never passed over."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from pkitools.arguments import choice, of_type, optional, several
from pkitools.checking import private_keys, stated_ids
from pkitools.checking.checker import Checker
from pkitools.checking.delivered_lists import with_delivered
from pkitools.checking.delivery.checks import check_delivery
from pkitools.checking.judgement import OF_THE_PROCESS
from pkitools.checking.of_file import FileKeys, StatedIds
from pkitools.checking.private_keys import public_halves
from pkitools.checking.question import Revocation, given_systems, given_trust, question, trusted_with
from pkitools.checking.result import CheckResult
from pkitools.checking.selection import Subject, possible_issuers, selected, subjects
from pkitools.checking.stated_ids import check_certificates_alone, check_metadata
from pkitools.containers import BadItem, Contents, Item, ItemKind, items_of, read_source
from pkitools.containers.saml_names import is_of_provider
from pkitools.documents import cite
from pkitools.environment import Environment
from pkitools.errors import InputError, PkitoolsError, SecretError
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
from pkitools.frozen import dataclass, field, replace
from pkitools.messages import CAUSE
from pkitools.profiles import Profile
from pkitools.rules.own import given_data
from pkitools.systems import System
from pkitools.trust import TrustStore
from pkitools.validation import PolicyInput
from pkitools.x509 import CertificateFacts, PublicKey, read_certificate
from pkitools.x509.at_hand import at_hand
from pkitools.x509.given import CERTIFICATE, Given, HasPublicBytes, one_der, several_ders
from pkitools.x509.keys import names_of

if TYPE_CHECKING:
    from pkitools.checking.expectation import Expectation
    from pkitools.rules.own import OwnData

BLOCK_READABLE: Final = Rule("file.block.readable", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)

MATERIAL_READABLE: Final = Rule("file.material.readable", Severity.ERROR, cite("pkitools"), Certainty.ADVICE)

RULES: Final[tuple[Rule, ...]] = (BLOCK_READABLE, MATERIAL_READABLE, *private_keys.RULES, *stated_ids.RULES)

_WHOLE: Final = frozenset({BLOCK_READABLE.code, MATERIAL_READABLE.code})


@dataclass(frozen=True, slots=True)
class JudgedCertificate:
    """One certificate of a file, judged.

    Args:
        subject: which one: its number in the file, and where it stands.
        result: what was found.
    """

    subject: Subject
    result: CheckResult


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What :func:`check_file` found.

    Args:
        report: the outcomes of all certificates and of the file itself; its verdict is the worst of them.
        file_report: the outcomes of the file itself: what of it, and of what was given beside it, could not be read,
            and the private keys in it.
        judged: one for each certificate that is meant, in the order of the file.
        count: how many certificates of the file could have been meant.
        contents: what the file holds.
        delivery: the outcomes of the file as it was delivered, of :mod:`pkitools.checking.delivery.checks`. They
            count in no verdict, but for those that were asked to be errors.
    """

    report: Report
    file_report: Report
    judged: tuple[JudgedCertificate, ...]
    count: int
    contents: Contents
    delivery: Report

    def __repr__(self) -> str:
        return f"<FileCheck {self.report.subject!r}: {self.verdict}, {len(self.results)} certificates>"

    @property
    def results(self) -> tuple[CheckResult, ...]:
        """The result of each certificate, in the order of the file."""
        return tuple(one.result for one in self.judged)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; INDETERMINATE at best where a part of the file could not be read."""
        if self.delivery.verdict is Verdict.FAILED:
            return Verdict.FAILED
        return self.report.verdict

    @property
    def is_complete(self) -> bool:
        """Whether every part of the file could be read, and of what was given beside it."""
        return not any(o.rule.code in _WHOLE and o.status != "met" for o in self.file_report.outcomes)


@dataclass(frozen=True, slots=True)
class _Unread:
    """A part of the file that could not be read: its number, and why."""

    position: int
    error: PkitoolsError


def check_file(
    file: str | os.PathLike[str] | bytes | HasPublicBytes | Contents,
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
    expected: Expectation | None = None,
    alias: str | None = None,
    certificate: int | str | None = None,
    cross_check: bool = False,
    strict: bool = False,
    policies: PolicyInput | None = None,
    passphrase: bytes | None = None,
    name: str | None = None,
    data: OwnData | None = None,
    strict_delivery: bool = False,
    unread: Iterable[BadItem] = (),
    held: Iterable[str] = (),
    raise_crashes: bool = False,
) -> FileCheck:
    """Judge every end-entity certificate of a file: PEM, DER, PKCS#7, PKCS#12, a Java keystore, SAML metadata.

    Of a keystore the certificates that stand with a key are judged. The CA certificates of the file serve as
    intermediates. A file that holds nothing else is judged on the one that issued none of the others. A private key in
    the file is compared with its certificates. Metadata says for which entity ID each certificate is. CRLs and OCSP
    responses in the file count as those of ``revocation`` do.

    Args:
        file: its path, its content, a certificate of ``cryptography``, or what
            :func:`~pkitools.containers.read_source` made of it. Text with a PEM block is content, and other text is a
            path: do not hand text of a stranger in.
        moment: validation time, aware UTC.
        environment: where the certificates are to be used.
        entity_id: instead of the one that metadata states.
        systems, intermediates, trust, profile, host, revocation, expected, cross_check, strict, policies, data,
            raise_crashes: as for :func:`~pkitools.checking.check`.
        alias: judge only the certificate to which a keystore gives this name.
        certificate: judge only this one: its number in the order of the file, or the (start of the) fingerprint of it,
            SHA-256 or SHA-1.
        passphrase: of a keystore, and of an encrypted private key.
        name: what to call the file in messages; by default its path.
        strict_delivery: what is wrong with the file as it was delivered is an error, and part of the verdict.
        unread: what could not be read of all that is given beside the file, where the caller read it; of ``trust`` it
            is known.
        held: SHA-256 (hex) of public keys whose private key is at hand elsewhere: whose certificate is in the file,
            that one is judged, whatever it says of itself.

    Raises:
        InputError: nothing usable, or no certificate, is in it.
        FileError: it cannot be read.
        SecretError: a keystore whose passphrase is missing or wrong.
        InvalidValueError: as for :func:`~pkitools.checking.check`; no certificate is the one meant.
    """
    opened = _Opened.of(file, name, passphrase, held)
    beside = [of_type(each, BadItem, "unread") for each in several(unread, BadItem, "unread")]
    # once: an iterator would be empty for the second certificate
    asked, store = several(systems, (str, System), "systems"), given_trust(trust)
    given = several_ders(intermediates, CERTIFICATE, "intermediates")
    named = given_systems(asked, given_data(data, "data"))
    checker = Checker.of(
        question(
            moment=moment,
            environment=environment,
            systems=asked,
            intermediates=given,
            trust=store,
            entity_id=entity_id,
            profile=profile,
            host=host,
            revocation=with_delivered(optional(revocation, Revocation, "revocation"), (opened.contents,)),
            expected=expected,
            cross_check=cross_check,
            strict=strict,
            policies=policies,
            data=data,
            raise_crashes=raise_crashes,
        ),
        OF_THE_PROCESS,
    )
    ids = StatedIds.of((each.entity_id for each in opened.found), entity_id, named)
    meant = selected(opened.found, alias, certificate, opened.name)
    authorities = opened.authorities()
    judged = _judged(meant, checker, _not_among(authorities, given), ids)
    own = (
        *_block_outcomes(opened.torn),
        *_material_outcomes((*beside, *(store.unread if store else ()))),
        *opened.keys(meant).outcomes(raise_crashes=raise_crashes),
        *ids.outcomes(
            opened.contents,
            [one.subject.entity_id for one in judged],
            choice(Environment, environment, "environment"),
        ),
        *check_metadata(opened.contents, moment, named, entity_id),
        *check_certificates_alone(opened.contents),
    )
    file_report = Report(opened.name, own, moment, judged[0].result.report.environment)
    delivered = check_delivery(
        opened.contents,
        opened.read,
        own={each.facts.sha256 for each in opened.found},
        beside=given,
        trust=trusted_with(store, data),
        paths=tuple(_completed(judged, frozenset(authorities))),
        moment=moment,
        strict=strict_delivery,
        raise_crashes=raise_crashes,
    )
    delivery = Report(opened.name, delivered, moment, file_report.environment)
    whole = file_report.joined(one.result.report for one in judged)
    return FileCheck(whole, file_report, judged, len(opened.found), opened.contents, delivery)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file that was read, and what in it is to be judged.

    Args:
        contents: what it holds.
        name: what it is called.
        passphrase: of its keys.
        read: its certificates.
        torn: the parts that could not be read.
        halves: of its private keys the public halves.
        found: the certificates that are judged.
    """

    contents: Contents
    name: str
    passphrase: bytes | None = field(repr=False)
    read: Sequence[tuple[Item, CertificateFacts]]
    torn: Sequence[_Unread]
    halves: Mapping[Item, PublicKey | None]
    found: tuple[Subject, ...]

    @classmethod
    def of(cls, file: Any, name: str | None, passphrase: bytes | None, held: Iterable[str]) -> _Opened:
        """Read a file; ``held`` are the keys that are at hand elsewhere."""
        contents = file if isinstance(file, Contents) else _contents(file, name, passphrase)
        shown = name or contents.name
        if contents.digest_fits is False:
            raise SecretError("sources.error.passphrase_wrong", name=shown)
        read, torn = _facts(contents)
        halves = public_halves(contents, passphrase)
        found = subjects(read, _held(halves).union(several(held, str, "held")))
        return cls(contents, shown, passphrase, read, torn, halves, found)

    def authorities(self) -> tuple[bytes, ...]:
        """Return the certificates of the file that may have issued others."""
        return tuple(other.der for other in possible_issuers([facts for _, facts in self.read]))

    def keys(self, meant: Sequence[Subject]) -> FileKeys:
        """Return the keys in the file, and what stands beside them.

        Of a key that stands with another certificate than the one that is meant, and of one that nothing says the place
        of while the one that is meant has its own, what is wrong is told and fails nothing.
        """
        if len(meant) == len(self.found):
            return FileKeys(self.contents, self.name, self.read, self.halves, self.passphrase)
        from pkitools.checking.sections import Standing  # of few files one certificate is asked for

        numbers = {one.number for one in meant}
        certificates = [(item, one.number) for one in self.found for item in one.items]
        standing = Standing(certificates, [(item, half or item) for item, half in self.halves.items()])
        own = names_of(one.facts.public_key for one in meant)
        has_own = not own.isdisjoint(names_of(self.halves.values()))
        unasked = set()
        for item, half in self.halves.items():
            beside = standing.with_item(item)
            is_nowhere = not beside and own.isdisjoint(names_of((half,)))
            if (beside and numbers.isdisjoint(beside)) or (has_own and is_nowhere):
                unasked.add(item)
        return FileKeys(self.contents, self.name, self.read, self.halves, self.passphrase, frozenset(unasked))


def _judged(
    meant: Iterable[Subject], checker: Checker, authorities: tuple[bytes, ...], ids: StatedIds
) -> tuple[JudgedCertificate, ...]:
    return tuple(
        JudgedCertificate(
            each,
            _as_stated(
                each,
                checker.check(
                    each.facts,
                    intermediates=_without(authorities, each.facts.der),
                    entity_id=ids.asked_of(each.entity_id) or None,
                ),
            ),
        )
        for each in meant
    )


def _as_stated(subject: Subject, result: CheckResult) -> CheckResult:
    """Return a result so that it says what to do to whoever holds the certificate, by where it stands in its file."""
    if not is_of_provider(item.role for item in subject.items):
        return result
    from pkitools.checking.self_made import as_of_provider  # few are

    told = tuple(as_of_provider(one, result.facts.sha256) for one in result.report.outcomes)
    return replace(result, report=replace(result.report, outcomes=told))


def _completed(
    judged: Iterable[JudgedCertificate], brought: frozenset[bytes]
) -> Iterator[tuple[CertificateFacts, ...]]:
    """Yield the paths that were proved by others than the authorities of the file, where it has any."""
    paths = (one.result.path.certificates for one in judged if brought and one.result.path is not None)
    yield from (tuple(map(read_certificate, path)) for path in paths if not brought.issuperset(path[1:-1]))


def _not_among(own: tuple[bytes, ...], given: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the authorities of a file; none where all are given beside it: then those are the same for all files."""
    return () if at_hand(given).ders.issuperset(own) else own


def _without(authorities: tuple[bytes, ...], der: bytes) -> tuple[bytes, ...]:
    """Return the authorities but for the one that is judged; the same ones where it is none of them."""
    return tuple(other for other in authorities if other != der) if der in at_hand(authorities).ders else authorities


def subjects_of(contents: Contents, *, passphrase: bytes | None = None) -> tuple[Subject, ...]:
    """Return the certificates of a file that :func:`check_file` judges, in the order of the file.

    Args:
        contents: what the file holds; what of it cannot be read is in none of them.
        passphrase: of an encrypted private key: whose certificate it is, is judged.

    Raises:
        InputError: no certificate is in it, or none that can be read.
    """
    return subjects(_facts(contents)[0], _held(public_halves(contents, passphrase)))


def _held(halves: Mapping[Item, PublicKey | None]) -> frozenset[str]:
    return names_of(halves.values())


def _contents(file: Any, name: str | None, passphrase: bytes | None) -> Contents:
    data, shown = _read(file, name)
    return read_source(data, shown, passphrase=passphrase)


def _read(file: Any, name: str | None) -> tuple[bytes, str]:
    if isinstance(file, str) and "-----BEGIN " in file:
        return file.encode("utf-8", "replace"), name or "certificate"
    if isinstance(file, (str, os.PathLike)):
        return read_bytes(file), name or os.fspath(file)
    if isinstance(file, (bytes, bytearray, memoryview)):
        return bytes(file), name or "certificate"
    return one_der(file, CERTIFICATE, "file"), name or "certificate"


def _facts(contents: Contents) -> tuple[tuple[tuple[Item, CertificateFacts], ...], tuple[_Unread, ...]]:
    """Return the certificates of a file, and what could not be read of it.

    Raises:
        InputError: there is no certificate, or none that can be read.
    """
    found = []
    unread = [_Unread(bad.position, bad.error) for bad in contents.problems]
    for item in items_of(contents, ItemKind.CERTIFICATE):
        try:
            found.append((item, read_certificate(item.der)))
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
        params = {"position": str(part.position), CAUSE: _cause(part.error)}
        evidence = (Evidence(f"block {part.position}", part.error.code),)
        yield outcome(BLOCK_READABLE, Violated(evidence, params, severity=Severity.WARNING))
    yield outcome(BLOCK_READABLE, NotChecked("unreadable", params={"count": str(len(unread))}))


def _cause(error: PkitoolsError) -> str:
    """Return what names the cause: of an attachment of another kind what it is, not that it is unknown."""
    return str(error.params["problem"]) if error.code == "sources.error.unknown_part" else error.code


def _material_outcomes(unread: Sequence[BadItem]) -> Iterator[Outcome]:
    """Yield a warning for each part of what was given beside the file that could not be read: it was not asked.

    What it would have said is not known: a CRL that is cut off may have revoked the certificate.
    """
    if not unread:
        yield outcome(MATERIAL_READABLE, MET)
        return
    for part in unread:
        file, position = part.error.file or "?", str(part.position)
        params = {"file": file, "position": position, CAUSE: _cause(part.error)}
        evidence = (Evidence(f"{file}, block {position}", part.error.code),)
        yield outcome(MATERIAL_READABLE, Violated(evidence, params, severity=Severity.WARNING))
    yield outcome(MATERIAL_READABLE, NotChecked("material", params={"count": str(len(unread))}))
