"""Fault → what is done to meet it. Every name of the catalogue has exactly one situation."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pkitools.fetching.cache import DiskCache
from pkitools.fetching.fetcher import Proxies
from pkitools.fetching.issuers import Completion, complete_from_aia
from pkitools.fetching.model import Fetcher
from pkitools.revocation import RevocationOptions, RevocationResult, RevocationStatus, StatusKind, check_revocation
from pkitools_test_pki import der
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.faults import faults
from pkitools_test_pki.faults.crls import AUTHORITY_DEVIATIONS, CRL_FAULTS, full_name, idp
from pkitools_test_pki.faults.http import BEHAVIOURS, good
from pkitools_test_pki.faults.responses import OCSP_FAULTS, REVOKED_RESPONDER
from pkitools_test_pki.issued import IssuedCertificate
from tests.revocation.material import LOOPBACK, MOMENT, SKEW, World, loopback_fetcher, one_point
from tests.support.fault_server import FaultServer

SHORT: Final = 0.4
"""Seconds in all for the faults that only time ends, whatever else this machine does."""
LONG: Final = 300.0
"""Seconds in all for every other fault: time is not what ends it, on a busy machine neither."""


@dataclass
class Scene:
    """What a situation has at hand."""

    name: str
    world: World
    server: FaultServer
    folder: Path
    monkeypatch: pytest.MonkeyPatch

    def check(self, leaf: IssuedCertificate, **arguments: Any) -> RevocationResult:
        arguments.setdefault("options", RevocationOptions(total_seconds=LONG))
        return self.world.check(leaf, **arguments)

    def fetcher(self, **arguments: Any) -> Fetcher:
        arguments.setdefault("seconds", LONG)
        return loopback_fetcher(self.server.port, **arguments)


@dataclass(frozen=True)
class Met:
    """What came of it: the leaf's status, and the notes of the attempts made for it."""

    status: RevocationStatus
    notes: frozenset[str] = frozenset()
    result: RevocationResult | None = field(default=None, repr=False)


def met(result: RevocationResult) -> Met:
    leaf = result.certificates[0]
    return Met(leaf.status, frozenset(note for attempt in leaf.attempts for note in attempt.notes), result)


# --- N: the network


def _served(scene: Scene) -> Met:
    """The CRL's server misbehaves."""
    leaf = scene.world.leaf(crl=(scene.server.base_url + "/list.crl",))
    document = scene.world.crl_case(leaf).crl()
    scene.server.serve("/list.crl", BEHAVIOURS[scene.name], document)
    timed = faults()[scene.name].code == "timeout"
    return met(scene.check(leaf, fetcher=scene.fetcher(seconds=SHORT if timed else LONG)))


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        return int(closing.getsockname()[1])


def _refused(scene: Scene) -> Met:
    """Refused outright, reset after the request, and no route."""
    port = closed_port()
    leaf = scene.world.leaf(crl=(f"http://127.0.0.1:{port}/list.crl",))
    found = met(scene.check(leaf, fetcher=loopback_fetcher(port)))
    assert _served(scene).status == found.status

    def unreachable(*_arguments: object) -> socket.socket:
        raise OSError(101, "Network is unreachable")

    with scene.monkeypatch.context() as patch:
        patch.setattr(socket, "create_connection", unreachable)
        assert met(scene.check(leaf, fetcher=loopback_fetcher(port))).status == found.status
    return found


def _no_such_name(scene: Scene) -> Met:
    def resolver(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    leaf = scene.world.leaf(crl=("http://crl.example.invalid/list.crl",))
    return met(scene.check(leaf, fetcher=loopback_fetcher(resolver=resolver)))


def self_signed_tls() -> tuple[bytes, bytes]:
    """Certificate and key in PEM for a TLS server on 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, today - timedelta(days=1), today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private


def tls_contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The contexts of a server on 127.0.0.1 and of a client that trusts it."""
    certificate, key = self_signed_tls()
    file = folder / "server.pem"
    file.write_bytes(certificate + key)
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cadata=certificate.decode("ascii"))


def _downgrade(scene: Scene) -> Met:
    serving, trusting = tls_contexts(scene.folder)
    with FaultServer(tls=serving) as server:
        leaf = scene.world.leaf(crl=(server.base_url + "/list.crl",))
        server.serve("/list.crl", BEHAVIOURS[scene.name])
        return met(scene.check(leaf, fetcher=loopback_fetcher(server.port, tls=trusting)))


BAD_URLS: Final = {
    "N14.ldap": "ldap://ldap.example/cn=list?certificateRevocationList",
    "N14.file": "file:///etc/passwd",
    "N14.empty": "",
    "N14.private-literal": "http://[fd00::1]/list.crl",
    "N14.userinfo": "http://crl.example@127.0.0.1/list.crl",
    "N14.port": "http://127.0.0.1:22/list.crl",
}


def no_sockets(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_named: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    patch.setattr(socket, "create_connection", refuse)
    patch.setattr(socket, "getaddrinfo", refuse)
    patch.setattr(socket.socket, "connect", refuse)


def _bad_url(scene: Scene) -> Met:
    """Nothing is asked there; a second address of the same point serves."""
    world, url = scene.world, BAD_URLS[scene.name]
    with scene.monkeypatch.context() as patch:
        no_sockets(patch)
        found = met(scene.check(world.leaf(extensions=[one_point(url)]), fetcher=scene.fetcher()))
    other = scene.server.base_url + "/list.crl"
    leaf = world.leaf(extensions=[one_point(url, other)])
    scene.server.serve("/list.crl", good, world.crl_case(leaf).crl())
    assert met(scene.check(leaf, fetcher=scene.fetcher())).status.is_good
    return found


def _second_address(scene: Scene) -> Met:
    """As two addresses of one point, and as two points that share the complete list."""
    port = closed_port()
    urls = f"http://127.0.0.1:{port}/list.crl", scene.server.base_url + "/list.crl"
    fetcher = loopback_fetcher(port, scene.server.port)
    leaf = scene.world.leaf(extensions=[one_point(*urls)])
    scene.server.serve("/list.crl", good, scene.world.crl_case(leaf).crl())
    found = met(scene.check(leaf, fetcher=fetcher))
    assert met(scene.check(scene.world.leaf(crl=urls), fetcher=fetcher)).status == found.status
    return found


def _proxy(scene: Scene) -> Met:
    leaf = scene.world.leaf(crl=("http://crl.example/list.crl",))
    proxy = f"http://127.0.0.1:{closed_port()}"
    if scene.name in BEHAVIOURS:
        scene.server.proxied = BEHAVIOURS[scene.name]
        proxy = scene.server.base_url
    return met(scene.check(leaf, fetcher=loopback_fetcher(allow_net=(), proxies=Proxies(http=proxy))))


def _offline(scene: Scene) -> Met:
    cache = DiskCache(scene.folder / "cache")
    leaf = scene.world.leaf(crl=("http://crl.example/list.crl",), ocsp=("http://ocsp.example/",))
    with scene.monkeypatch.context() as patch:
        no_sockets(patch)
        return met(scene.check(leaf, fetcher=None, cache=cache))


# --- C: CRLs


def _listed(scene: Scene) -> Met:
    leaf = scene.world.plain
    made = CRL_FAULTS[scene.name](scene.world.crl_case(leaf))
    assert isinstance(made, bytes)
    return met(scene.check(leaf, crls=[made]))


def _bad_authority(scene: Scene) -> Met:
    world = scene.world
    deviation = AUTHORITY_DEVIATIONS[scene.name](MOMENT)
    authority = world.domain.create_subordinate(world.tsp.spec, moment=MOMENT - timedelta(days=50), **deviation)
    leaf = world.leaf(authority=authority)
    made = CRL_FAULTS[scene.name](world.crl_case(leaf, authority))
    assert isinstance(made, bytes)
    return met(scene.check(leaf, crls=[made]))


def _two_points(scene: Scene) -> Met:
    urls = tuple(scene.server.base_url + path for path in ("/1.crl", "/2.crl"))
    leaf = scene.world.leaf(crl=urls)
    lists = CRL_FAULTS[scene.name](scene.world.crl_case(leaf, urls=urls))
    for path, crl in zip(("/1.crl", "/2.crl"), lists, strict=True):
        assert isinstance(crl, bytes)
        scene.server.serve(path, good, crl)
    found = met(scene.check(leaf, fetcher=scene.fetcher()))
    # the first list alone, good as it is, proves nothing; both handed in revoke
    alone = met(scene.check(leaf, crls=[lists[0]]))
    assert alone.status.kind is StatusKind.UNKNOWN
    assert met(scene.check(leaf, crls=lists)).status == found.status
    return found


def _published_before(scene: Scene) -> Met:
    """One list is fetched and kept, then, five hours later, the server gives the other."""
    url = scene.server.base_url + "/list.crl"
    leaf = scene.world.leaf(crl=(url,))
    first, second = CRL_FAULTS[scene.name](scene.world.crl_case(leaf))
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    cache = DiskCache(scene.folder / "cache")
    for document, moment in ((first, MOMENT), (second, MOMENT + timedelta(hours=5))):
        scene.server.serve("/list.crl", good, document)
        found = met(scene.check(leaf, fetcher=scene.fetcher(), cache=cache, moment=moment))
    assert scene.server.connections == 2
    return found


# --- O: OCSP


def _answered(scene: Scene) -> Met:
    world = scene.world
    leaf = world.leaf(ocsp=(scene.server.base_url + "/ocsp",))
    listing = scene.server.base_url + "/responders.crl"
    case = world.ocsp_case(leaf, responder_crl_url=listing)
    scene.server.serve_made("/ocsp", lambda request: OCSP_FAULTS[scene.name](replace(case, request=request)))
    # a list for responders only: it says who is revoked among them and nothing of the leaf
    revoked = RevokedEntry(REVOKED_RESPONDER, MOMENT - timedelta(days=1), "keyCompromise")
    scene.server.serve(
        "/responders.crl",
        good,
        world.crl_case(leaf).crl(extensions=[idp(full_name(listing))], revocations=[revoked]),
    )
    options = RevocationOptions(require_nonce=scene.name.endswith("-required"), total_seconds=LONG)
    return met(scene.check(leaf, fetcher=scene.fetcher(), options=options))


# --- A: issuers' certificates


def completed(found: Completion) -> Met:
    assert not found.complete
    assert len(found.fetches) <= 3
    return Met(RevocationStatus(StatusKind.UNKNOWN, found.code))


def _aia_leaf(scene: Scene, path: str = "/issuer.cer") -> IssuedCertificate:
    url = scene.server.base_url + path
    return scene.world.tsp.issue(moment=MOMENT, ca_issuer_urls=[url], ocsp=False)


def _complete(scene: Scene, leaf: IssuedCertificate) -> Met:
    # its documents may take as long as every other
    asked = {"fetcher": scene.fetcher(), "hosts": frozenset({"127.0.0.1"}), "seconds": LONG}
    return completed(complete_from_aia([leaf.der], **asked))


def _aia_html(scene: Scene) -> Met:
    scene.server.serve("/issuer.cer", BEHAVIOURS[scene.name])
    return _complete(scene, _aia_leaf(scene))


def _aia_other(scene: Scene) -> Met:
    # the same name, another key
    scene.server.serve("/issuer.cer", good, scene.world.stranger.certificate.der, "application/pkix-cert")
    return _complete(scene, _aia_leaf(scene))


def certificates_only(*certificates: bytes) -> bytes:
    """A PKCS #7 that holds certificates and nothing else."""
    data = der.sequence(der.oid("1.2.840.113549.1.7.1"))
    signed = der.sequence(der.integer(1), der.set_of(), data, der.context(0, *certificates), der.set_of())
    return der.sequence(der.oid("1.2.840.113549.1.7.2"), der.context(0, signed))


def _aia_thousand(scene: Scene) -> Met:
    small = scene.world.tsp.certificate.der
    bag = certificates_only(*[small] * 1000)
    scene.server.serve("/issuer.cer", good, bag, "application/pkcs7-mime")
    found = _complete(scene, _aia_leaf(scene))
    assert found.status.code == "too-large"  # it does not even fit
    # one of a size that does fit is refused for its number
    scene.server.serve("/issuer.cer", good, certificates_only(*[small] * 20), "application/pkcs7-mime")
    return _complete(scene, _aia_leaf(scene))


def _aia_loop(scene: Scene) -> Met:
    """Two authorities that certified each other, each naming the other's certificate."""
    world, base = scene.world, scene.server.base_url
    tsp, domain = world.tsp, world.domain
    deviation: dict[str, Any] = {"ocsp": False}
    tsp_by_domain = domain.create_subordinate(
        tsp.spec, key=tsp.key, moment=MOMENT, ca_issuer_urls=[base + "/domain.cer"], **deviation
    ).certificate.der
    domain_by_tsp = tsp.create_subordinate(
        domain.spec, key=domain.key, moment=MOMENT, ca_issuer_urls=[base + "/issuer.cer"], **deviation
    ).certificate.der
    scene.server.serve("/issuer.cer", good, tsp_by_domain, "application/pkix-cert")
    scene.server.serve("/domain.cer", good, domain_by_tsp, "application/pkix-cert")
    return _complete(scene, _aia_leaf(scene))


# --- K: cache and clock


def _kept(scene: Scene) -> tuple[IssuedCertificate, DiskCache]:
    """A leaf whose list was fetched and kept."""
    leaf = scene.world.leaf(crl=(scene.server.base_url + "/list.crl",))
    scene.server.serve("/list.crl", good, scene.world.crl_case(leaf).crl())
    cache = DiskCache(scene.folder / "cache")
    assert met(scene.check(leaf, fetcher=scene.fetcher(), cache=cache)).status.is_good
    assert met(scene.check(leaf, fetcher=scene.fetcher(), cache=cache)).status.is_good
    assert scene.server.connections == 1  # the second time nobody is asked
    return leaf, cache


def _damaged(scene: Scene) -> Met:
    leaf, cache = _kept(scene)
    (file,) = (scene.folder / "cache").iterdir()
    data = file.read_bytes()
    if scene.name == "K1.corrupt":
        file.write_bytes(data[:-1] + bytes((data[-1] ^ 1,)))
    elif scene.name == "K1.half":
        file.write_bytes(data[: len(data) // 2])
    elif scene.name == "K1.symlink":
        elsewhere = scene.folder / "elsewhere"
        elsewhere.write_bytes(data)
        file.unlink()
        file.symlink_to(elsewhere)
    else:
        stranger = os.geteuid() + 1
        scene.monkeypatch.setattr(os, "geteuid", lambda: stranger)
    found = met(scene.check(leaf, fetcher=scene.fetcher(), cache=cache))
    assert scene.server.connections == 2  # fetched again
    return found


def _outlived(scene: Scene) -> Met:
    leaf, cache = _kept(scene)
    return met(scene.check(leaf, cache=cache, moment=MOMENT + timedelta(days=3)))


def _poisoned(scene: Scene) -> Met:
    """Somebody signs an empty list with a key of their own: offline it is of no use, online it is replaced."""
    leaf, cache = _kept(scene)
    url = scene.server.base_url + "/list.crl"
    key = scene.world.tsp.key
    forged = scene.world.crl_case(leaf, scene.world.tsp).crl(signing_key=scene.world.stranger.key)
    entry = cache.load(url, _spki(key))
    assert entry is not None
    cache.store(url, _spki(key), replace(entry, body=forged))
    found = met(scene.check(leaf, cache=cache))
    again = met(scene.check(leaf, fetcher=scene.fetcher(), cache=cache))
    assert again.status.is_good
    assert "cache-ignored" in again.notes
    return found


def _spki(key: Any) -> bytes:
    public: bytes = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public


def _clock(scene: Scene) -> Met:
    """A clock before this was written and one after 2050; a moment that was asked for is another matter."""
    options = RevocationOptions(moment_is_now=True)
    leaf = scene.world.plain
    crls = [scene.world.crl_case(leaf).crl()]
    late = dt.datetime(2051, 1, 1, tzinfo=dt.UTC)
    found = met(scene.check(leaf, crls=crls, moment=late, options=options))
    early = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    with scene.monkeypatch.context() as patch:
        no_sockets(patch)
        again = scene.check(leaf, crls=crls, moment=early, options=options, fetcher=scene.fetcher())
        assert met(again).status == found.status
    assert met(scene.check(leaf, crls=crls, moment=MOMENT, options=options)).status.is_good
    past = check_revocation([link.der for link in leaf.path], moment=early, crls=crls)
    assert past.statuses[0].code != "clock"
    return found


Situation = Callable[[Scene], Met]

_BY_NAME: Final[dict[str, Situation]] = {
    "N1": _refused,
    "N2": _no_such_name,
    "N13.downgrade": _downgrade,
    "N15": _second_address,
    "N17": _offline,
    "C6.expired": _bad_authority,
    "C6.no-crl-sign": _bad_authority,
    "C8": _two_points,
    "C9": _published_before,
    "C10.number-back": _published_before,
    "A1.loop": _aia_loop,
    "A1.thousand": _aia_thousand,
    "A1.not-issuer": _aia_other,
    "A1.html": _aia_html,
    "K2.outlived": _outlived,
    "K2.poisoned": _poisoned,
    "K3": _clock,
}
_BY_ROW: Final[dict[str, Situation]] = {"N14": _bad_url, "N16": _proxy, "K1": _damaged}
_BY_KIND: Final[dict[str, Situation]] = {"http": _served, "crl": _listed, "ocsp": _answered}


def situation(name: str) -> Situation:
    """Return how a fault is met: by its own function, that of its row, or that of its kind."""
    fault = faults()[name]
    return _BY_NAME.get(name) or _BY_ROW.get(fault.row) or _BY_KIND[fault.kind]


__all__ = ["LONG", "LOOPBACK", "SHORT", "SKEW", "Met", "Scene", "Situation", "met", "no_sockets", "situation"]
