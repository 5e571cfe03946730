"""The status of one certificate: every source that may know, in order, until one decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from secrets import token_bytes
from typing import Final

from pkitools.crl.reading import CertificateRevocationList, read_crl
from pkitools.errors import InputError
from pkitools.findings import CertificateRef
from pkitools.revocation.crl_status import combine, is_from, judge_crl
from pkitools.revocation.model import GOOD, Attempt, Origin, RevocationStatus, SourceKind, StatusKind, unknown
from pkitools.revocation.obtain import Obtained, Sources, code_of
from pkitools.revocation.ocsp import OcspResponse, build_request, is_about, read_response
from pkitools.revocation.ocsp_status import NO_CHECK, judge_ocsp
from pkitools.revocation.scope import IMPLICIT_POINT, Point, points_of
from pkitools.revocation.status_information import StatusInformation, Terms
from pkitools.x509.der import DERError
from pkitools.x509.extensions import authority_information_access
from pkitools.x509.path_certificate import AUTHORITY_INFORMATION_ACCESS, PathCertificate

_MAX_URLS: Final = 5  # per certificate and kind: Windows' bound for one certificate
_NONCE_OCTETS: Final = 32
_OF_ITS_TIME: Final = frozenset({"stale", "not-yet", "no-next-update"})  # kept documents grow old: nothing odd


@dataclass(frozen=True, slots=True)
class Material:
    """What is the same for every certificate of the path.

    Args:
        crls, responses: handed in and readable.
        sources: cache and network.
        terms: how to judge.
        read: CRLs read in this validation by identity of their bytes, which are kept beside them.
    """

    crls: tuple[CertificateRevocationList, ...]
    responses: tuple[OcspResponse, ...]
    sources: Sources
    terms: Terms
    read: dict[int, tuple[bytes, CertificateRevocationList]] = field(default_factory=dict)

    def crl(self, data: bytes) -> CertificateRevocationList:
        """Read a CRL, or return the same one read before in this validation."""
        known = self.read.get(id(data))
        if known is None:
            known = self.read[id(data)] = (data, read_crl(data))
        return known[1]


class StatusSearch:
    """Asks about one certificate.

    Args:
        certificate: asked about.
        issuer: the next of the path.
        role: in the path.
        material: shared.
    """

    def __init__(self, certificate: PathCertificate, issuer: PathCertificate, role: str, material: Material) -> None:
        self.certificate, self.issuer, self.material = certificate, issuer, material
        self.ref = CertificateRef(certificate.sha256, role)
        self.attempts: list[Attempt] = []
        self._crl_answers: list[StatusInformation] = []
        self._ocsp_answers: list[StatusInformation] = []
        self._malformed = ""
        try:
            self.points: tuple[Point, ...] = points_of(certificate)
        except DERError as error:
            self.points, self._malformed = (IMPLICIT_POINT,), error.detail

    # --- deciding

    def decided(self) -> RevocationStatus | None:
        """Return REVOKED or GOOD when what was found so far says so."""
        for answer in (*self._ocsp_answers, *self._crl_answers):
            if answer.status.kind is StatusKind.REVOKED:
                return answer.status
        if any(not answer.code and answer.status.is_good for answer in self._ocsp_answers):
            return GOOD
        return None if self._malformed else combine(self._crl_answers, self.points)

    def undecided(self) -> RevocationStatus:
        """Return UNKNOWN with the code of the last source that failed; being offline is the last of all reasons."""
        codes = [attempt.code for attempt in self.attempts if attempt.code and attempt.certificate == self.ref]
        named = [code for code in codes if code != "offline"] or codes
        if not named and self._crl_answers:
            self.record(SourceKind.CRL, Obtained(Origin.NONE), "", "scope", "not every reason or distribution point")
            return unknown("scope")
        if not named:
            self.record(SourceKind.CRL, Obtained(Origin.NONE), "", "no-source", "")
            return unknown("no-source")
        return unknown(named[-1])

    # --- what was handed in

    def ask_supplied(self) -> None:
        """Judge every handed-in response about this certificate and every CRL of its issuer."""
        for response in self.material.responses:
            if any(is_about(single, self.certificate, self.issuer) for single in response.responses):
                self.judge_response(response, Obtained(Origin.SUPPLIED), "", None)
        for crl in self.material.crls:
            if is_from(crl, self.issuer):
                self.judge_list(crl, Obtained(Origin.SUPPLIED), "")

    # --- CRLs

    def ask_crls(self, *, fetch: bool = True) -> None:
        """Get a list from every distribution point that nothing handed in covers: any of them may revoke."""
        if self._malformed:
            self.record(SourceKind.CRL, Obtained(Origin.NONE), "", "malformed", self._malformed)
            return
        open_points = [point for number, point in enumerate(self.points) if not self._is_covered(number, point)]
        for point in open_points:
            for url in point.uris[:_MAX_URLS]:
                if self._ask_crl(url, fetch=fetch):
                    break

    def _is_covered(self, number: int, point: Point) -> bool:
        reasons = 0
        for answer in self._crl_answers:
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

    def _is_enough(self, answer: StatusInformation, kept: Obtained, *, fetch: bool) -> bool:
        """Whether a kept document is used as it is: recent, or there is nobody to ask, or what it says is final."""
        sources = self.material.sources
        if not (fetch and sources.online):
            return True
        return answer.status.kind is StatusKind.REVOKED if answer.code else sources.is_recent(kept)

    @staticmethod
    def _compared(
        got: Obtained, answer: StatusInformation | None, kept: Obtained, kept_answer: StatusInformation
    ) -> tuple[Obtained, Obtained | None]:
        """Compare what came with what was kept: return both with their notes, the second one ``None`` unless used."""
        if kept_answer.code:
            if kept_answer.code not in _OF_ITS_TIME:
                detail = "; ".join(part for part in (got.detail, f"kept: {kept_answer.code}") if part)
                got = replace(got, notes=(*got.notes, "cache-ignored"), detail=detail)
            return got, None
        if answer is None or answer.code:
            return got, replace(kept, notes=("from-cache",))
        if answer.produced and kept_answer.produced and answer.produced < kept_answer.produced:
            return got, replace(kept, notes=("replayed",))
        if answer.number is not None and kept_answer.number is not None and answer.number < kept_answer.number:
            got = replace(got, notes=(*got.notes, "number-back"))
        return got, None

    def _read_list(self, got: Obtained) -> StatusInformation:
        assert got.body is not None
        try:
            crl = self.material.crl(got.body)
        except InputError as error:
            code = code_of(error, via_proxy=got.via_proxy)
            return StatusInformation(code, unknown(code), detail=str(error.params.get("detail", "")))
        return self._judge_list(crl)

    def _judge_list(self, crl: CertificateRevocationList) -> StatusInformation:
        return judge_crl(crl, self.certificate, self.issuer, self.points, self.material.terms)

    def judge_list(self, crl: CertificateRevocationList, got: Obtained, url: str) -> None:
        """Judge a list and record it."""
        self._settle_crl(self._judge_list(crl), got, url)

    def _settle_crl(self, answer: StatusInformation | None, got: Obtained, url: str) -> bool:
        if answer is not None:
            self._crl_answers.append(answer)
        self._settle(SourceKind.CRL, answer, got, url)
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
        sources, options = material.sources, material.terms.options
        name = f"{url}#{self.certificate.serial_number:x}"
        kept = None if options.require_nonce else sources.kept(name, key)
        if kept is not None:
            answer = self._read_answer(kept, None)
            if self._is_enough(answer, kept, fetch=True):
                self._settle_ocsp(answer, kept, url)
                return
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

    def _read_answer(self, got: Obtained, nonce: bytes | None) -> StatusInformation:
        assert got.body is not None
        try:
            response = read_response(got.body)
        except InputError as error:
            code = code_of(error, via_proxy=got.via_proxy)
            return StatusInformation(code, unknown(code), detail=str(error.params.get("detail", "")))
        return self._judge_response(response, nonce)

    def _judge_response(self, response: OcspResponse, nonce: bytes | None) -> StatusInformation:
        return judge_ocsp(
            response,
            self.certificate,
            self.issuer,
            self.material.terms,
            nonce=nonce,
            responder_status=self._responder_status,
        )

    def judge_response(self, response: OcspResponse, got: Obtained, url: str, nonce: bytes | None) -> None:
        """Judge a response and record it."""
        self._settle_ocsp(self._judge_response(response, nonce), got, url)

    def _settle_ocsp(self, answer: StatusInformation | None, got: Obtained, url: str) -> None:
        if answer is not None:
            self._ocsp_answers.append(answer)
        self._settle(SourceKind.OCSP, answer, got, url)

    def _responder_status(self, responder: PathCertificate) -> RevocationStatus:
        """Ask CRLs about a delegated responder: of one with ocsp-nocheck only those at hand."""
        search = StatusSearch(responder, self.issuer, "ocsp_responder", self.material)
        for crl in self.material.crls:
            if is_from(crl, self.issuer):
                search.judge_list(crl, Obtained(Origin.SUPPLIED), "")
        if search.decided() is None:
            search.ask_crls(fetch=NO_CHECK not in responder.extensions)
        self.attempts.extend(search.attempts)
        return search.decided() or search.undecided()

    # --- recording

    def _with_cache_notes(self, got: Obtained) -> Obtained:
        ignored = self.material.sources.cache_notes()
        if not ignored:
            return got
        detail = "; ".join((*((got.detail,) if got.detail else ()), *ignored))
        return replace(got, notes=(*got.notes, "cache-ignored"), detail=detail)

    def _settle(self, kind: SourceKind, answer: StatusInformation | None, got: Obtained, url: str) -> None:
        if answer is None:
            self.record(kind, got, url, got.code, got.detail)
            return
        steps = (
            *got.passed,
            *(("readable",) if answer.passed and "readable" not in answer.passed else ()),
            *answer.passed,
        )
        self.attempts.append(
            Attempt(
                self.ref,
                kind,
                got.origin,
                url,
                answer.code,
                answer.status,
                got.seconds,
                "; ".join(part for part in (answer.detail, got.detail) if part),
                (*got.notes, *answer.notes),
                answer.produced,
                answer.expires,
                steps,
            )
        )

    def record_engine(self, status: RevocationStatus) -> None:
        """Record that the full engine decided by the lists at hand."""
        self.attempts.append(
            Attempt(self.ref, SourceKind.CRL, Origin.SUPPLIED, "", "", status, detail="pyhanko-certvalidator")
        )

    def record(self, kind: SourceKind, got: Obtained, url: str, code: str, detail: str) -> None:
        """Record an attempt that brought nothing to judge."""
        self.attempts.append(
            Attempt(
                self.ref, kind, got.origin, url, code, unknown(code), got.seconds, detail, got.notes, passed=got.passed
            )
        )


def unmatched(responses: Sequence[OcspResponse], certificates: Sequence[PathCertificate]) -> Iterator[OcspResponse]:
    """Yield the handed-in responses that are about no certificate of the path."""
    pairs = list(pairwise(certificates))
    for response in responses:
        if not any(is_about(single, *pair) for single in response.responses for pair in pairs):
            yield response
