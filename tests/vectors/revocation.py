"""Vectors of the rules of :mod:`pkitools.revocation`: each through the whole check, from memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache, partial
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.findings import Report
from pkitools.revocation import CacheEntry, Fetched, FetchError, FetchRequest, RevocationOptions, RevocationPolicy
from pkitools.x509.model import Extension
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import SignatureScheme
from pkitools_test_pki.crl import CERTIFICATE_ISSUER, RevokedEntry, delta_indicator
from pkitools_test_pki.faults.crls import CRL_FAULTS
from pkitools_test_pki.faults.responses import OCSP_FAULTS
from pkitools_test_pki.issued import IssuedCertificate
from tests.revocation.material import MOMENT, World
from tests.vectors import Vector

URL = "http://crl.example/list.crl"
OCSP_URL = "http://ocsp.example/"


@cache
def world() -> World:
    return World()


class Memory:
    """A network of one document: what is fetched, whatever the address."""

    def __init__(
        self, make: Callable[[FetchRequest], bytes | str], content_type: str, *, via_proxy: bool = False
    ) -> None:
        self._make, self._content_type, self._via_proxy = make, content_type, via_proxy

    def fetch(self, request: FetchRequest) -> Fetched:
        made = self._make(request)
        if isinstance(made, str):
            raise FetchError(made, request.url, "as asked")
        return Fetched(made, self._content_type, request.url, self._via_proxy)


class Shelf:
    """A cache of one document."""

    def __init__(self, body: bytes | None = None, notes: Sequence[str] = (), *, hours: int = 5) -> None:
        self._entry = None if body is None else CacheEntry(body, MOMENT - timedelta(hours=hours))
        self._notes = tuple(notes)

    def load(self, _url: str, _issuer_key: bytes) -> CacheEntry | None:
        return self._entry

    def store(self, _url: str, _issuer_key: bytes, entry: CacheEntry) -> None:
        self._entry = entry

    def take_notes(self) -> tuple[str, ...]:
        notes, self._notes = self._notes, ()
        return notes


def reported(leaf: IssuedCertificate, **arguments: Any) -> Report:
    return Report("leaf", world().check(leaf, **arguments).outcomes, MOMENT)


def listed(fault: str = "", **arguments: Any) -> Report:
    """The leaf against a handed-in CRL: a good one, or one with a fault."""
    leaf = world().plain
    case = world().crl_case(leaf)
    made = CRL_FAULTS[fault](case) if fault else case.crl()
    assert isinstance(made, bytes)
    return reported(leaf, crls=[made], **arguments)


@cache
def crl_leaf() -> IssuedCertificate:
    return world().leaf(crl=(URL,))


@cache
def ocsp_leaf() -> IssuedCertificate:
    return world().leaf(ocsp=(OCSP_URL,))


def fetched(
    document: bytes | str | None = None,
    content_type: str = "application/pkix-crl",
    *,
    via_proxy: bool = False,
    **arguments: Any,
) -> Report:
    """The leaf against a CRL from the network."""
    made = world().crl_case(crl_leaf()).crl() if document is None else document
    fetcher = Memory(lambda _request: made, content_type, via_proxy=via_proxy)
    return reported(crl_leaf(), fetcher=fetcher, **arguments)


def answered(fault: str = "O1.issuer") -> Report:
    """The leaf against an OCSP response from the network."""

    def make(request: FetchRequest) -> bytes:
        assert request.body is not None
        return OCSP_FAULTS[fault](world().ocsp_case(ocsp_leaf(), request=request.body))

    return reported(ocsp_leaf(), fetcher=Memory(make, "application/ocsp-response"))


def pem() -> Report:
    import base64

    leaf = world().plain
    text = base64.b64encode(world().crl_case(leaf).crl())
    return reported(leaf, crls=[b"-----BEGIN X509 CRL-----\n" + text + b"\n-----END X509 CRL-----\n"])


def odd(**parts: bytes) -> Report:
    """The leaf against a list with these parts of its body."""
    leaf = world().plain
    return reported(leaf, crls=[world().crl_case(leaf).crl(raw=parts)])


def kept(fault: str) -> Report:
    """A list of hours ago is kept, then another is served."""
    first, second = CRL_FAULTS[fault](world().crl_case(crl_leaf()))
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    return fetched(second, cache=Shelf(first))


def kept_and_served(*, served: bool) -> Report:
    case = world().crl_case(crl_leaf())
    if served:
        return fetched(case.crl(), cache=Shelf(case.crl(), hours=1))
    return fetched("timeout", cache=Shelf(case.crl()))


def clock(*, right: bool) -> Report:
    late = MOMENT if right else MOMENT.replace(year=2060)
    return listed(moment=late, options=RevocationOptions(moment_is_now=True))


def with_delta(number: int) -> Report:
    """A complete list, number 5, and a delta."""
    leaf = world().plain
    case = world().crl_case(leaf)
    return reported(leaf, crls=[case.crl(number=5), case.crl(number=number, extensions=[delta_indicator(5)])])


def names_another_issuer() -> Report:
    """An entry names a certificate issuer, and the list does not say that it is indirect."""
    leaf = world().plain
    owner = Extension(CERTIFICATE_ISSUER, True, der.sequence(der.context(4, world().domain.subject)))
    theirs = RevokedEntry(1, MOMENT - timedelta(days=1), None, (owner,))
    return reported(leaf, crls=[world().crl_case(leaf).crl(revocations=[theirs])])


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def by_short_key(bits: int) -> Report:
    """A delegated responder with an RSA key of so many bits."""
    key = rsa_key(bits)
    responder = world().tsp.ocsp_responder(moment=MOMENT - timedelta(days=1), key=key)
    made = (
        world()
        .ocsp_case(world().plain)
        .signed(
            responder=responder.facts.subject.der,
            key=key,
            scheme=SignatureScheme("pkcs1", "sha256"),
            certificates=[responder.der],
        )
    )
    return reported(world().plain, ocsp_responses=[made])


def produced(after: timedelta) -> Report:
    """A response that says when it was signed."""
    made = world().ocsp_case(world().plain).signed(produced_at=MOMENT + after)
    return reported(world().plain, ocsp_responses=[made])


def aged(days: int) -> Report:
    """A response of days ago that gives itself a year more."""
    case = world().ocsp_case(world().plain)
    single = case.single(this_update=MOMENT - timedelta(days=days), next_update=MOMENT + timedelta(days=365))
    return reported(world().plain, ocsp_responses=[case.signed(single)])


PREFER, OFF = RevocationPolicy.PREFER, RevocationPolicy.OFF

VECTORS: list[Vector] = [
    Vector("revocation.status.revoked", partial(listed, "C1"), listed),
    Vector("revocation.status.unknown", partial(listed, "C3.stale"), listed),
    Vector("revocation.status.unconfirmed", partial(listed, "C3.stale", policy=PREFER), partial(listed, policy=PREFER)),
    Vector("revocation.policy.off", partial(listed, policy=OFF), listed),
    Vector("revocation.clock.plausible", partial(clock, right=False), partial(clock, right=True)),
    Vector("revocation.source.named", lambda: reported(world().plain), fetched),
    Vector("revocation.source.reachable", partial(fetched, "timeout"), fetched),
    Vector("revocation.source.allowed", partial(fetched, "redirect"), fetched),
    Vector("revocation.source.readable", partial(fetched, b"<html>"), fetched),
    Vector("revocation.source.not_yet", partial(listed, "C5.not-yet"), listed),
    Vector("revocation.source.stale", partial(answered, "O7.stale"), answered),
    Vector("revocation.source.next_update", partial(listed, "C4"), listed),
    Vector(
        "revocation.crl.issuer", lambda: reported(world().plain, crls=[world().stranger.crl(moment=MOMENT)]), listed
    ),
    Vector("revocation.crl.signature", partial(listed, "C6.key"), listed),
    Vector("revocation.crl.scope", partial(listed, "C7.delta"), listed),
    Vector("revocation.crl.delta", partial(with_delta, 5), partial(with_delta, 6)),
    Vector("revocation.crl.certificate_issuer", names_another_issuer, listed),
    Vector("revocation.source.limit", lambda: reported(world().plain, crls=[b"<html>"] * 1001), listed),
    Vector("revocation.source.key", partial(by_short_key, 1024), partial(by_short_key, 2048)),
    Vector("revocation.ocsp.produced", partial(produced, timedelta(hours=1)), partial(produced, timedelta(hours=-1))),
    Vector("revocation.ocsp.answered", partial(answered, "O3.try-later"), answered),
    Vector("revocation.ocsp.responder", partial(answered, "O4.any-eku"), partial(answered, "O1.delegated")),
    Vector("revocation.ocsp.signature", partial(answered, "O5.bit"), answered),
    Vector("revocation.ocsp.match", partial(answered, "O6.serial"), answered),
    Vector("revocation.ocsp.extension", partial(answered, "O9.critical-extension"), answered),
    Vector("revocation.ocsp.nonce", partial(answered, "O8.differs"), answered),
    Vector("revocation.ocsp.known", partial(answered, "O2.unknown"), answered),
    Vector("revocation.source.content_type", partial(fetched, content_type="text/plain"), fetched),
    Vector("revocation.source.der", pem, listed),
    Vector("revocation.crl.version", partial(odd, version=b""), listed),
    Vector("revocation.crl.entries", partial(odd, revoked_certificates=der.sequence()), listed),
    Vector("revocation.ocsp.age", partial(aged, 400), partial(aged, 9)),
    Vector("revocation.ocsp.nonce_returned", partial(answered, "O8.absent"), answered),
    Vector("revocation.crl.newest", partial(kept, "C9"), partial(kept_and_served, served=True)),
    Vector("revocation.crl.number", partial(kept, "C10.number-back"), fetched),
    Vector("revocation.cache.usable", partial(fetched, cache=Shelf(notes=["x: damaged"])), fetched),
    Vector(
        "revocation.source.refreshed", partial(kept_and_served, served=False), partial(kept_and_served, served=True)
    ),
    Vector("revocation.source.direct", partial(fetched, via_proxy=True), fetched),
]
