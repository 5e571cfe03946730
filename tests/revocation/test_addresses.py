"""Sixty hostile URLs, in every place where a certificate can put one: nobody is connected to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address, ip_network

import pytest

from pkitools.fetching.addresses import RefusedURL, is_allowed, parse_url
from pkitools.fetching.fetcher import HttpFetcher
from pkitools.fetching.issuers import complete_from_aia
from pkitools.revocation import FetchError, FetchRequest
from pkitools_test_pki.faults.http import redirect
from tests.revocation.material import MOMENT, World, one_point
from tests.support.cases import in_one_test
from tests.support.fault_server import FaultServer

HOSTILE = [
    # the machine itself
    "http://127.0.0.1/",
    "http://127.0.0.2/",
    "http://127.255.255.254/",
    "http://[::1]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://0/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://sub.localhost/",
    # other ways to write 127.0.0.1
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://0177.1/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://127.000.000.001/",
    "http://%31%32%37.0.0.1/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    # an IPv4 address inside an IPv6 one
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::80ff:fffe]/",
    "http://[2001::80ff:fffe]/",
    # private, shared, reserved, documentation, benchmarking
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[fc00::1]/",
    "http://[fd12:3456::1]/",
    "http://[fec0::1]/",
    "http://[2001:db8::1]/",
    # link-local and metadata services
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    # multicast
    "http://224.0.0.1/",
    "http://239.255.255.250:1900/",
    "http://[ff02::1]/",
    # names that lead there
    "http://rebound.example/",
    "http://both.example/",
    "http://inner.example/",
    "http://six.example/",
    # what is no plain http
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:25/_EHLO",
    "ldap://127.0.0.1/",
    "dict://127.0.0.1:11211/stat",
    "http://public.example@127.0.0.1/",
    "http://127.0.0.1:80@public.example:22/",
    "http://public.example:6379/",
    "http://public.example\\@127.0.0.1/",
    "http://127.0.0.1#@public.example/",
    "//127.0.0.1/",
    "http:///",
    "http://public.example/\r\nHost: 127.0.0.1/",
]

NAMES = {
    "localhost": ["127.0.0.1"],
    "sub.localhost": ["::1"],
    "rebound.example": ["127.0.0.1"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "inner.example": ["10.1.2.3"],
    "six.example": ["::ffff:127.0.0.2"],
}


class Guard:
    """Counts every way out: names asked, connections tried, and what reaches the canaries."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.connected: list[object] = []
        self.heard: list[str] = []
        self._stop = threading.Event()
        self._real = socket.socket.connect
        self._listeners = [self._listen(host) for host in ("127.0.0.1", "127.0.0.2", "::1")]
        patch.setattr(socket.socket, "connect", self._connect)

    def _connect(self, unconnected: socket.socket, address: object) -> None:
        self.connected.append(address)
        raise OSError(111, "Connection refused")

    def _listen(self, host: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, 0), family=family)
        listener.settimeout(0.05)
        threading.Thread(target=self._hear, args=(listener, host), daemon=True).start()
        return listener

    def _hear(self, listener: socket.socket, host: str) -> None:
        while not self._stop.is_set():
            with suppress(OSError):
                listener.accept()[0].close()
                self.heard.append(host)

    def resolver(self, host: str, _port: int) -> list[str]:
        if host not in NAMES:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return NAMES[host]

    def close(self) -> None:
        self._stop.set()
        for listener in self._listeners:
            listener.close()


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    watching = Guard(monkeypatch)
    yield watching
    watching.close()
    assert watching.heard == []


def test_there_are_sixty_and_they_differ() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.parametrize("url", HOSTILE)
def test_nobody_is_connected_to(url: str, guard: Guard, world: World) -> None:
    """As the address of a CRL, of an OCSP responder and of an issuer's certificate."""
    fetcher = HttpFetcher(total_seconds=1, resolver=guard.resolver)
    with pytest.raises(FetchError) as error:
        fetcher.fetch(FetchRequest(url, 1000))
    assert error.value.fault in {"url", "address", "dns"}
    leaf = world.leaf(extensions=[one_point(url)], ocsp=(url,))
    assert not world.check(leaf, fetcher=fetcher).statuses[0].is_good
    other = world.tsp.issue(moment=MOMENT, ca_issuer_urls=[url], ocsp=False)
    assert not complete_from_aia([other.der], fetcher=fetcher, hosts=None).complete
    assert guard.connected == []


def test_nobody_is_connected_to_by_a_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer("127.0.0.9") as server:
        real = socket.create_connection
        connected: list[object] = []

        def counted(address: tuple[str, int], *rest: float) -> socket.socket:
            connected.append(address)
            return real(address, *rest)

        monkeypatch.setattr(socket, "create_connection", counted)
        fetcher = HttpFetcher(
            total_seconds=5,
            allow_net=[ip_network("127.0.0.9/32")],
            allow_ports=frozenset({server.port}),
            resolver=lambda host, _port: NAMES.get(host, ["10.9.9.9"]),
        )
        for number, url in enumerate(HOSTILE):
            if not url.isprintable():
                continue
            target = server.serve(f"/{number}", redirect(url.encode().decode("latin-1")))
            with pytest.raises(FetchError):
                fetcher.fetch(FetchRequest(target, 1000))
        assert set(connected) == {("127.0.0.9", server.port)}


PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "2606:2800:220:1:248:1893:25c8:1946",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]


@in_one_test
@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_open(text: str) -> None:
    assert is_allowed(ip_address(text))


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("10.0.0.0/8", "10.1.2.3", "11.0.0.1"),
        ("10.0.0.0/8", "::ffff:10.1.2.3", "192.168.0.1"),
        ("fd00::/8", "fd00::5", "fe80::1"),
        ("127.0.0.1/32", "127.0.0.1", "127.0.0.2"),
    ],
)
def test_what_the_user_opens_is_open_and_no_more(network: str, inside: str, outside: str) -> None:
    opened = [ip_network(network)]
    assert is_allowed(ip_address(inside), opened)
    assert is_allowed(ip_address(outside), opened) is is_allowed(ip_address(outside))
    assert not is_allowed(ip_address(inside))


@in_one_test
@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("http://crl.pkioverheid.nl/RootLatestCRL-G3.crl", "crl.pkioverheid.nl", 80, "/RootLatestCRL-G3.crl"),
        ("HTTPS://CRL.example.", "crl.example", 443, "/"),
        ("http://crl.example:443/a?b=c#d", "crl.example", 443, "/a?b=c"),
        ("http://[2606:2800::1]:80/x", "2606:2800::1", 80, "/x"),
        ("http://8.8.8.8/x", "8.8.8.8", 80, "/x"),
        ("http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80, "/"),
        ("http://under_score.example/", "under_score.example", 80, "/"),
    ],
)
def test_plain_addresses_are_taken_apart(url: str, host: str, port: int, path: str) -> None:
    target = parse_url(url)
    assert (target.host, target.port, target.path) == (host, port, path)


@in_one_test
@pytest.mark.parametrize(
    "url",
    [
        "http://a..b/",
        "http://-a.example/",
        f"http://{'a' * 64}.example/",
        "http://" + "a." * 130 + "nl/",
        "http://x/" + "y" * 2048,
        "http://crl.example:99999/",
        "http://[::1/",
        "http://a b/",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(RefusedURL):
        parse_url(url)
