"""The OCSP responder: for each authority signed by itself and by a delegated responder, from a cache where it can be.

A response is kept by what it says, so that a revocation needs to remove nothing: what was kept before it is simply no
longer asked for. A response to a request with a nonce is always signed anew.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from pkitools.errors import InputError
from pkitools_test_pki.algorithms import scheme_for
from pkitools_test_pki.authority import Authority
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.extensions import key_identifier
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.ledger import Status
from pkitools_test_pki.server import ocsp
from pkitools_test_pki.server.ocsp import AskedCertificate, OcspRequest, Signer
from pkitools_test_pki.server.served_pki import ServedPKI

Mode = Literal["delegated", "issuer"]
"""Who signs: a responder certified by the authority, or the authority itself."""

VALIDITY: Final = timedelta(hours=1)
_MAX_KEPT: Final = 4096
_Answered: TypeAlias = tuple[AskedCertificate, Status, RevokedEntry | None]


class Responder:
    """Answers OCSP requests for one source. Several threads may ask at once.

    Args:
        source: whose certificates.
        validity: from thisUpdate to nextUpdate.
        keep: whether responses without a nonce are kept and given again; else each is signed anew.
    """

    def __init__(self, source: ServedPKI, *, validity: timedelta = VALIDITY, keep: bool = True) -> None:
        self._source, self._validity, self._keep = source, validity, keep
        self._kept: OrderedDict[tuple[object, ...], tuple[datetime, bytes]] = OrderedDict()
        self._delegates: dict[str, IssuedCertificate] = {}
        self._lock = threading.Lock()

    def answer(self, authority: Authority, data: bytes, *, mode: Mode, moment: datetime) -> bytes:
        """Return the OCSPResponse to a request, whatever its bytes are."""
        try:
            request = ocsp.read_request(data)
        except InputError:
            return ocsp.error_response(ocsp.MALFORMED_REQUEST)
        answered = self._looked_up(authority, request)
        if answered is None:
            return ocsp.error_response(ocsp.UNAUTHORIZED)
        if request.nonce is not None or not self._keep:
            return self._signed(authority, answered, mode, moment, request.nonce)
        return self._from_cache(authority, answered, mode, moment)

    def _looked_up(self, authority: Authority, request: OcspRequest) -> tuple[_Answered, ...] | None:
        """Return the status of each certificate; ``None`` when none of them is this authority's (RFC 5019 2.2.3)."""
        spki = authority.certificate.facts.public_key.spki
        own = [asked.names(authority.subject, spki) for asked in request.certificates]
        if not any(own):
            return None
        with self._source.lock:
            return tuple(
                (asked, *(authority.status(asked.serial_number) if known else ("unknown", None)))
                for asked, known in zip(request.certificates, own, strict=True)
            )

    def _from_cache(self, authority: Authority, answered: tuple[_Answered, ...], mode: Mode, moment: datetime) -> bytes:
        key = (authority.name, mode, *((asked.der, *said) for asked, *said in answered))
        with self._lock:
            kept = self._kept.get(key)
            # kept for half its time, so that what is given out always has the other half left
            if kept is not None and timedelta() <= moment - kept[0] < self._validity / 2:
                self._kept.move_to_end(key)
                return kept[1]
        response = self._signed(authority, answered, mode, moment, None)
        with self._lock:
            self._kept[key] = (moment, response)
            self._kept.move_to_end(key)
            while len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return response

    def _signed(
        self,
        authority: Authority,
        answered: tuple[_Answered, ...],
        mode: Mode,
        moment: datetime,
        nonce: bytes | None,
    ) -> bytes:
        singles = [
            ocsp.single_response(asked.der, status, revocation, moment, moment + self._validity)
            for asked, status, revocation in answered
        ]
        signer = self.signer(authority, mode, moment)
        return ocsp.signed_response(singles, signer=signer, produced_at=moment, nonce=nonce)

    def signer(self, authority: Authority, mode: Mode, moment: datetime) -> Signer:
        """Return who signs; a delegated responder is certified when first needed, and again before it expires."""
        if mode == "issuer":
            return Signer(authority.key, authority.signature, authority.key_identifier)
        with self._source.lock:
            delegate = self._delegates.get(authority.name)
            if delegate is None or delegate.facts.not_after <= moment + self._validity:
                delegate = self._delegates[authority.name] = authority.ocsp_responder(moment=moment)
        assert delegate.key is not None  # made here
        signature = scheme_for(delegate.key, authority.signature)
        return Signer(delegate.key, signature, key_identifier(delegate.key.public_key()), (delegate.der,))
