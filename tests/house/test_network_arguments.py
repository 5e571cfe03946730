"""What is handed to the rooms that use the network, and to the one that stands before a web application.

Whatever is given for whatever parameter: an answer, or an error of ours. Nobody is asked: the only host that is named
is this machine, which no call allows.
"""

from __future__ import annotations

import asyncio
import ipaddress
import types
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pkitools import fetching, http, probing
from pkitools.checking import Checker
from pkitools.errors import InvalidValueError, PkitoolsError
from pkitools.fetching import FetchError, FetchRequest, HttpFetcher
from pkitools.http import Access, ProxyKind, TrustedProxies
from pkitools.probing import ClientIdentity
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, good_chain

WRONG: tuple[Any, ...] = (
    object(),
    3.5,
    -1,
    float("nan"),
    True,
    "nonsense",
    "10.0.0.0/8",
    "8443",
    b"nonsense",
    ["nonsense"],
    [3],
    [object()],
    {"a": 1},
    datetime(2026, 11, 22, tzinfo=UTC),
)
LOCAL = "http://127.0.0.1/x.crl"


class Nothing:
    """Gives nothing to whoever asks."""

    def fetch(self, request: FetchRequest) -> fetching.Fetched:
        raise FetchError("dns", request.url)


def checker() -> Checker:
    return Checker(moment=MOMENT, environment="preproduction")


def access() -> Access:
    return Access(checker(), TrustedProxies("10.1.2.3"), ProxyKind.NGINX, allowed=None, clock=lambda: MOMENT)


def peer() -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": 443}


def application(*_: object) -> Any:
    return []


def identity() -> ClientIdentity:
    return ClientIdentity([good_chain().leaf.der], good_chain().leaf.key)


GOOD: Mapping[str, Callable[[], dict[str, Any]]] = {
    "fetching.CacheEntry": lambda: {"body": b"", "stored_at": MOMENT},
    "fetching.DiskCache": lambda: {"folder": Path("/nowhere"), "limit": 5},
    "fetching.FetchError": lambda: {"fault": "dns", "url": LOCAL, "detail": "", "body": b""},
    "fetching.FetchRequest": lambda: {"url": LOCAL, "limit": 9},
    "fetching.HttpFetcher": dict,
    "fetching.HttpStatus": lambda: {"number": 404},
    "fetching.Proxies": dict,
    "fetching.complete_from_aia": lambda: {"chain": [good_chain().leaf.der], "fetcher": Nothing()},
    "fetching.refusal": lambda: {"fault": "url", "detail": "port 8080"},
    "http.ASGIAccess": lambda: {"app": application, "access": access()},
    "http.WSGIAccess": lambda: {"app": application, "access": access()},
    "http.Access": lambda: {
        "checker": checker(),
        "proxies": TrustedProxies("10.1.2.3"),
        "kind": ProxyKind.NGINX,
        "allowed": None,
        "clock": lambda: MOMENT,
    },
    "http.TrustedProxies": lambda: {"networks": ["10.1.2.3"]},
    "http.client_certificate": lambda: {
        "proxies": TrustedProxies("10.1.2.3"),
        "kind": ProxyKind.NGINX,
        "peer": "10.1.2.3",
        "headers": [("x-ssl-client-cert", "")],
    },
    "http.header_of": lambda: {"kind": ProxyKind.NGINX},
    "http.read_header": lambda: {"kind": ProxyKind.NGINX, "headers": [("x-ssl-client-cert", "")]},
    "probing.ClientIdentity": lambda: {"certificates": [good_chain().leaf.der], "key": good_chain().leaf.key},
    "probing.ClientMaterial": lambda: {"identity": identity(), "complete": [good_chain().leaf.der]},
    "probing.ProbeError": lambda: {"fault": "dns", "peer": "a:443"},
    "probing.fetch_chain": peer,
    "probing.fetch_chains": peer,
    "probing.probe": lambda: {**peer(), "moment": MOMENT},
    "probing.starttls_protocols": dict,
    "probing.usual_port": lambda: {"protocol": "smtp"},
}
ROOMS = (fetching, http, probing)
# what these rooms make, and callers read
MADE_HERE = frozenset(
    [
        "AccessDenied",
        "Completion",
        "Fetched",
        "IssuerFetch",
        "Caller",
        "ClientCertificate",
        "Alert",
        "AskedSignatures",
        "Handshake",
        "Observation",
        "ProbeResult",
    ]
)


def public() -> dict[str, Any]:
    """Every function and class by which a caller hands in something."""
    found = {
        f"{room.__name__.partition('.')[2]}.{name}": getattr(room, name) for room in ROOMS for name in room.__all__
    }
    made = {name: each for name, each in found.items() if isinstance(each, type | types.FunctionType)}
    return {
        name: each
        for name, each in made.items()
        if name.partition(".")[2] not in MADE_HERE
        and not getattr(each, "_is_protocol", False)
        and not hasattr(each, "__members__")
    }


def parameters(where: str) -> set[str]:
    import inspect

    return set(inspect.signature(public()[where]).parameters) - {"params"} | set(GOOD[where]())


def used(where: str, made: Any) -> None:
    """Use what was made, as a caller would."""
    if where == "fetching.HttpFetcher":
        made.fetch(FetchRequest(LOCAL, 9))
    elif where == "fetching.FetchRequest":
        HttpFetcher().fetch(replace(made, url=made.url))
    elif where == "fetching.Proxies":
        HttpFetcher(proxies=made, total_seconds=0).fetch(FetchRequest(LOCAL, 9))
    elif where == "http.Access":
        made.admit("10.1.2.3", [])
    elif where == "http.TrustedProxies":
        made.trust("10.1.2.3")
    elif where in {"fetching.FetchError", "probing.ProbeError"}:
        str(made)


def called(where: str, given: dict[str, Any]) -> None:
    used(where, public()[where](**given))


def error_of(attempt: Callable[[], object]) -> PkitoolsError | None:
    """Which of our errors a call ends in; any other leaves it."""
    try:
        attempt()
    except PkitoolsError as error:
        return error
    return None


def test_every_function_and_value_has_a_good_call() -> None:
    assert public().keys() == GOOD.keys()
    for where, good in GOOD.items():
        assert not isinstance(error_of(lambda where=where, good=good: called(where, good())), InvalidValueError), where


@in_one_test
@pytest.mark.parametrize("where", GOOD)
def test_nothing_but_our_own_error_comes_of_what_is_no_such_thing(where: str) -> None:
    raw = []
    for name in sorted(parameters(where)):
        for wrong in WRONG:
            try:
                str(error_of(lambda name=name, wrong=wrong: called(where, {**GOOD[where](), name: wrong})))
            except Exception as error:
                raw.append(f"{where}({name}={wrong!r}) raises {type(error).__name__}: {error}")
    assert not raw, "\n".join(raw)


@in_one_test
@pytest.mark.parametrize("wrong", WRONG)
def test_a_call_of_a_stranger_kind_is_refused_in_our_own_words(wrong: Any) -> None:
    for attempt in (
        lambda: access().admit(wrong, []),
        lambda: access().admit("10.1.2.3", wrong),
        lambda: TrustedProxies("10.1.2.3").trust(wrong),
        lambda: HttpFetcher().fetch(wrong),
        lambda: http.ASGIAccess(application, access(), wrong),
        lambda: http.WSGIAccess(application, access(), wrong),
    ):
        assert str(error_of(attempt))


NETWORK = "127.0.0.0/8"


@in_one_test
@pytest.mark.parametrize(
    "given",
    [
        NETWORK,
        [NETWORK],
        ipaddress.ip_network(NETWORK),
        (ipaddress.ip_network(NETWORK),),
        ["10.0.0.0/8", NETWORK],
        iter([NETWORK]),
    ],
    ids=["text", "list", "value", "tuple", "several", "iterator"],  # the name of an iterator has its address
)
def test_a_network_is_taken_as_text_and_as_a_value(given: Any) -> None:
    """What is refused then is no rule any more, but that nobody listens on that port."""
    with pytest.raises(FetchError) as caught:
        HttpFetcher(allow_net=given, allow_ports=[9]).fetch(FetchRequest("http://127.0.0.1:9/", 9))
    assert caught.value.fault == "connect"


@in_one_test
@pytest.mark.parametrize("given", ["10.0.0.1/8", "ten", 10, [10], ["10.0.0.0/8", "x"], b"10.0.0.0/8", [None]], ids=repr)
def test_what_is_no_network_is_refused(given: Any) -> None:
    for attempt in (
        lambda: HttpFetcher(allow_net=given),
        lambda: probing.fetch_chain("127.0.0.1", 9, allow_net=given),
        lambda: probing.probe("127.0.0.1", 9, allow_net=given, moment=MOMENT),
    ):
        with pytest.raises(InvalidValueError):
            attempt()


@in_one_test
@pytest.mark.parametrize("given", ["443", 443.0, True, 0, 65536, None, b"443"], ids=repr)
def test_what_is_no_port_is_refused(given: Any) -> None:
    for attempt in (
        lambda: HttpFetcher(allow_ports=[given]),
        lambda: probing.fetch_chain("127.0.0.1", given),
        lambda: probing.probe("127.0.0.1", given, moment=MOMENT),
    ):
        with pytest.raises(InvalidValueError):
            attempt()


def test_a_single_host_is_no_part_of_a_text() -> None:
    """``hosts`` as one text admitted every host whose name stands in it."""
    from tests.support.certificates import made

    leaf = made("g1-server").der
    for hosts, asked in (("cert.voorbeeld.nl", 1), ("xcert.voorbeeld.nl.example", 0), (["cert.voorbeeld.nl"], 1)):
        found = fetching.complete_from_aia([leaf], fetcher=Nothing(), hosts=hosts)
        assert len(found.fetches) == asked, hosts


@pytest.mark.parametrize("name", ["accept", "content_type"])
def test_nothing_slips_a_header_in(name: str) -> None:
    request = replace(FetchRequest(LOCAL, 9, body=b"x", content_type="text/plain"), **{name: "a/b\r\nX: y"})
    with pytest.raises(InvalidValueError):
        HttpFetcher().fetch(request)


def test_asgi_tells_a_stranger_in_words() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    scope = {"type": "http", "headers": [(b"x-ssl-client-cert", b"x")], "client": ("10.9.9.9", 1)}
    asyncio.run(http.ASGIAccess(application, access())(scope, receive, send))
    assert sent[0]["status"] == 403
