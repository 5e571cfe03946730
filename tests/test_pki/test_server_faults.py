"""Every fault that the server can show is the one of the catalogue: our own client says of it what is written there."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from pkitools.fetching.cache import DiskCache
from pkitools.fetching.fetcher import HttpFetcher
from pkitools.fetching.issuers import complete_from_aia
from pkitools.revocation import (
    Fetched,
    FetchRequest,
    RevocationOptions,
    RevocationStatus,
    SourceKind,
    StatusKind,
    check_revocation,
)
from pkitools_test_pki.audit import audit_folder
from pkitools_test_pki.faults import faults
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.server import PkiServer
from pkitools_test_pki.server.faulty_documents import FaultyDocuments, choose, served_faults
from pkitools_test_pki.server.routing import Router
from pkitools_test_pki.server.served_pki import ServedMemoryPKI
from tests.support.effort import PATIENCE
from tests.support.serving import MOMENT, Clock, ask, get

pytestmark = pytest.mark.slow

SERVED = served_faults()
DOCUMENTS = [name for name, fault in SERVED.items() if fault.kind in {"crl", "ocsp"}]
ON_THE_WIRE = [name for name, fault in SERVED.items() if fault.kind == "http"]
LOOPBACK = (ipaddress.ip_network("127.0.0.1/32"),)


@dataclass
class RouterFetcher:
    """Fetches from a router without any network."""

    router: Router

    def fetch(self, request: FetchRequest) -> Fetched:
        method, body = ("GET", b"") if request.body is None else ("POST", request.body)
        answer = ask(self.router, urlsplit(request.url).path, method=method, body=body)
        assert answer.status == 200
        return Fetched(answer.body, answer.content_type, request.url)


def router_with(pki: PKI, *names: str) -> Router:
    source = ServedMemoryPKI(pki)
    return Router(source, clock=Clock(), instead=FaultyDocuments(source, choose(names)))


def status_of(leaf: IssuedCertificate, fetcher: Any, kind: str, **options: Any) -> RevocationStatus:
    """Ask about the leaf only, by one kind of source; its issuer counts as the anchor."""
    assert leaf.issuer is not None
    source = SourceKind.OCSP if kind == "ocsp" else SourceKind.CRL
    cache = options.pop("cache", None)
    moment = options.pop("moment", MOMENT)
    chosen = RevocationOptions(end_entity_sources=(source,), **options)
    path = [leaf.der, leaf.issuer.der]
    return check_revocation(path, moment=moment, fetcher=fetcher, cache=cache, options=chosen).statuses[0]


@pytest.fixture(scope="module")
def g3() -> PKI:
    return build("g3", moment=MOMENT, keys=elliptic_keys)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "C10.million"])
def test_documents(name: str, g3: PKI, tmp_path: Path) -> None:
    fault = faults()[name]
    leaf = g3.issue("g3-server")
    fetcher = RouterFetcher(router_with(g3, name))
    options: dict[str, Any] = {}
    if name == "O8.absent-required":
        options["require_nonce"] = True
    if name in {"C9", "C10.number-back"}:  # seen against what came before
        options |= {"cache": DiskCache(tmp_path / "cache"), "refresh_after": -MOMENT.resolution}
        assert status_of(leaf, fetcher, fault.kind, **options).kind is StatusKind.GOOD
    found = status_of(leaf, fetcher, fault.kind, **options)
    assert (found.kind, found.code) == (StatusKind(fault.status), fault.code)


@pytest.mark.parametrize("seconds", [-90, 0, 90])
@pytest.mark.parametrize(
    "name", ["C3.within-skew", "C3.stale", "C5.within-skew", "C5.not-yet", "O7.stale", "O7.not-yet"]
)
def test_times_are_wrong_enough_for_who_asks_a_while_before_or_after(name: str, seconds: int, g3: PKI) -> None:
    fault = faults()[name]
    leaf = g3.issue("g3-server")
    asked_at = MOMENT + timedelta(seconds=seconds)
    found = status_of(leaf, RouterFetcher(router_with(g3, name)), fault.kind, moment=asked_at)
    assert (found.kind, found.code) == (StatusKind(fault.status), fault.code)


def test_a_million_entries_are_made_once(g3: PKI) -> None:
    leaf = g3.issue("g3-server")
    router = router_with(g3, "C10.million")
    path = urlsplit(g3["g3-server-tsp"].crl_url).path
    first = ask(router, path).body
    assert len(first) > 50_000_000
    assert ask(router, path).body is first
    found = status_of(leaf, RouterFetcher(router), "crl", crl_limit=64 * 1024 * 1024)
    assert found.kind is StatusKind.REVOKED


def test_a_crl_fault_is_about_every_certificate_and_hides_no_revocation(g3: PKI) -> None:
    tsp = g3["g3-server-tsp"]
    leaves = [g3.issue("g3-server") for _ in range(3)]
    listed = x509.load_der_x509_crl(ask(router_with(g3, "C1"), urlsplit(tsp.crl_url).path).body)
    assert {leaf.serial_number for leaf in leaves} <= {entry.serial_number for entry in listed}
    tsp.revoke(leaves[0])
    fetcher = RouterFetcher(router_with(g3, "C3.within-skew", "O8.absent"))
    for kind in ("crl", "ocsp"):
        assert [status_of(leaf, fetcher, kind).kind for leaf in leaves[:2]] == [StatusKind.REVOKED, StatusKind.GOOD]


@pytest.mark.parametrize("name", ["A1.loop", "A1.thousand", "A1.not-issuer"])
def test_certificates(name: str, g3: PKI) -> None:
    found = complete_from_aia([g3.issue("g3-server").der], fetcher=RouterFetcher(router_with(g3, name)), hosts=None)
    assert found.code == faults()[name].code


def test_what_is_not_served_needs_a_client_or_a_certificate() -> None:
    left_out = {name for name, fault in faults().items() if name not in SERVED and fault.kind != "local"}
    assert {name.partition(".")[0] for name in left_out} <= {"C6", "C8", "N13", "N14", "N15", "N16"}


# -- over bare sockets -------------------------------------------------------------------------------------------------


@pytest.fixture
def faulty(request: pytest.FixtureRequest) -> Iterator[PkiServer]:
    with PkiServer(clock=Clock(), faults=[request.param]) as server:
        server.serve(build("g3", moment=MOMENT, keys=elliptic_keys, base_url=server.url))
        yield server


def source_of(server: PkiServer) -> PKI:
    assert server.router is not None
    return server.router.served.pki


@pytest.mark.parametrize("faulty", ON_THE_WIRE, indirect=True)
def test_on_the_wire(faulty: PkiServer) -> None:
    (name,) = faulty.faults.names
    fetcher = HttpFetcher(total_seconds=0.4, allow_net=LOOPBACK, allow_ports=frozenset({faulty.port}))
    found = status_of(source_of(faulty).issue("g3-server"), fetcher, "crl", crl_limit=1024 * 1024)
    assert (found.kind, found.code) == (StatusKind(SERVED[name].status), SERVED[name].code)
    # what is not a CRL or OCSP response is answered as always
    assert get(f"{faulty.url}/health").status == 200
    assert get(source_of(faulty)["g3-server-tsp"].certificate_url).status == 200


@pytest.mark.parametrize("faulty", ["A1.html"], indirect=True)
def test_a_page_for_a_certificate_and_good_crls(faulty: PkiServer) -> None:
    pki = source_of(faulty)
    assert get(pki["g3-server-tsp"].certificate_url).headers["content-type"].startswith("text/html")
    assert get(pki["g3-server-tsp"].crl_url).headers["content-type"] == "application/pkix-crl"


@pytest.mark.parametrize("faulty", ["N3"], indirect=True)
def test_stopping_breaks_off_what_would_never_end(faulty: PkiServer) -> None:
    url = urlsplit(source_of(faulty)["g3-server-tsp"].crl_url)
    waiting = [socket.create_connection(("127.0.0.1", faulty.port), timeout=PATIENCE) for _ in range(5)]
    for connection in waiting:
        connection.sendall(f"GET {url.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    half = socket.create_connection(("127.0.0.1", faulty.port), timeout=PATIENCE)
    half.sendall(b"GET / HT")
    faulty.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test-pki")]
    for connection in (*waiting, half):
        with connection, suppress(ConnectionResetError):  # who was not even accepted yet
            assert connection.recv(100) == b""


def test_a_folder_is_whole_after_its_faults_were_served(tmp_path: Path) -> None:
    create_folder(tmp_path / "pki", ["g3"], moment=MOMENT, keys=elliptic_keys)
    with open_folder(tmp_path / "pki", moment=MOMENT, keys=elliptic_keys) as folder:
        folder.issue("g3-server")
    for names in (["C6.key", "O4.no-eku"], ["C5.not-yet", "O4.revoked"], ["C9", "A1.loop"]):
        with PkiServer(tmp_path / "pki", clock=Clock(), port=0, faults=names, keys=elliptic_keys) as server:
            authority = source_of(server)["g3-server-tsp"]
            for url in (authority.crl_url, authority.certificate_url):
                assert get(server.url + urlsplit(url).path).status == 200
    with open_folder(tmp_path / "pki", moment=MOMENT, keys=elliptic_keys) as folder:
        audit = audit_folder(folder)
    assert not audit.problems
    assert not audit.notes
    assert (audit.certificates, audit.crls) == (5, 4)
