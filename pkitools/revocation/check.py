"""Is any certificate of a verified path revoked?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Self, TypeAlias

from pkitools.arguments import aware, choice, optional, several
from pkitools.crl.reading import CertificateRevocationList, read_crl
from pkitools.errors import InputError, InvalidValueError, LimitError
from pkitools.fetching.model import Cache, Fetcher
from pkitools.findings import MET, CertificateRef, Outcome, outcome
from pkitools.findings.considered import Block
from pkitools.frozen import dataclass, field, replace
from pkitools.limits import MAX_SIGNATURE_CHECKS
from pkitools.revocation.alike import (
    ListsAtHand,
    Unlisted,
    alike,
    any_from_later,
    edges_of,
    known_by,
    lists_at_hand,
    may_be_known,
    newest_first,
    question_of,
    told_by_lists_alone,
)
from pkitools.revocation.codes import AttemptCode
from pkitools.revocation.crl_status import is_from, lists_of_another
from pkitools.revocation.material import RevocationMaterial, name_of
from pkitools.revocation.model import (
    Attempt,
    CertificateRevocation,
    Origin,
    RevocationOptions,
    RevocationPolicy,
    RevocationResult,
    RevocationStatus,
    SignatureBudget,
    SourceKind,
    StatusKind,
    unknown,
)
from pkitools.revocation.outcomes import report_outcomes
from pkitools.revocation.retrieval import DocumentSources, code_of_error, handed_in
from pkitools.revocation.rules import CLOCK
from pkitools.revocation.status_information import RevocationContext
from pkitools.revocation.status_search import StatusSearch
from pkitools.validation.remembered import Remembered
from pkitools.x509 import pem
from pkitools.x509.der import node_at
from pkitools.x509.given import CERTIFICATE, CRL, Given, HasPublicBytes, as_it_came, holds_several, several_ders
from pkitools.x509.names import read_name
from pkitools.x509.path_certificate import PathCertificate, load_cached

if TYPE_CHECKING:
    from pkitools.revocation.ocsp import OcspResponse

EARLIEST_CLOCK: Final = datetime(2026, 1, 1, tzinfo=UTC)
LATEST_CLOCK: Final = datetime(2050, 1, 1, tzinfo=UTC)
_ONE: Final = (bytes, bytearray, memoryview, str, os.PathLike, HasPublicBytes, CertificateRevocationList)
"""What is one thing and not several of them."""
_MAX_SUPPLIED: Final = 1000
Statuses: TypeAlias = Remembered[CertificateRevocation]
"""The good statuses of authorities, by certificate, issuer, role, lists and options."""


def clock_is_plausible(moment: datetime) -> bool:
    """Whether a system clock may show this: not before this was written, nor past the life of RSA keys.

    A clock that is years behind makes stale CRLs fresh and expired certificates valid.

    Raises:
        InvalidValueError: ``moment`` is no aware datetime.
    """
    aware(moment)
    return EARLIEST_CLOCK <= moment < LATEST_CLOCK


def check_revocation(
    path: Given | Iterable[Given],
    *,
    moment: datetime,
    policy: RevocationPolicy | str = RevocationPolicy.REQUIRE,
    crls: Given | CertificateRevocationList | Iterable[Given | CertificateRevocationList] = (),
    ocsp_responses: Given | Iterable[Given] = (),
    fetcher: Fetcher | None = None,
    cache: Cache | None = None,
    options: RevocationOptions | None = None,
    other_certificates: Given | Iterable[Given] = (),
    raise_crashes: bool = False,
) -> RevocationResult:
    """Ask of every certificate of a path but the anchor whether it is revoked.

    Args:
        path: the certificates, end entity first, trust anchor last: the ``certificates`` of a
            :class:`~pkitools.validation.VerifiedPath`. Its signatures are **not** checked again here, and its URLs are
            followed: never pass certificates whose signatures up to a configured root are unverified.
        moment: aware UTC.
        policy: what an unknown status means.
        crls: DER or PEM, or read before with :func:`~pkitools.revocation.read_crl`: such an object keeps
            its index, which is what to do when many certificates are checked against one large list.
        ocsp_responses: DER.
        fetcher: the means to use the network. ``None``: no socket is opened.
        cache: documents of earlier runs.
        options: see :class:`~pkitools.revocation.RevocationOptions`.
        other_certificates: DER of certificates that may have signed an indirect CRL, or a CRL under a key of its own.
        raise_crashes: let a fault of a check itself through instead of reporting it as NOT_CHECKED; for tests.

    Raises:
        InvalidValueError: the path is empty or lacks the issuer, or a value is none of those.
        InputError: a certificate of the path cannot be read.
    """
    moment = aware(moment)
    options = optional(options, RevocationOptions, "options")
    policy = choice(RevocationPolicy, policy, "policy")
    lists, responses = given_crls(crls), given_responses(ocsp_responses)
    others = several_ders(other_certificates, CERTIFICATE, "other_certificates")
    certificates = [load_cached(der) for der in several_ders(path, CERTIFICATE, "path")]
    material = Material(lists, responses, fetcher, cache, others)
    return revocation_of(
        certificates, material, moment, policy, options or RevocationOptions(), raise_crashes=raise_crashes
    )


@dataclass(frozen=True, slots=True)
class Material:
    """What a status may be learned from, as :func:`check_revocation` names it, and as it was handed in.

    ``names`` says what a list or response is called, by its DER: told of one that is of no use. ``beside`` are the DER
    of those that nobody gave for this certificate: of one that turns out to be for others nothing is told.
    """

    crls: tuple[bytes | CertificateRevocationList, ...] = ()
    ocsp_responses: tuple[bytes, ...] = ()
    fetcher: Fetcher | None = None
    cache: Cache | None = None
    other_certificates: tuple[bytes, ...] = ()
    names: Mapping[bytes, str] = field(default_factory=dict)
    beside: frozenset[bytes] = frozenset()
    # found once of each: cached_property would need a dict beside the slots
    _known: tuple[ListsAtHand | None] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def known(self) -> ListsAtHand | None:
        """The lists, where there is nothing else to ask and each is known by its hash; ``None`` elsewhere."""
        if self._known is None:
            lists = lists_at_hand(self.crls, self.beside) if self.are_lists else None
            object.__setattr__(self, "_known", (lists,))
            return lists
        return self._known[0]

    @property
    def are_lists(self) -> bool:
        """There are lists at hand and nothing else to ask: the same question has the same answer."""
        return self.is_at_hand and not (self.ocsp_responses or self.other_certificates)

    @property
    def is_at_hand(self) -> bool:
        """No network and no cache is asked."""
        return self.fetcher is None and self.cache is None

    def for_several(self) -> Self:
        """Return the same for several certificates: none of it was given for one of them."""
        if not (self.crls or self.ocsp_responses):
            return self
        lists = (crl if isinstance(crl, bytes) else crl.der for crl in self.crls)
        return replace(self, beside=frozenset((*lists, *self.ocsp_responses)))


def revocation_of(
    certificates: Sequence[PathCertificate],
    material: Material,
    moment: datetime,
    policy: RevocationPolicy,
    options: RevocationOptions,
    *,
    known: Statuses | None = None,
    unlisted: Unlisted | None = None,
    raise_crashes: bool = False,
) -> RevocationResult:
    """Ask what :func:`check_revocation` asks, of what was read already.

    Args:
        certificates: of a verified path, end entity first, trust anchor last.
        material: what a status may be learned from.
        moment, policy, options, raise_crashes: as there; ``options`` is never left out.
        known: the statuses of authorities, which come again with every end entity.
        unlisted: what was said of other end entities that no list has.

    Raises:
        InvalidValueError: the path is empty or lacks the issuer.
    """
    if not certificates or (len(certificates) == 1 and certificates[0].issuer != certificates[0].subject):
        # of a certificate without its issuer nothing could be asked, and nothing said is no answer
        raise InvalidValueError("revocation.error.arguments")
    clock = options.moment_is_now and clock_is_plausible(moment)
    asking = policy is not RevocationPolicy.OFF and (clock or not options.moment_is_now)
    lists = material.known if asking and unlisted is not None and len(certificates) > 1 and not raise_crashes else None
    question = None if lists is None else question_of(certificates, lists, options)
    if unlisted is not None and lists is not None and (told := unlisted.find(question, moment)) is not None:
        one = certificates[0]
        of_one = told.of(one, lists)
        if of_one is not None:
            every = (of_one, *told.above)
            telling = _Telling(every, ((one.sha256, one.subject), *told.named), policy, clock)
            return RevocationResult.of(every, policy, Block((), telling, looked=True))
    refs = [CertificateRef(c.sha256, "end_entity" if n == 0 else "intermediate") for n, c in enumerate(certificates)]
    if policy is RevocationPolicy.OFF:
        status = RevocationStatus(StatusKind.NOT_CHECKED, AttemptCode.OFF)
        found = tuple(CertificateRevocation(ref, status) for ref in refs[:-1])
    elif not asking:
        found = tuple(_no_clock(ref, moment) for ref in refs[:-1])
    else:
        sources = DocumentSources(material.fetcher, material.cache, options, moment)
        context = RevocationContext(moment, options, SignatureBudget(MAX_SIGNATURE_CHECKS), raise_crashes)
        remembered = known if material.are_lists else None
        check = _Check(certificates, refs, sources, context, material, remembered)
        found = check.run()
        if unlisted is not None and lists is not None and (told := alike(certificates, found, lists, context)):
            unlisted.keep(question, moment, edges_of(certificates[1:], lists.newest_first, options), told)
    telling = _Telling(found, tuple((c.sha256, c.subject) for c in certificates), policy, clock)
    if _all_is_well(found):
        return RevocationResult.of(found, policy, Block((), telling, looked=True))
    return RevocationResult(found, telling(), policy)


def _all_is_well(found: Sequence[CertificateRevocation]) -> bool:
    """Whether every certificate is good, by sources of which nothing is wrong and nothing was odd."""
    if not found:
        return False
    return all(
        each.status.is_good and not any(attempt.code or attempt.notes for attempt in each.attempts) for each in found
    )


class _Telling:
    """Makes the outcomes of statuses, as often as somebody wants to know."""

    __slots__ = ("_clock", "_found", "_named", "_policy")

    def __init__(
        self,
        found: tuple[CertificateRevocation, ...],
        named: tuple[tuple[str, bytes], ...],
        policy: RevocationPolicy,
        clock: bool,
    ) -> None:
        self._found, self._named, self._policy, self._clock = found, named, policy, clock

    def __call__(self) -> tuple[Outcome, ...]:
        names = [_name(subject) for _, subject in self._named]
        labels = {sha256: pair for (sha256, _), pair in zip(self._named, pairwise(names), strict=False)}
        outcomes = report_outcomes(self._found, labels, self._policy)
        return (outcome(CLOCK, MET), *outcomes) if self._clock else outcomes

    def __reduce__(self) -> tuple[object, ...]:
        return _Telling, (self._found, self._named, self._policy, self._clock)


def given_crls(
    crls: Given | CertificateRevocationList | Iterable[Given | CertificateRevocationList],
) -> tuple[bytes | CertificateRevocationList, ...]:
    """Return each CRL that was handed in, read before or as bytes.

    Raises:
        InvalidValueError: one is nothing that could be a CRL.
    """
    return tuple(each for crl in several(crls, _ONE, "crls") for each in _lists(crl))


def _lists(given: Given | CertificateRevocationList) -> tuple[bytes | CertificateRevocationList, ...]:
    """Return the lists in one thing: a PEM file may hold many, and each of them counts."""
    if isinstance(given, CertificateRevocationList):
        return (given,)
    data = as_it_came(given, "crls")
    if not holds_several(data):
        return (data,)
    try:
        blocks = [block for block in pem.blocks(data) if block.error or block.label == CRL]
    except LimitError:
        return (data,)  # one list that cannot be read: too many to look at
    # a block that is broken is a list that cannot be read, and told as such
    return tuple(b"" if block.error else block.body for block in blocks) or (data,)


def given_responses(responses: Given | Iterable[Given]) -> tuple[bytes, ...]:
    """Return each OCSP response that was handed in.

    Raises:
        InvalidValueError: one is nothing that could be a response.
    """
    return tuple(as_it_came(each, "ocsp_responses") for each in several(responses, _ONE, "ocsp_responses"))


@lru_cache(maxsize=512)
def _name(subject: bytes) -> str:
    """Return what people call a certificate: its common name, else its whole name."""
    name = read_name(subject, node_at(subject, 0, len(subject)), "subject", lambda _problem: None)
    return name.called


def _no_clock(ref: CertificateRef, moment: datetime) -> CertificateRevocation:
    status = unknown(AttemptCode.CLOCK)
    attempt = Attempt(ref, SourceKind.CRL, Origin.NONE, "", AttemptCode.CLOCK, status, detail=moment.isoformat())
    return CertificateRevocation(ref, status, (attempt,))


class _Check:
    """One path."""

    def __init__(  # noqa: PLR0917 made in one place, of what stands there under the same names
        self,
        certificates: Sequence[PathCertificate],
        refs: list[CertificateRef],
        sources: DocumentSources,
        context: RevocationContext,
        given: Material,
        known: Statuses | None = None,
    ) -> None:
        self._certificates, self._refs = certificates, refs
        self._sources, self._context = sources, context
        self._given, self._others = given, given.other_certificates
        self._known = known
        self._unreadable: list[Attempt] = []
        self._unread: list[bytes] = []

    def run(self) -> tuple[CertificateRevocation, ...]:
        if len(self._certificates) < 2:
            return ()
        material = RevocationMaterial(
            tuple(sorted(self._read_crls(self._given.crls), key=newest_first)),
            tuple(self._read_responses(self._given.ocsp_responses)),
            self._sources,
            self._context,
            tuple(self._unread),
            self._given.names,
            self._given.beside,
        )
        above = range(1, len(self._certificates) - 1)
        return self._certificate(0, material), *(self._authority(index, material) for index in above)

    def _authority(self, index: int, material: RevocationMaterial) -> CertificateRevocation:
        """Return what is known of an authority, where the same lists told it before."""
        if self._known is None or self._context.raise_crashes or material.unread:
            return self._certificate(index, material)
        certificate, issuer = self._certificates[index : index + 2]
        # of the others nothing is asked, but for what says that it is revoked
        lists = [crl for crl in material.crls if is_from(crl, issuer) or lists_of_another(crl, certificate)]
        if not may_be_known(lists):
            return self._certificate(index, material)
        these = known_by(lists, material.beside)
        question = certificate.der, issuer.der, self._refs[index].role, these, self._context.options
        moment = self._context.moment
        told = self._known.find(question, moment)
        if told is None:
            found = self._certificate(index, material)
            if not told_by_lists_alone(found) or any_from_later(lists, self._context):
                return found
            edges = edges_of([issuer], lists, self._context.options)
            told = self._known.keep(question, moment, edges, found)
        return told

    def _certificate(self, index: int, material: RevocationMaterial) -> CertificateRevocation:
        certificate, issuer = self._certificates[index : index + 2]
        material = material.with_own_budget()  # what there is about one takes nothing from the others
        search = StatusSearch(certificate, issuer, self._refs[index].role, material)
        try:
            status = self._status(search, index, material)
            search.settle_deltas()
            search.gather_left_out()
        except Exception as error:  # a fault of ours: never a good status
            if self._context.raise_crashes:
                raise
            search.record_crash(error)
            status = search.revoked()
        status = status or search.undecided()
        if status.kind is not StatusKind.REVOKED:
            search.tell_others()
        return CertificateRevocation(search.ref, status, tuple(search.attempts))

    def _status(self, search: StatusSearch, index: int, material: RevocationMaterial) -> RevocationStatus | None:
        search.ask_supplied()
        status = search.decided()
        if index == 0:
            self._judge_unrelated(search, material, useful=status is not None)
        options = self._context.options
        for kind in options.authority_sources if search.certificate.ca else options.end_entity_sources:
            if status is None:
                (search.ask_ocsp if kind is SourceKind.OCSP else search.ask_crls)()
                status = search.decided()
        if status is None:
            status = search.ask_full_engine(self._certificates, index, self._others)
        return status

    def _judge_unrelated(self, search: StatusSearch, material: RevocationMaterial, *, useful: bool) -> None:
        """Record with the end entity, before all else, what was handed in and belongs to no certificate of the path.

        A list that belongs elsewhere is worth telling where it was handed in for nothing, not in a folder of lists of
        which another one decided, and never where nobody said that it is for this certificate.
        """
        known, search.attempts = search.attempts, list(self._unreadable)
        issuers = self._certificates[1:]
        for crl in material.crls if not useful else ():
            is_meant = crl.der not in material.beside
            if is_meant and not self._others and not any(is_from(crl, issuer) for issuer in issuers):
                search.judge_list(crl, handed_in(crl.der), "")
        for response in material.unrelated_responses(self._certificates):
            if response.der in material.beside:
                continue
            search.judge_response(response, handed_in(response.der), "", None)
        search.attempts += known

    def _read_crls(self, crls: Sequence[bytes | CertificateRevocationList]) -> list[CertificateRevocationList]:
        found = []
        self._within_limit(SourceKind.CRL, len(crls))
        for crl in crls[:_MAX_SUPPLIED]:
            if isinstance(crl, CertificateRevocationList):
                found.append(crl)
                continue
            try:
                found.append(read_crl(crl))
            except InputError as error:
                self._unread.append(crl)
                self._no_use(SourceKind.CRL, error, crl)
        return found

    def _read_responses(self, responses: Sequence[bytes]) -> list[OcspResponse]:
        found = []
        self._within_limit(SourceKind.OCSP, len(responses))
        for data in responses[:_MAX_SUPPLIED]:
            from pkitools.revocation.ocsp import read_response

            try:
                found.append(read_response(data))
            except InputError as error:
                self._no_use(SourceKind.OCSP, error, data)
        return found

    def _within_limit(self, kind: SourceKind, count: int) -> None:
        if count > _MAX_SUPPLIED:
            self._unused(kind, AttemptCode.LIMIT, f"{_MAX_SUPPLIED}/{count}")

    def _no_use(self, kind: SourceKind, error: InputError, data: bytes) -> None:
        called = name_of(data, self._given.names)
        self._unused(kind, code_of_error(error), str(error.params.get("detail", "")), called)

    def _unused(self, kind: SourceKind, code: AttemptCode, detail: str, called: str = "") -> None:
        self._unreadable.append(
            Attempt(self._refs[0], kind, Origin.SUPPLIED, "", code, unknown(code), detail=detail, given=called)
        )
