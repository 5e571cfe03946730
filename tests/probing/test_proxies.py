"""A peer asked through a proxy: which way is taken, and what is told when the proxy does not do it; no password."""

from __future__ import annotations

import shutil
import socket

import pytest

from pkitools.errors import InvalidValueError
from pkitools.fetching import Proxies
from pkitools.findings import Verdict
from pkitools.messages import LANGUAGES
from pkitools.probing import Offered, ProbeError, ProbeFault, fetch_chain
from pkitools.reports import error_sentence, probe_document
from tests.probing.world import HOST, World, tried
from tests.support.effort import PATIENCE
from tests.support.peers import LOOPBACK, TLS, Behave, Proxy, dialog, listening, says
from tests.support.schemas import assert_valid

pytestmark = pytest.mark.slow

SECRET = "hunter2"
ELSEWHERE = "server.example"


def through(port: int, secret: str = "", no_proxy: str = "") -> Proxies:
    """The proxy at a port, as the environment names it."""
    return Proxies(https=f"http://{f'user:{secret}@' if secret else ''}127.0.0.1:{port}", no_proxy=no_proxy)


def test_every_connection_goes_through_the_proxy_which_looks_up_the_name(world: World) -> None:
    asked: list[bytes] = []
    server = world.issue(dns=[ELSEWHERE])
    with listening(TLS(identity=server)) as port, listening(Proxy(port, asked)) as proxy:
        result = tried(443, world, host=ELSEWHERE, allow_net=(), proxies=through(proxy))
    assert result.report.verdict is Verdict.PASSED, result.report
    assert result.seen.handshake.certificates[0] == server.der
    assert {tuple(head.split()[:2]) for head in asked} == {(b"CONNECT", b"server.example:443")}
    assert len(asked) >= len(result.seen.versions)
    document = probe_document(result)
    assert_valid(document, "probe-v1")
    assert document["peer"] == {
        "host": ELSEWHERE,
        "port": 443,
        "address": None,
        "proxy": f"127.0.0.1:{proxy}",
        "starttls": None,
    }


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_what_only_openssl_tells_is_asked_through_the_proxy_too(world: World) -> None:
    asked: list[bytes] = []
    with listening(world.asking()) as port, listening(Proxy(port, asked)) as proxy:
        seen = tried(port, world, proxies=through(proxy)).seen
    assert (seen.takes_pss, seen.proxy) == (Offered.YES, f"127.0.0.1:{proxy}")


@pytest.mark.parametrize("no_proxy", ["localhost", "*", "other.example, LOCALHOST"])
def test_who_is_to_be_asked_directly_is(world: World, no_proxy: str) -> None:
    asked: list[bytes] = []
    with listening(TLS(identity=world.server)) as port, listening(Proxy(port, asked)) as proxy:
        chain = fetch_chain(HOST, port, allow_net=LOOPBACK, proxies=through(proxy, no_proxy=no_proxy))
    assert chain[0] == world.server.der
    assert not asked


def test_what_the_peer_says_right_behind_the_answer_of_the_proxy_is_heard(world: World) -> None:
    """A server that speaks first may be heard in one piece with the proxy."""
    greets = dialog((b"STLS\r\n", b"+OK begin\r\n"), greeting=b"+OK ready\r\n")
    asked: list[bytes] = []
    with (
        listening(TLS(identity=world.server, before=greets)) as port,
        listening(Proxy(port, asked, together=True)) as proxy,
    ):
        chain = fetch_chain(HOST, port, starttls="pop3", allow_net=LOOPBACK, proxies=through(proxy))
    assert chain[0] == world.server.der
    assert len(asked) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_is_not_asked_where_it_would_lose_what_the_peer_says(world: World) -> None:
    greets = dialog((b"STLS\r\n", b"+OK begin\r\n"), greeting=b"+OK ready\r\n")
    asked: list[bytes] = []
    with (
        listening(TLS(identity=world.server, before=greets)) as port,
        listening(Proxy(port, asked, together=True)) as proxy,
    ):
        seen = tried(port, world, starttls="pop3", proxies=through(proxy)).seen
    assert seen.handshake.completed
    assert seen.signatures is None


def _drips(connected: socket.socket) -> None:
    connected.recv(4096)
    connected.sendall(b"HTTP/1.1 200 OK\r\n")
    while connected.recv(4096):  # waits for who asked to go away
        pass


def _hangs_up(connected: socket.socket) -> None:
    connected.recv(4096)


def answers(status: str) -> Behave:
    """A proxy that answers with this status and nothing else."""
    return says(f"HTTP/1.1 {status}\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n".encode("ascii"))


FAULTS: dict[str, tuple[Behave, ProbeFault, str, str]] = {
    "refuses": (
        answers("403 Forbidden"),
        ProbeFault.PROXY_REFUSED,
        "De proxy {proxy} maakt geen verbinding met {peer}: hij antwoordt HTTP 403.",
        "The proxy {proxy} makes no connection with {peer}: it answers HTTP 403.",
    ),
    "does not reach the peer": (
        answers("502 Bad Gateway"),
        ProbeFault.PROXY_REFUSED,
        "De proxy {proxy} maakt geen verbinding met {peer}: hij antwoordt HTTP 502.",
        "The proxy {proxy} makes no connection with {peer}: it answers HTTP 502.",
    ),
    "wants a password": (
        answers("407 Proxy Authentication Required"),
        ProbeFault.PROXY_AUTH,
        "De proxy {proxy} vraagt een naam en wachtwoord, of neemt die niet aan (HTTP 407): {peer} is niet gevraagd.",
        "The proxy {proxy} asks for a name and password, or does not take them (HTTP 407): {peer} was not asked.",
    ),
    "speaks no HTTP": (
        says(b"SSH-2.0-\x1b[31mproxy\r\n"),
        ProbeFault.PROXY_PROTOCOL,
        "Wat {proxy} antwoordt is geen antwoord van een proxy: met {peer} is er geen verbinding.",
        "What {proxy} answers is no answer of a proxy: there is no connection with {peer}.",
    ),
    "sends headers for ever": (
        says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000),
        ProbeFault.PROXY_PROTOCOL,
        "Wat {proxy} antwoordt is geen antwoord van een proxy: met {peer} is er geen verbinding.",
        "What {proxy} answers is no answer of a proxy: there is no connection with {peer}.",
    ),
    "drips": (
        _drips,
        ProbeFault.PROXY_TIMEOUT,
        "De proxy {proxy} antwoordde niet, of zo langzaam dat de tijd om was: met {peer} is er geen verbinding.",
        "The proxy {proxy} did not answer, or so slowly that the time was over: there is no connection with {peer}.",
    ),
    "hangs up": (
        _hangs_up,
        ProbeFault.PROXY_CLOSED,
        "De verbinding met de proxy {proxy} is verbroken voordat hij antwoordde: met {peer} is er geen verbinding.",
        "The connection with the proxy {proxy} ended before it answered: there is no connection with {peer}.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_proxy_that_does_not_do_it_is_told_of(world: World, name: str) -> None:
    behave, fault, nl, en = FAULTS[name]
    seconds = 0.5 if fault is ProbeFault.PROXY_TIMEOUT else PATIENCE
    with listening(behave) as port, pytest.raises(ProbeError) as caught:
        tried(443, world, host=ELSEWHERE, proxies=through(port, SECRET), seconds=seconds)
    assert caught.value.fault is fault
    told = {language: error_sentence(caught.value, language) for language in LANGUAGES}
    names = {"proxy": f"127.0.0.1:{port}", "peer": f"{ELSEWHERE}:443"}
    assert told["nl"].startswith(nl.format(**names))
    assert told["en"].startswith(en.format(**names))
    assert not any(secret in f"{told}{caught.value!r}" for secret in (SECRET, "user", "\x1b"))


def test_no_proxy_listens(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ProbeError) as caught:
        tried(443, world, host=ELSEWHERE, proxies=through(port))
    assert (caught.value.fault, caught.value.proxy) == (ProbeFault.PROXY_CONNECT, f"127.0.0.1:{port}")


def test_an_address_that_may_not_be_asked_is_not_asked_of_a_proxy(world: World) -> None:
    asked: list[bytes] = []
    with listening(Proxy(9, asked)) as proxy, pytest.raises(ProbeError) as caught:
        tried(443, world, host="10.1.2.3", proxies=through(proxy))
    assert caught.value.fault is ProbeFault.ADDRESS
    assert not asked


@pytest.mark.parametrize("host", ["fe80::1%a\r\nX: y", "fe80::1%eth0", "::1%1 -proxy evil"])
def test_nothing_can_be_slipped_in_behind_an_address(host: str) -> None:
    with pytest.raises(InvalidValueError, match="no host name"):
        fetch_chain(host, 443, proxies=through(9))
