"""Who is let in: by a trusted proxy, with a certificate that passes, of an OIN that is allowed. The how-tos, run."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

import pkitools
from pkitools.http import CALLER, Access, AccessDenied, ASGIAccess, TrustedProxies, WSGIAccess
from pkitools.systems import systems
from pkitools_test_pki.pki import PKI, build
from pkitools_test_pki.self_signed import self_signed
from tests.house.test_how_to import program
from tests.http.test_forms import WRITES
from tests.support.cases import in_one_test
from tests.support.keys import SHARED_KEYS

KNOWN, STRANGER = "00000003273229750000", "00000003520354760000"
PROXY = "10.1.2.3"


@pytest.fixture(scope="module")
def pki() -> PKI:
    return build("g4-tls", moment=datetime.now(UTC), keys=SHARED_KEYS)


@pytest.fixture(scope="module")
def trusted(pki: PKI) -> dict[str, Any]:
    """What a checker is told to trust the test PKI: its issuers are known, as the proxy hands on the leaf alone."""
    between = ders(pki, KNOWN)[1:]
    lists = pkitools.Revocation(crls=list(pki.crls().values()))
    return {"environment": "preproduction", "trust": pki.trust_pem(), "intermediates": between, "revocation": lists}


@cache
def ders(pki: PKI, oin: str) -> list[bytes]:
    text = pki.issue("g4-tls", oin=oin).chain_pem.decode()
    return [base64.b64decode(part.split("-----END")[0]) for part in text.split("-----BEGIN CERTIFICATE-----")[1:]]


def header(pki: PKI, oin: str, kind: str = "nginx") -> tuple[str, str]:
    return ("x-ssl-client-cert", WRITES[kind](ders(pki, oin)))


def access(trusted: dict[str, Any], moment: datetime | None = None, **how: Any) -> Access:
    checker = pkitools.Checker(moment=datetime.now(UTC), **{**trusted, **how.pop("checker", {})})
    given = {"allowed": {KNOWN}, "clock": lambda: moment or datetime.now(UTC), **how}
    return Access(checker, TrustedProxies("10.1.2.0/24"), "nginx", **given)


def refusal(entrance: Access, headers: list[tuple[str, str]], peer: str | None = PROXY) -> tuple[str, int]:
    with pytest.raises(AccessDenied) as denied:
        entrance.admit(peer, headers)
    assert str(denied.value)
    return denied.value.code.rpartition(".")[2], denied.value.status


def test_who_is_allowed_comes_in(pki: PKI, trusted: dict[str, Any]) -> None:
    caller = access(trusted).admit(PROXY, [header(pki, KNOWN)])
    assert caller.oin == KNOWN
    assert caller.result.report.verdict is pkitools.Verdict.PASSED
    assert access(trusted, allowed=None).admit(PROXY, [header(pki, STRANGER)]).oin == STRANGER


def test_who_is_not_is_told_why(pki: PKI, trusted: dict[str, Any]) -> None:
    entrance, good = access(trusted), header(pki, KNOWN)
    assert refusal(entrance, []) == ("no_certificate", 403)
    assert refusal(entrance, [header(pki, STRANGER)]) == ("not_allowed", 403)
    assert refusal(entrance, [good], "192.0.2.1") == ("stranger", 403)
    assert refusal(entrance, [good, good]) == ("repeated", 400)
    assert refusal(entrance, [("x_ssl_client_cert", good[1])]) == ("look_alike", 400)
    assert refusal(entrance, [("x-ssl-client-cert", "nothing")]) == ("malformed", 400)
    later = access(trusted, datetime.now(UTC) + timedelta(days=20_000))
    assert refusal(later, [good]) == ("failed", 403)
    blind = access(trusted, checker={"revocation": pkitools.Revocation(policy="require")})
    assert refusal(blind, [good]) == ("indeterminate", 403), "could not check is not valid"
    elsewhere = access(trusted, checker={"environment": "production"})
    assert refusal(elsewhere, [good])[0] == "failed"


def test_the_system_is_asked_too(pki: PKI, trusted: dict[str, Any]) -> None:
    """A test certificate is none that DigiD takes in production."""
    entrance = access(trusted, checker={"systems": "digid", "environment": "production"})
    assert refusal(entrance, [header(pki, KNOWN)])[0] == "failed"


@pytest.mark.slow
def test_what_signed_itself_comes_in_by_its_thumbprint_alone(pki: PKI, trusted: dict[str, Any]) -> None:
    """Every system in both environments: anybody can make one with any OIN, whatever a system says of such ones."""
    made = self_signed("g4-tls", oin=KNOWN, moment=datetime.now(UTC), keys=SHARED_KEYS)
    came = [("x-ssl-client-cert", WRITES["nginx"]([made.facts.der]))]
    passing = set()
    every = [(), *((system.name,) for system in systems())]
    for (named, environment), store in product(product(every, pkitools.Environment), (trusted["trust"], None)):
        asked = {"systems": named, "environment": environment, "trust": store}
        how: dict[str, Any] = {"checker": asked}
        verdict = (
            pkitools.Checker(moment=datetime.now(UTC), **{**trusted, **asked}).check(made.facts.der).report.verdict
        )
        passes = verdict is pkitools.Verdict.PASSED
        told = "self_made" if passes else str(verdict.value)
        assert refusal(access(trusted, **how), came) == (told, 403), asked
        by_thumbprint = access(trusted, accept=made.facts.sha256.upper(), **how)
        if passes:
            assert by_thumbprint.admit(PROXY, came).oin == KNOWN
            passing.add((*named, environment.value))
        else:
            assert refusal(by_thumbprint, came) == (told, 403), "accepted is not: valid"
    assert ("digid-machtigen", "preproduction") in passing
    assert not {each for each in passing if each[-1] == "production"}


def test_a_thumbprint_is_one() -> None:
    colons = ":".join(["AB"] * 32)
    for good in ((), colons, [colons, "0" * 64]):
        assert bare_access(accept=good)
    for wrong in ("", "ab" * 20, "g" * 64, ["0" * 64, "x"]):
        with pytest.raises(pkitools.InvalidValueError):
            bare_access(accept=wrong)


def bare_access(**how: Any) -> Access:
    return access({"environment": "preproduction"}, **how)


CLIENT, SERVER, ANY, SIGNER = "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1", "2.5.29.37.0", "1.3.6.1.5.5.7.3.36"


@pytest.mark.slow
def test_a_certificate_that_is_not_to_connect_with_stays_out(pki: PKI, trusted: dict[str, Any]) -> None:
    """Whatever the verdict: without a system nobody else asks the purpose."""
    uses = (["digitalSignature"], ["digitalSignature", "nonRepudiation"], ["nonRepudiation"], ["keyEncipherment"])
    purposes = ([CLIENT], [SERVER, CLIENT], [ANY], [SERVER], [SIGNER])
    for use, purpose in product(uses, purposes):
        issued = pki.issue("g4-tls", oin=KNOWN, key_usage=use, extended_key_usage=purpose)
        came = [("x-ssl-client-cert", WRITES["nginx"]([issued.facts.der]))]
        to_connect = "digitalSignature" in use and not {CLIENT, ANY}.isdisjoint(purpose)
        told = refusal_of(access(trusted), came)
        assert (told == "not_to_connect") is not to_connect, (use, purpose, told)
    assert access(trusted).admit(PROXY, [header(pki, KNOWN)])


def refusal_of(entrance: Access, headers: list[tuple[str, str]]) -> str:
    try:
        entrance.admit(PROXY, headers)
    except AccessDenied as denied:
        return denied.code.rpartition(".")[2]
    return ""


@pytest.mark.parametrize(
    ("allowed", "comes_in"),
    [
        (KNOWN, True),
        ([KNOWN], True),
        ({KNOWN: 1}, True),
        ((), False),
    ],
)
def test_who_is_allowed_is_a_whole_oin_and_asked_each_time(
    pki: PKI, trusted: dict[str, Any], allowed: Any, comes_in: bool
) -> None:
    for given in (allowed, iter([allowed] if isinstance(allowed, str) else allowed)):
        entrance = access(trusted, allowed=given)
        for _ in range(2):
            assert (refusal_of(entrance, [header(pki, KNOWN)]) == "") is comes_in


NO_OINS = ("", "geen-oin", f"x{KNOWN}x", f" {KNOWN}", f"{KNOWN[:8]} {KNOWN[8:]}", KNOWN[:-1], f"{KNOWN}0", 3, None)


@in_one_test
@pytest.mark.parametrize("given", NO_OINS)
def test_what_is_no_oin_is_refused_where_it_is_allowed(given: Any) -> None:
    """It would deny everybody, and nobody would know why; also beside one that is right."""
    for several in (
        [given],
        {given},
        (KNOWN, given),
        {given: 1},
        iter([given]),
        *((given,) if isinstance(given, str) else ()),
    ):
        with pytest.raises(pkitools.InvalidValueError):
            bare_access(allowed=several)


def test_bytes_allow_nobody_and_are_refused() -> None:
    with pytest.raises(pkitools.InvalidValueError):
        bare_access(allowed=KNOWN.encode())


def called(middleware: ASGIAccess, scope: dict[str, Any]) -> list[Any]:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": f"{scope['type']}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(middleware(scope, receive, send))
    return sent


def test_asgi(pki: PKI, trusted: dict[str, Any]) -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope.get(CALLER))

    middleware = ASGIAccess(app, access(trusted), "nl")
    raw = [tuple(part.encode() for part in header(pki, KNOWN))]
    for kind in ("http", "websocket"):
        called(middleware, {"type": kind, "headers": raw, "client": (PROXY, 1)})
        assert seen.pop().oin == KNOWN
    called(middleware, {"type": "lifespan"})
    assert seen.pop() is None
    start, body = called(middleware, {"type": "http", "headers": raw, "client": ("192.0.2.1", 1)})
    assert (start["status"], json.loads(body["body"])["code"]) == (403, "http.error.stranger")
    assert called(middleware, {"type": "websocket", "headers": [], "client": None})[0]["type"] == "websocket.close"
    # what the application would take for a caller is not what a client can send
    called(middleware, {"type": "http", "headers": raw, "client": (PROXY, 1), CALLER: "somebody"})
    assert seen.pop().oin == KNOWN
    assert not seen


def test_a_server_that_does_not_say_who_connects_is_no_unix_socket(pki: PKI, trusted: dict[str, Any]) -> None:
    checker = pkitools.Checker(moment=datetime.now(UTC), **trusted)
    entrance = Access(
        checker, TrustedProxies(unix_socket=True), "nginx", allowed={KNOWN}, clock=lambda: datetime.now(UTC)
    )
    came, reached = header(pki, KNOWN), list[str]()

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        reached.append(scope["type"])

    scope = {"type": "http", "headers": [tuple(part.encode() for part in came)]}
    for more, admitted in (({}, False), ({"client": None}, True), ({"client": ("127.0.0.1", 1)}, False)):
        called(ASGIAccess(app, entrance), {**scope, **more})
        assert bool(reached) is admitted
        reached.clear()
    plain = WSGIAccess(lambda _environ, _start: [b"in"], entrance)
    for environ, admitted in (({}, False), ({"REMOTE_ADDR": ""}, True), ({"REMOTE_ADDR": "127.0.0.1"}, False)):
        given = {"HTTP_X_SSL_CLIENT_CERT": came[1], **environ}
        assert (b"".join(plain(given, lambda *_: None)) == b"in") is admitted


@pytest.mark.parametrize("kind", ["webtransport", "HTTP", "", "http.x"])
def test_a_call_of_an_unknown_kind_meets_nobody(pki: PKI, trusted: dict[str, Any], kind: str) -> None:
    reached: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        reached.append(scope["type"])

    raw = [tuple(part.encode() for part in header(pki, KNOWN))]
    with pytest.raises(AccessDenied):
        called(ASGIAccess(app, access(trusted)), {"type": kind, "headers": raw, "client": (PROXY, 1)})
    assert not reached


def test_the_how_to_of_wsgi(pki: PKI, trusted: dict[str, Any]) -> None:
    protected: WSGIAccess = program("access-wsgi").protected(**trusted)
    statuses: list[str] = []

    def ask(peer: str, value: str | None) -> bytes:
        environ = {"REMOTE_ADDR": peer} | ({} if value is None else {"HTTP_X_SSL_CLIENT_CERT": value})
        return b"".join(protected(environ, lambda status, _headers: statuses.append(status)))

    good = header(pki, KNOWN, "haproxy")[1]
    assert (ask(PROXY, good), statuses.pop()) == (KNOWN.encode(), "200 OK")
    for peer, value, status in (
        (PROXY, None, "403 Forbidden"),
        (PROXY, f"{good},{good}", "400 Bad Request"),
        ("10.1.2.4", good, "403 Forbidden"),
        ("", good, "403 Forbidden"),
    ):
        assert json.loads(ask(peer, value))["status"] == int(status[:3])
        assert statuses.pop() == status


def test_the_authorities_that_come_along_are_used(pki: PKI, trusted: dict[str, Any]) -> None:
    """RFC 9440 hands them on in a header of their own, which WSGI has to look for too."""
    client, *above = (f":{base64.b64encode(der).decode()}:" for der in ders(pki, KNOWN))
    checker = pkitools.Checker(moment=datetime.now(UTC), **{**trusted, "intermediates": ()})
    entrance = Access(checker, TrustedProxies("10.1.2.0/24"), "rfc9440", allowed=None, clock=lambda: datetime.now(UTC))

    def application(environ: dict[str, Any], _start: Any) -> list[bytes]:
        return [environ[CALLER].oin.encode()]

    came = {"REMOTE_ADDR": PROXY, "HTTP_CLIENT_CERT": client}
    for chain, known in ({}, False), ({"HTTP_CLIENT_CERT_CHAIN": ", ".join(above)}, True):
        answer = b"".join(WSGIAccess(application, entrance)({**came, **chain}, lambda _status, _headers: None))
        assert (answer == KNOWN.encode()) is known


@pytest.mark.slow
def test_the_how_to_of_asgi(pki: PKI, trusted: dict[str, Any]) -> None:
    pytest.importorskip("fastapi", reason="fastapi is not installed")
    pytest.importorskip("httpx2", reason="httpx2 is not installed")
    from fastapi.testclient import TestClient

    app = program("access-asgi").build(**trusted)
    good = {"X-SSL-Client-Cert": header(pki, KNOWN)[1]}
    proxy = TestClient(app, client=(PROXY, 1))
    assert proxy.get("/whoami", headers=good).json() == {"oin": KNOWN}
    assert proxy.get("/whoami").status_code == 403
    stranger = TestClient(app, client=("192.0.2.1", 1)).get("/whoami", headers=good)
    assert (stranger.status_code, stranger.headers["content-type"]) == (403, "application/problem+json")


@pytest.fixture(scope="module")
def django() -> None:
    django = pytest.importorskip("django", reason="django is not installed")
    from django.conf import settings

    if not settings.configured:
        settings.configure(DEFAULT_CHARSET="utf-8", ALLOWED_HOSTS=["*"])
    django.setup()


@pytest.mark.usefixtures("django")
def test_the_how_to_of_a_django_field() -> None:
    form = program("django-oin-field").ConnectionForm
    for text in (KNOWN, "0000 0003 2732 2975 0000", " 0000000700025be00000 "):
        filled = form({"oin": text})
        assert filled.is_valid(), filled.errors
        assert isinstance(filled.cleaned_data["oin"], pkitools.OIN)
    for text in (
        "",
        "123",
        "00000001123456789000",
        "00000099000000001000",
        "9" * 20,
        f"x{KNOWN}x",
        KNOWN + "\n" + KNOWN,
    ):
        assert not form({"oin": text}).is_valid(), text


@pytest.mark.usefixtures("django")
def test_the_validator_speaks_the_language_of_django() -> None:
    from django.core.exceptions import ValidationError
    from django.utils import translation

    from pkitools.http.django import OINValidator

    said = {}
    for language in ("nl", "en"):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            OINValidator()("00000001123456789000")
        said[language] = refused.value.messages[0]
        assert refused.value.code == "oin.rsin.eleven_test"
    assert "elfproef" in said["nl"]
    assert "eleven-test" in said["en"]


def test_a_migration_can_write_the_validator() -> None:
    from pkitools.http.django import OINValidator

    path, args, kwargs = OINValidator("production").deconstruct()
    assert path == "pkitools.http.django.OINValidator"
    assert OINValidator(*args, **kwargs) == OINValidator("production") != OINValidator()
    assert hash(OINValidator(*args, **kwargs)) == hash(OINValidator("production"))
