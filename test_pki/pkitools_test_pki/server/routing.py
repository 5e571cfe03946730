"""What is where: from a method, a path and a body to an answer, without any HTTP server in sight.

======================================  =================================================================
``/``                                   what is served, for people
``/health``                             the same in short, for machines; status 503 once the PKI is gone
``/trust.pem``                          the roots
``/cert/NAME.cer``                      an authority's certificate (caIssuers)
``/crl/NAME.crl``                       its complete CRL
``/crl/NAME-KIND.crl``                  the other kinds, see :mod:`pkitools_test_pki.server.ready_crls`
``/ocsp/NAME``                          OCSP by POST, and by GET with the request in base64 behind it
``/ocsp-issuer/…``, ``/ocsp-delegated/…``  the same, signed by the authority itself or by a delegated responder
``/pds``                                the PKI disclosure statement that seals name
``/rehearsal``                          what the mutual TLS endpoint refused last
======================================  =================================================================
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from pkitools.errors import PkitoolsError, StateError
from pkitools.frozen import dataclass, field
from pkitools.messages import Language
from pkitools.text import instant, pattern
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.server import pages
from pkitools_test_pki.server.faulty_documents import CERTIFICATE, CRL, OCSP_RESPONSE, Document, FaultyDocuments
from pkitools_test_pki.server.ocsp import INTERNAL_ERROR, MAX_REQUEST_BYTES, error_response
from pkitools_test_pki.server.ready_crls import FULL, ReadyCRLs
from pkitools_test_pki.server.responder import Mode, Responder
from pkitools_test_pki.server.served_pki import ServedPKI

Clock = Callable[[], datetime]

PEM: Final = "application/x-pem-file"
TEXT: Final = "text/plain; charset=utf-8"

_CERTIFICATE_NAME: Final = pattern(r"(?P<name>[A-Za-z0-9]+)(?P<loop>-loop)?\.cer")
_CRL_NAME: Final = pattern(r"(?P<name>[A-Za-z0-9]+)(?:-(?P<kind>[a-z0-9]+))?\.crl")
_MODES: Final[Mapping[str, Mode]] = {"ocsp-issuer": "issuer", "ocsp-delegated": "delegated"}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request.

    Args:
        method: ``GET``, ``HEAD``, ``POST``, …
        path: decoded, without the query.
        body: at most :data:`~pkitools_test_pki.server.ocsp.MAX_REQUEST_BYTES`.
        accept: the Accept header.
    """

    method: str
    path: str
    body: bytes = field(default=b"", repr=False)
    accept: str = ""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer. ``source`` says which kind of document it is: ``crl``, ``ocsp``, ``certificate``, or nothing."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    source: str = ""


def plain(status: int, text: str, *headers: tuple[str, str]) -> HttpResponse:
    """Return an answer of one line."""
    return HttpResponse(status, TEXT, f"{text}\n".encode(), headers)


class Router:
    """Answers requests for one source.

    Args:
        source: what is served.
        clock: tells the time, aware UTC.
        mode: who signs the OCSP responses of ``/ocsp/``.
        ready_crls, responder: where CRLs and OCSP responses come from.
        instead: documents that faults put in the place of the good ones.
        faults: names of the faults in force, for the pages.
        refusals: what ``/rehearsal`` shows; ``None`` when there is no mutual TLS endpoint.
        language: of the pages.
    """

    def __init__(
        self,
        source: ServedPKI,
        *,
        clock: Clock,
        mode: Mode = "delegated",
        ready_crls: ReadyCRLs | None = None,
        responder: Responder | None = None,
        instead: FaultyDocuments | None = None,
        faults: Sequence[str] = (),
        refusals: Callable[[], Sequence[Mapping[str, object]]] | None = None,
        language: Language = "en",
    ) -> None:
        self.served, self.clock, self.mode = source, clock, mode
        self.ready_crls = ready_crls or ReadyCRLs(source)
        self.responder = responder or Responder(source)
        self.faults, self.refusals, self.language = tuple(faults), refusals, language
        self._instead = instead
        self._authorities = {authority.file_name: authority for authority in source.pki}
        self.base_url = next(iter(source.pki)).base_url
        self._prefix = urlsplit(self.base_url).path.rstrip("/")

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the answer; a failure of the PKI is one too, and nothing is told of a PKI that is gone."""
        try:
            self.served.require_in_place()
        except StateError as error:
            return self._gone(request, str(error))
        try:
            return self._routed(request)
        except PkitoolsError as error:
            return plain(500, str(error))

    def _routed(self, request: HttpRequest) -> HttpResponse:
        path = request.path
        if self._prefix and path.startswith(f"{self._prefix}/"):
            path = path.removeprefix(self._prefix)
        room, _, rest = path.removeprefix("/").partition("/")
        if room == "ocsp" or room in _MODES:
            return self._ocsp(request, room, rest)
        if request.method not in {"GET", "HEAD"}:
            return plain(405, "Method not allowed", ("Allow", "GET, HEAD"))
        if room in {"cert", "crl"}:
            return self._certificate(rest) if room == "cert" else self._crl(rest)
        page = _PAGES.get(path)
        return page(self, request) if page else plain(404, "Not found")

    def _gone(self, request: HttpRequest, detail: str) -> HttpResponse:
        if request.path.removeprefix(self._prefix) == "/health":
            return _json({"status": "gone", "detail": detail}, 503)
        return plain(503, detail)

    # -- documents ---------------------------------------------------------------------------------------------------

    def _certificate(self, name: str) -> HttpResponse:
        found = _CERTIFICATE_NAME.fullmatch(name)
        authority = self._authorities.get(found["name"]) if found else None
        if found is None or authority is None:
            return plain(404, "No such authority")
        looped = found["loop"] is not None
        instead = self._instead and self._instead.certificate(authority, looped=looped, moment=self.clock())
        if looped and not instead:
            return plain(404, "No such certificate")
        content_type, octets = instead or (CERTIFICATE, authority.certificate.der)
        return HttpResponse(200, content_type, octets, source="certificate")

    def _crl(self, name: str) -> HttpResponse:
        found = _CRL_NAME.fullmatch(name)
        authority = self._authorities.get(found["name"]) if found else None
        kind = (found["kind"] or FULL) if found else FULL
        if authority is None or kind not in self.ready_crls.kinds:
            return plain(404, "No such CRL")
        moment = self.clock()
        instead = self._instead and self._instead.crl(authority, moment)
        content_type, octets = instead or (CRL, self.ready_crls.crl(authority, kind, moment))
        return HttpResponse(200, content_type, octets, source="crl")

    def _ocsp(self, request: HttpRequest, room: str, rest: str) -> HttpResponse:
        name, _, encoded = rest.partition("/")
        authority = self._authorities.get(name)
        if authority is None:
            return plain(404, "No such authority")
        if request.method == "POST":
            body = request.body
        elif request.method in {"GET", "HEAD"}:
            body = _decoded(encoded)
        else:
            return plain(405, "Method not allowed", ("Allow", "GET, HEAD, POST"))
        content_type, octets = self._response(authority, body, _MODES.get(room, self.mode))
        return HttpResponse(200, content_type, octets, source="ocsp")

    def _response(self, authority: Authority, body: bytes, mode: Mode) -> Document:
        moment = self.clock()
        try:
            instead = self._instead and self._instead.ocsp(authority, body, moment)
            return instead or (OCSP_RESPONSE, self.responder.answer(authority, body, mode=mode, moment=moment))
        except PkitoolsError:
            return OCSP_RESPONSE, error_response(INTERNAL_ERROR)

    # -- pages -------------------------------------------------------------------------------------------------------

    def _index(self, _request: HttpRequest) -> HttpResponse:
        return pages.html(pages.index(self), self.language)

    def _health(self, _request: HttpRequest) -> HttpResponse:
        state = {
            "status": "ok",
            "moment": instant(self.clock()),
            "base_url": self.base_url,
            "authorities": sorted(self._authorities),
            "faults": list(self.faults),
        }
        return _json(state)

    def _trust(self, _request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, PEM, self.served.pki.trust_pem())

    def _disclosure(self, _request: HttpRequest) -> HttpResponse:
        return plain(200, pages.word("disclosure", self.language))

    def _rehearsal(self, request: HttpRequest) -> HttpResponse:
        if self.refusals is None:
            return plain(404, "No mutual TLS here")
        refused = self.refusals()
        if "json" in request.accept:
            return _json({"schema": REFUSALS, "refused": list(refused)})
        return pages.html(pages.refusals(refused, self.language), self.language)


REFUSALS: Final = "pkitools.test-pki-refusals/v1"
_PAGES: Final[Mapping[str, Callable[[Router, HttpRequest], HttpResponse]]] = {
    "/": Router._index,
    "/health": Router._health,
    "/trust.pem": Router._trust,
    "/pds": Router._disclosure,
    "/rehearsal": Router._rehearsal,
}


def _json(document: Mapping[str, object], status: int = 200) -> HttpResponse:
    return HttpResponse(status, "application/json", json.dumps(document).encode())


def _decoded(encoded: str) -> bytes:
    """Return the request in a GET's path (RFC 6960 A.1); what is no base64 gives no request, and so no answer."""
    octets = unquote_to_bytes(encoded)
    if len(octets) > MAX_REQUEST_BYTES:
        return b""
    try:
        return base64.b64decode(octets + b"=" * (-len(octets) % 4), validate=True)
    except binascii.Error:
        return b""
