"""The status of one certificate: every source that may know, in order, until one decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.crl.reading import CertificateRevocationList, read_crl, unread_mentions
from pkitools.errors import InputError
from pkitools.findings import CertificateRef, crash
from pkitools.frozen import replace
from pkitools.messages import Detail, codes_of, together
from pkitools.revocation.codes import LISTING, AttemptCode, AttemptStep, CrlFault, MaybeCode, Note
from pkitools.revocation.crl_status import combine, is_for_others, is_from, judge_crl, lists_of_another
from pkitools.revocation.delta import brought_up_to_date, contradicted, holds, told, without_ended_holds
from pkitools.revocation.material import RevocationMaterial, name_of
from pkitools.revocation.model import GOOD, HOLD, Attempt, Origin, RevocationStatus, SourceKind, StatusKind, unknown
from pkitools.revocation.retrieval import Retrieval, code_of_error, handed_in
from pkitools.revocation.scope import IMPLICIT_POINT, PointScope, points_of
from pkitools.revocation.status_information import OVER_BUDGET, StatusInformation
from pkitools.x509 import der_writing as encode
from pkitools.x509.der import DERError
from pkitools.x509.extensions import authority_information_access
from pkitools.x509.oids import AUTHORITY_INFORMATION_ACCESS, OCSP_NO_CHECK
from pkitools.x509.path_certificate import PathCertificate

if TYPE_CHECKING:  # what reads and judges responses is for those who have one
    from pkitools.revocation.ocsp import OcspResponse

_MAX_URLS: Final = 5  # per certificate and kind: Windows' bound for one certificate
_NONCE_OCTETS: Final = 32
# kept documents grow old: nothing odd
_OF_ITS_TIME: Final = frozenset({AttemptCode.STALE, AttemptCode.NOT_YET, AttemptCode.NO_NEXT_UPDATE})
_MAX_ENGINE_BYTES: Final = (
    1024 * 1024
)  # together: the full engine needs 20 s and 1.3 GB for a list of a million entries
_MAX_ENGINE_CRLS: Final = 50


# of which nobody is known to have made it: it is told by what is in it, where nobody named it
_UNREADABLE: Final = frozenset({AttemptCode.TRUNCATED, AttemptCode.NOT_DER, AttemptCode.MALFORMED})
_NOWHERE: Final = Retrieval(Origin.NONE)


def _made_by(answer: StatusInformation) -> tuple[bytes, CrlFault | None]:
    """Return who made a list that the issuer cannot have made, and why not."""
    if answer.crl is None or not isinstance(answer.detail, CrlFault):
        return b"", None
    return answer.crl.issuer, answer.detail


def _is_told(answer: StatusInformation) -> bool:
    """Return whether something is told of what gave an answer; of a delta it may be, when all lists are known."""
    return bool(answer.code or answer.notes or (answer.crl is not None and answer.crl.base_number is not None))


class StatusSearch:
    """The search for the status of one certificate.

    Args:
        certificate: asked about.
        issuer: the next of the path.
        role: in the path.
        material: shared.
    """

    def __init__(
        self, certificate: PathCertificate, issuer: PathCertificate, role: str, material: RevocationMaterial
    ) -> None:
        self.certificate, self.issuer, self.material = certificate, issuer, material
        self.ref = CertificateRef(certificate.sha256, role)
        self.attempts: list[Attempt] = []
        self._lists: list[StatusInformation] = []
        self._recorded: dict[int, tuple[Attempt, str]] = {}  # with what was particular about the source
        self._ocsp_answers: list[StatusInformation] = []
        self._unread = [*material.unread]
        self._malformed = ""
        try:
            self.points: tuple[PointScope, ...] = points_of(certificate)
        except DERError as error:
            self.points, self._malformed = (IMPLICIT_POINT,), error.detail

    # --- deciding

    def decided(self) -> RevocationStatus | None:
        """Return REVOKED or GOOD when what was found so far says so."""
        answers = self._crl_answers()
        revoked = self._revoked(answers)
        if revoked is not None:
            return revoked
        if self._is_contradicted(answers):
            return None
        if any(not answer.code and answer.status.is_good for answer in self._ocsp_answers):
            return GOOD
        if self._malformed:
            return None
        return combine(answers, self.points)

    def _is_contradicted(self, answers: Sequence[StatusInformation]) -> bool:
        """Whether a list that cannot be used names the certificate: nothing then makes it good."""
        return contradicted(answers, self._ocsp_answers) or self._is_in_unread()

    def _is_in_unread(self) -> bool:
        """Whether a list of which nothing can be read, not even its time, may have an entry of the certificate."""
        return any(map(self._may_name, self._unread))

    def _may_name(self, data: bytes) -> bool:
        return unread_mentions(data, encode.integer_octets(self.certificate.serial_number))

    def revoked(self) -> RevocationStatus | None:
        """Return REVOKED when anything that was found so far says so; a hold only where nothing says more."""
        return self._revoked(self._crl_answers())

    def _revoked(self, answers: Sequence[StatusInformation]) -> RevocationStatus | None:
        said = [answer.status for answer in (*self._ocsp_answers, *answers)]
        said += [*holds(self._lists, self.material.context)]
        revoked = [status for status in said if status.kind is StatusKind.REVOKED]
        return next((status for status in revoked if status.reason != HOLD), next(iter(revoked), None))

    def _crl_answers(self) -> tuple[StatusInformation, ...]:
        """Return what each list says, brought up to date by the deltas among them, and no hold that ended."""
        return without_ended_holds(brought_up_to_date(self._lists))

    def undecided(self) -> RevocationStatus:
        """Return UNKNOWN with the code of the last source that failed.

        Being offline is the last of all reasons, and a fault of ours the first: it must not go by another's name.
        """
        codes = [attempt.code for attempt in self.attempts if attempt.code and attempt.certificate == self.ref]
        if AttemptCode.CRASHED in codes:
            return unknown(AttemptCode.CRASHED)
        if AttemptCode.MALFORMED not in codes and self._is_in_unread():
            self._record_unread()
            return unknown(AttemptCode.MALFORMED)
        named = [code for code in codes if code is not AttemptCode.OFFLINE] or codes
        if not named and self._lists:
            self.record(_NOWHERE, AttemptCode.SCOPE, "not every reason or distribution point")
            return unknown(AttemptCode.SCOPE)
        if not named:
            self.record(_NOWHERE, AttemptCode.NO_SOURCE)
            return unknown(AttemptCode.NO_SOURCE)
        return unknown(named[-1])

    def _record_unread(self) -> None:
        """Record the list that was handed in and may name this certificate: it was told of the end entity alone."""
        data = next(filter(self._may_name, self.material.unread), None)
        if data is not None:
            got = handed_in(data)
            self._settle(SourceKind.CRL, self._said(lambda body: self._judge_list(read_crl(body)), got), got, "")

    # --- what was handed in

    def ask_supplied(self) -> None:
        """Judge every handed-in response about this certificate and every CRL of its issuer."""
        for response in self.material.responses:
            from pkitools.revocation.ocsp import is_about

            if any(is_about(single, self.certificate, self.issuer) for single in response.responses):
                self.judge_response(response, handed_in(response.der), "", None)
        for crl in self.material.crls:
            if is_from(crl, self.issuer):
                self.judge_list(crl, handed_in(crl.der), "")

    def tell_others(self) -> None:
        """Record each handed-in list of another authority that says that the certificate is revoked, whatever decided.

        It proves nothing while nobody shows that its authority may speak for the issuer (RFC 5280 6.3.3 (b)).
        """
        known = [answer.crl for answer in self._lists]
        for crl in self.material.crls:
            is_another = not is_from(crl, self.issuer) and not any(crl is one for one in known)
            if is_another and lists_of_another(crl, self.certificate):
                self.judge_list(crl, handed_in(crl.der), "")

    def settle_deltas(self) -> None:
        """Record of each delta whether it could be used, and why not: known when every list was judged."""
        instead = {}
        for own, answer in told(self._lists):
            known, of_source = self._recorded[id(own)]
            instead[id(known)] = replace(
                known,
                code=answer.code,
                status=answer.status,
                detail=together(answer.detail, of_source),
                passed=(*known.passed, *(step for step in answer.passed if step not in known.passed)),
            )
        self.attempts = [instead.get(id(attempt), attempt) for attempt in self.attempts]

    def gather_left_out(self) -> None:
        """Put in one attempt what was handed in and not looked at, for there is a limit: how much was, of how much."""
        if all(each.code is not AttemptCode.LIMIT for each in self.attempts):
            return  # as of most
        given = [each for each in self.attempts if each.origin is Origin.SUPPLIED and each.certificate == self.ref]
        for kind in SourceKind:
            of_kind = [each for each in given if each.source is kind]
            left_out = [
                each for each in of_kind if each.code is AttemptCode.LIMIT and OVER_BUDGET in codes_of(each.detail)
            ]
            if left_out:
                told = replace(left_out[0], detail=f"{len(of_kind) - len(left_out)}/{len(of_kind)}")
                gone = {*map(id, left_out)}
                self.attempts = [each for each in self.attempts if id(each) not in gone] + [told]

    # --- CRLs

    def ask_crls(self, *, fetch: bool = True) -> None:
        """Get a list from every distribution point that nothing handed in covers: any of them may revoke."""
        if self._malformed:
            self.record(_NOWHERE, AttemptCode.MALFORMED, self._malformed)
            return
        open_points = [point for number, point in enumerate(self.points) if not self._is_covered(number, point)]
        for point in open_points:
            for url in point.uris[:_MAX_URLS]:
                if self._ask_crl(url, fetch=fetch):
                    break

    def _is_covered(self, number: int, point: PointScope) -> bool:
        answers, reasons = self._crl_answers(), 0
        if contradicted(answers):
            return False
        for answer in answers:
            if not answer.code:
                reasons |= answer.coverage[number]
        return reasons == point.reasons

    def _ask_crl(self, url: str, *, fetch: bool) -> bool:
        """Ask one place; say whether a usable list came of it."""
        sources, key = self.material.sources, self.issuer.spki
        kept = sources.kept(url, key)
        kept_answer = None if kept is None else self._read_list(kept)
        if kept and kept_answer and self._is_enough(kept_answer, kept, fetch=fetch):
            return self._settle_crl(kept_answer, kept, url)
        if not fetch:
            return False
        got = self._with_cache_notes(sources.fetch(SourceKind.CRL, url))
        answer = self._read_list(got) if got.body is not None else None
        if kept and kept_answer:
            got, instead = self._compared(got, answer, kept, kept_answer)
            if instead is not None:
                if answer is None or answer.code:
                    self._settle_crl(answer, got, url)
                return self._settle_crl(kept_answer, instead, url)
        usable = self._settle_crl(answer, got, url)
        if usable and got.body is not None:
            sources.keep(url, key, got.body)
        return usable

    def _is_enough(self, answer: StatusInformation, kept: Retrieval, *, fetch: bool) -> bool:
        """Whether a kept document is used as it is: recent, or there is nobody to ask, or what it says is final."""
        sources = self.material.sources
        if not (fetch and sources.online):
            return True
        return answer.status.kind is StatusKind.REVOKED if answer.code else sources.is_recent(kept)

    @staticmethod
    def _compared(
        got: Retrieval, answer: StatusInformation | None, kept: Retrieval, kept_answer: StatusInformation
    ) -> tuple[Retrieval, Retrieval | None]:
        """Compare what came with what was kept: return both with their notes, the second one ``None`` unless used."""
        if kept_answer.code:
            if kept_answer.code not in _OF_ITS_TIME:
                kept_fault = Detail("revocation.detail.kept", fault=str(kept_answer.code))
                got = replace(got, notes=(*got.notes, Note.CACHE_IGNORED), detail=together(got.detail, kept_fault))
            return got, None
        if answer is None or answer.code:
            return got, replace(kept, notes=(Note.FROM_CACHE,))
        if answer.produced and kept_answer.produced and answer.produced < kept_answer.produced:
            return got, replace(kept, notes=(Note.REPLAYED,))
        if answer.number is not None and kept_answer.number is not None and answer.number < kept_answer.number:
            got = replace(got, notes=(*got.notes, Note.NUMBER_BACK))
        return got, None

    def _read_list(self, got: Retrieval) -> StatusInformation:
        answer = self._said(lambda body: self._judge_list(self.material.crl(body)), got)
        if answer.crl is None and got.body is not None:
            self._unread.append(got.body)
        return answer

    def _judge_list(self, crl: CertificateRevocationList) -> StatusInformation:
        return judge_crl(crl, self.certificate, self.issuer, self.points, self.material.context)

    def _said(self, judge: Callable[[bytes], StatusInformation], got: Retrieval) -> StatusInformation:
        """Return what a document says; one that cannot be read, or makes the check itself fail, says nothing."""
        assert got.body is not None
        try:
            return judge(got.body)
        except InputError as error:
            code = code_of_error(error, via_proxy=got.via_proxy)
            detail = error.params.get("detail", "")
            return StatusInformation(code, unknown(code), detail=detail if isinstance(detail, str) else str(detail))
        except Exception as error:  # a fault of ours: never a good status, and never the end of the others
            return self._crashed(error)

    def _crashed(self, error: Exception) -> StatusInformation:
        if self.material.context.raise_crashes:
            raise error
        return StatusInformation(AttemptCode.CRASHED, unknown(AttemptCode.CRASHED), detail=crash(error).detail)

    def judge_list(self, crl: CertificateRevocationList, got: Retrieval, url: str) -> None:
        """Judge a list and record it, but not one for other certificates that nobody gave for this one."""
        try:
            answer = self._judge_list(crl)
        except Exception as error:  # as of a document that is read first
            answer = self._crashed(error)
        if crl.der in self.material.beside and is_for_others(answer):
            return
        self._settle_crl(answer, got, url)

    def _settle_crl(self, answer: StatusInformation | None, got: Retrieval, url: str) -> bool:
        if answer is not None:
            self._lists.append(answer)
        self._settle(SourceKind.CRL, answer, got, url)
        if answer is not None:
            self._recorded[id(answer)] = self.attempts[-1], got.detail
        return answer is not None and not answer.code

    # --- OCSP

    def ocsp_urls(self) -> tuple[str, ...]:
        """Return the OCSP addresses the certificate names."""
        found = self.certificate.extensions.get(AUTHORITY_INFORMATION_ACCESS)
        try:
            return authority_information_access(found[1])[0][:_MAX_URLS] if found else ()
        except DERError:
            return ()

    def ask_ocsp(self) -> None:
        """Ask the certificate's responders, one after another, until one is of use."""
        for url in self.ocsp_urls():
            self._ask_responder(url)
            if any(not answer.code for answer in self._ocsp_answers):
                return

    def _ask_responder(self, url: str) -> None:
        material, key = self.material, self.issuer.spki
        sources, options = material.sources, material.context.options
        name = f"{url}#{self.certificate.serial_number:x}"
        kept = None if options.require_nonce else sources.kept(name, key)
        if kept is not None:
            answer = self._read_answer(kept, None)
            if self._is_enough(answer, kept, fetch=True):
                self._settle_ocsp(answer, kept, url)
                return
        from secrets import token_bytes

        from pkitools.revocation.ocsp import build_request

        nonce = token_bytes(_NONCE_OCTETS) if options.nonce or options.require_nonce else None
        got = sources.fetch(SourceKind.OCSP, url, build_request(self.certificate, self.issuer, nonce))
        got = self._with_cache_notes(got)
        if got.body is None:
            self._settle_ocsp(None, got, url)
            return
        answer = self._read_answer(got, nonce)
        self._settle_ocsp(answer, got, url)
        if not answer.code:
            sources.keep(name, key, got.body)

    def _read_answer(self, got: Retrieval, nonce: bytes | None) -> StatusInformation:
        from pkitools.revocation.ocsp import read_response

        return self._said(lambda body: self._judge_response(read_response(body), nonce), got)

    def _judge_response(self, response: OcspResponse, nonce: bytes | None) -> StatusInformation:
        from pkitools.revocation.ocsp_status import judge_ocsp

        return judge_ocsp(
            response,
            self.certificate,
            self.issuer,
            self.material.context,
            nonce=nonce,
            responder_status=self._responder_status,
        )

    def judge_response(self, response: OcspResponse, got: Retrieval, url: str, nonce: bytes | None) -> None:
        """Judge a response and record it."""
        try:
            answer = self._judge_response(response, nonce)
        except Exception as error:  # as of a document that is read first
            answer = self._crashed(error)
        self._settle_ocsp(answer, got, url)

    def _settle_ocsp(self, answer: StatusInformation | None, got: Retrieval, url: str) -> None:
        if answer is not None:
            self._ocsp_answers.append(answer)
        self._settle(SourceKind.OCSP, answer, got, url)

    def _responder_status(self, responder: PathCertificate) -> RevocationStatus:
        """Ask CRLs about a delegated responder: of one with ocsp-nocheck only those at hand."""
        search = StatusSearch(responder, self.issuer, "ocsp_responder", self.material)
        for crl in self.material.crls:
            if is_from(crl, self.issuer):
                search.judge_list(crl, handed_in(crl.der), "")
        if search.decided() is None:
            search.ask_crls(fetch=OCSP_NO_CHECK not in responder.extensions)
        search.settle_deltas()
        self.attempts.extend(search.attempts)
        return search.decided() or search.undecided()

    # --- recording

    def _with_cache_notes(self, got: Retrieval) -> Retrieval:
        ignored = self.material.sources.cache_notes()
        if not ignored:
            return got
        return replace(got, notes=(*got.notes, Note.CACHE_IGNORED), detail=together(got.detail, *ignored))

    def _settle(self, kind: SourceKind, answer: StatusInformation | None, got: Retrieval, url: str) -> None:
        if answer is None:
            self.attempts.append(self._attempt(kind, got, url))
            return
        readable = (AttemptStep.READABLE,) if answer.passed and AttemptStep.READABLE not in answer.passed else ()
        self.attempts.append(
            Attempt(
                self.ref,
                kind,
                got.origin,
                url,
                answer.code,
                answer.status,
                got.seconds,
                together(answer.detail, got.detail),
                (*got.notes, *answer.notes),
                answer.produced,
                answer.expires,
                (*got.passed, *readable, *answer.passed),
                # what goes by the name of the issuer proves nothing under another key; it is told all the same
                answer.named or answer.detail in LISTING,
                *_made_by(answer),
                self._called(got, answer.code) if _is_told(answer) else "",
            )
        )

    def _called(self, got: Retrieval, code: MaybeCode) -> str:
        """Return what a document that was handed in is called; empty where nobody said so of what can be read."""
        if got.origin is not Origin.SUPPLIED or got.body is None:
            return ""
        return name_of(got.body, self.material.names) if code in _UNREADABLE else self.material.names.get(got.body, "")

    def record(self, got: Retrieval, code: AttemptCode, detail: str = "") -> None:
        """Record an attempt that brought nothing to judge."""
        self.attempts.append(self._attempt(SourceKind.CRL, replace(got, code=code, detail=detail), ""))

    def _attempt(self, kind: SourceKind, got: Retrieval, url: str) -> Attempt:
        assert got.code
        status = unknown(got.code)
        return Attempt(
            self.ref,
            kind,
            got.origin,
            url,
            got.code,
            status,
            got.seconds,
            got.detail,
            got.notes,
            passed=got.passed,
            given=self._called(got, got.code),
        )

    def record_crash(self, error: Exception) -> None:
        """Record that a check failed that is of no one source."""
        self.record(_NOWHERE, AttemptCode.CRASHED, crash(error).detail)

    # --- what only the full engine can judge

    def ask_full_engine(
        self, path: Sequence[PathCertificate], index: int, others: Sequence[bytes]
    ) -> RevocationStatus | None:
        """Return GOOD or REVOKED when the full engine says so of a case that is its own, else ``None``.

        Its own are indirect CRLs and CRLs under a key of their own. Its GOOD counts for a certificate with one
        distribution point or one that names another CRL issuer: of several points it needs only one.

        Args:
            path: end entity first, trust anchor last.
            index: of this certificate in it.
            others: DER of certificates that may have signed a list.
        """
        indirect = any(point.crl_issuer for point in self.points)
        lists = self.material.lists
        if not (indirect or others) or not lists or len(lists) > _MAX_ENGINE_CRLS:
            return None
        if sum(len(crl.der) for crl in lists) > _MAX_ENGINE_BYTES:
            return None
        from pkitools.revocation.engine_lists import ask_engine

        status = ask_engine(path, index, lists, others, self.material.context)
        if status is None or (status.is_good and not indirect and len(self.points) != 1):
            return None
        if status.is_good and self._is_contradicted(self._crl_answers()):
            return None
        self.attempts.append(
            Attempt(self.ref, SourceKind.CRL, Origin.SUPPLIED, "", "", status, detail="pyhanko-certvalidator")
        )
        return status
