"""The certificates a server sends, by the standard library and by pyOpenSSL: from both the same, refusals too."""

from __future__ import annotations

import ssl
import sys
import warnings
from collections.abc import Callable

import pytest
from OpenSSL import SSL

from pkitools.errors import StateError
from pkitools.messages import LANGUAGES
from pkitools.probing import ProbeError, ProbeFault, chain, fetch_chain
from pkitools.reports import error_sentence
from tests.probing.world import HOST, World
from tests.support.effort import PATIENCE
from tests.support.peers import LOOPBACK, TLS, Behave, floods, listening, resets, says

STANDARD = hasattr(ssl.SSLObject, "get_unverified_chain")
OLD = (SSL.TLS1_VERSION, SSL.TLS1_1_VERSION)
needs_standard = pytest.mark.skipif(not STANDARD, reason="Python older than 3.13 gives no chain")


@pytest.fixture(params=["pyopenssl", pytest.param("standard", marks=needs_standard)], autouse=True)
def means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked by: without the one there is only the other."""
    if request.param == "standard":
        monkeypatch.setitem(sys.modules, "OpenSSL", None)
    else:
        monkeypatch.setattr(chain, "gives_chain", lambda: False)


def fetched(port: int, host: str = HOST) -> tuple[bytes, ...]:
    return fetch_chain(host, port, allow_net=LOOPBACK, seconds=PATIENCE)


SERVERS: dict[str, Callable[[World], TLS]] = {
    "good": lambda w: TLS(identity=w.server),
    "sends the root too": lambda w: TLS(identity=w.server, chain=[*w.server.intermediates, w.root]),
    "sends no chain": lambda w: TLS(identity=w.server, chain=[]),
    "wants a client certificate": lambda w: w.asking(),
    "the same in TLS 1.2": lambda w: w.asking(versions=(SSL.TLS1_2_VERSION, SSL.TLS1_2_VERSION)),
    "old TLS only": lambda w: TLS(identity=w.server, versions=OLD),
}


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("host", [HOST, "127.0.0.1"])
def test_what_a_server_sends_is_what_comes(world: World, name: str, host: str) -> None:
    server = SERVERS[name](world)
    behind = server.identity.intermediates if server.chain is None else server.chain
    with listening(server) as port, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fetched(port, host) == (server.identity.der, *(one.der for one in behind))


REFUSALS: dict[str, tuple[Behave, ProbeFault, str]] = {
    "an alert": (says(b"\x15\x03\x03\x00\x02\x02\x70"), ProbeFault.ALERT, "unrecognized_name"),
    "an alert of nothing in common": (says(b"\x15\x03\x03\x00\x02\x02\x28"), ProbeFault.ALERT, "handshake_failure"),
    "an alert of the version": (says(b"\x15\x03\x03\x00\x02\x02\x46"), ProbeFault.ALERT, "protocol_version"),
    "reset": (resets, ProbeFault.CLOSED, ""),
    "HTTP": (says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), ProbeFault.HTTP, ""),
    "noise in a record": (says(b"\x16\x03\x03\x00\x04\xff\xff\xff\xff"), ProbeFault.PROTOCOL, ""),
    "ten megabytes": (floods, ProbeFault.TOO_LARGE, ""),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_who_sends_none_is_told_of(name: str) -> None:
    behave, fault, detail = REFUSALS[name]
    with listening(behave) as port, pytest.raises(ProbeError) as caught:
        fetched(port)
    assert caught.value.fault is fault
    assert detail in caught.value.detail
    for language in LANGUAGES:
        assert f"{HOST}:{port}" in error_sentence(caught.value, language)


def test_what_is_needed_and_absent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "gives_chain", lambda: False)
    monkeypatch.setitem(sys.modules, "OpenSSL", None)
    with listening(says()) as port, pytest.raises(StateError, match=r"pkitools-nl\[probe\]"):
        fetched(port)
