"""Who gets an answer of the page: the browser that opened it, from its own pages, and nobody else."""

from __future__ import annotations

import itertools
import os
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from threading import Event

import pytest

from pkitools.errors import InputError
from pkitools.files.platform import is_our_peer
from pkitools.reports.pages import script_text, source_hash, style_text
from pkitools_cli import i18n
from pkitools_cli.framework import language_from
from pkitools_cli.page.application import Answer
from pkitools_cli.page.exchange import RefusedError, Request, Screen, language_wanted, query_of, request_of_head
from pkitools_cli.page.guard import LOOPBACK, Guard
from pkitools_cli.page.routes import ROUTES, Route
from tests.support.cases import in_one_test
from tests.support.effort import PATIENCE
from tests.support.page import GIVEN, PORT, Read, Visitor

OWN = f"127.0.0.1:{PORT}"
HOSTS = (OWN, f"localhost:{PORT}", "127.0.0.1", "127.0.0.1:80", f"{OWN}.evil.example", f"evil.example:{PORT}", "",
         f"{OWN}, {OWN}", f"[::1]:{PORT}", f"0.0.0.0:{PORT}")  # fmt: skip
ORIGINS = ("", "null", f"http://{OWN}", f"https://{OWN}", f"http://localhost:{PORT}", "http://evil.example",
           "http://127.0.0.1", f"http://{OWN}, http://evil.example")  # fmt: skip
SITES = ("", "same-origin", "none", "same-site", "cross-site", "SAME-ORIGIN", "nonsense")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get")


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor()


def cookies(guard: Guard) -> dict[str, bool]:
    """Cookie header → whether it is that of the browser that opened the page."""
    own = guard.cookie.partition(";")[0]
    name, _, value = own.partition("=")
    return {
        own: True,
        f"a=b; {own}; c=d": True,
        f"a[b]=1; {own}": True,  # what other programs on this machine gave the browser is none of ours
        f'{own}; q="open; é={{}}; no name': True,
        f"{name}=old; {own};;": True,
        f"x{own}": False,
        f"a={own}": False,
        "": False,
        f"{name}=": False,
        f"{name}={value[:-1]}": False,
        f"{name}={value}x": False,
        f"pkitools-1={value}": False,
        f"{name}=é": False,
        f"{name}={guard.address.rpartition('=')[2]}": False,  # the token opens, and is no session
        ";;=;": False,
    }


def expected(host: str, method: str, inside: bool, origin: str, site: str) -> bool:
    """Whether a request without a token is answered."""
    if host != OWN or method not in {"GET", "HEAD", "POST"} or not inside:
        return False
    if method != "POST":
        return site not in {"same-site", "cross-site"}
    if site not in {"", "same-origin"}:
        return False
    return origin == f"http://{OWN}" or (origin in {"", "null"} and site == "same-origin")


def is_let_in(guard: Guard, request: Request) -> bool:
    try:
        guard.check(request)
    except RefusedError:
        return False
    return True


def test_only_the_browser_that_opened_the_page_is_answered_and_only_from_its_own_pages(visitor: Visitor) -> None:
    """Every host with every cookie, method, origin and site: the law beside what the guard does."""
    counts = {True: 0, False: 0}
    jar = cookies(visitor.guard)
    for host, method, (cookie, inside), origin, site in itertools.product(HOSTS, METHODS, jar.items(), ORIGINS, SITES):
        headers = {"host": host, "cookie": cookie, "origin": origin, "sec-fetch-site": site}
        passed = is_let_in(visitor.guard, Request(method, "/oin", headers=headers))
        assert passed is expected(host, method, inside, origin, site), (headers, method)
        counts[passed] += 1
    assert counts[True] > 10, "the law lets somebody in"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_route_stands_behind_the_guard(route: Route, visitor: Visitor) -> None:
    path = route.path + ("digid" if len(route.path) > 1 and route.path.endswith("/") else "")
    for method, headers in itertools.product(
        ("GET", "POST"), ({"host": "evil.example"}, {"cookie": ""}, {"sec-fetch-site": "cross-site"})
    ):
        if path == "/" and method == "GET" and "sec-fetch-site" in headers:
            continue  # a link elsewhere may lead to the first page; who follows it comes without the cookie
        answer = visitor.ask(Request(method, path, headers=visitor.headers | headers))
        assert answer.status is HTTPStatus.FORBIDDEN
        assert visitor.guard.address.rpartition("=")[2] not in answer.body.decode()


def test_another_account_of_this_machine_is_turned_away_and_uses_nothing_up() -> None:
    guard = Guard(PORT, lambda local, remote: (local, remote) == (PORT, 5001))
    token = guard.address.rpartition("=")[2]
    for port, passes in ((5000, False), (5001, True), (None, True)):
        request = Request("GET", "/", {"token": token}, {"host": OWN}, port=port)
        if passes:
            guard.check(request)
        else:
            with pytest.raises(RefusedError, match="account"):
                guard.check(request)
    assert guard.opens(Request("GET", "/", {"token": token}, {"host": OWN}))


def test_the_account_of_a_connection_is_that_of_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Linux tells it; where nobody tells it, nobody is turned away for it."""
    with socket.create_server((LOOPBACK, 0)) as listening, socket.create_connection(listening.getsockname()) as ours:
        local, remote = listening.getsockname()[1], ours.getsockname()[1]
        assert is_our_peer(local, remote)
        assert is_our_peer(local, 1), "no such connection"
        ours_alone = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: ours_alone + 1)
        assert is_our_peer(local, remote) is not Path("/proc/net/tcp").exists()


# -- opening ---------------------------------------------------------------------------------------------------------


def opening(visitor: Visitor, token: str, method: str = "GET", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return visitor.ask(Request(method, "/", {"token": token}, {"host": OWN} | given))


def gave_session(answer: Answer) -> bool:
    return any(name == "Set-Cookie" for name, _ in answer.headers)


def test_the_address_opens_the_page_once_however_many_ask_at_the_same_time() -> None:
    visitor = Visitor()
    token = visitor.guard.address.rpartition("=")[2]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: opening(visitor, token), range(40)))
    assert [gave_session(answer) for answer in answers].count(True) == 1
    assert {answer.status for answer in answers if not gave_session(answer)} == {HTTPStatus.FORBIDDEN}
    assert token not in visitor.guard.address


def test_who_asks_while_it_is_opened_gets_no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = Visitor()
    token, opens = visitor.guard.address.rpartition("=")[2], visitor.guard.opens
    begun, let_go = Event(), Event()

    def slowly(request: Request) -> bool:
        found = opens(request)
        begun.set()
        assert let_go.wait(PATIENCE)
        return found

    with ThreadPoolExecutor(2) as pool:
        monkeypatch.setattr(visitor.guard, "opens", slowly)
        first = pool.submit(opening, visitor, token)
        assert begun.wait(PATIENCE)
        monkeypatch.setattr(visitor.guard, "opens", opens)
        second = pool.submit(opening, visitor, token)
        wait([second], timeout=1)  # where it is shared it waits for the first
        let_go.set()
        assert [gave_session(each.result(PATIENCE)) for each in (first, second)] == [True, False]


def test_who_does_not_open_it_does_not_use_the_address_up() -> None:
    visitor = Visitor()
    token = visitor.guard.address.rpartition("=")[2]
    wrong = [opening(visitor, given) for given in ("", token[:-1], f"{token}x", "é", token.swapcase())]
    wrong.append(visitor.ask(Request("GET", "/oin", {"token": token}, {"host": OWN})))
    wrong.append(visitor.ask(Request("GET", "/", {"token": token}, {"host": "evil.example"})))
    wrong.append(opening(visitor, token, "POST", origin=f"http://{OWN}"))
    wrong.append(opening(visitor, token, sec_purpose="prefetch;prerender"))
    assert {answer.status for answer in wrong} == {HTTPStatus.FORBIDDEN}
    seen = opening(visitor, token, "HEAD")
    assert not any(map(gave_session, [*wrong, seen]))
    assert gave_session(opening(visitor, token))


def test_the_session_is_for_this_browser_alone(visitor: Visitor) -> None:
    fields = [part.strip() for part in visitor.guard.cookie.split(";")]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} < set(fields)
    assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in fields)
    secrets = (visitor.guard.address.rpartition("=")[2], fields[0].partition("=")[2])
    assert len({len(each) for each in secrets}) == 1
    assert all(len(each) >= 43 for each in secrets), "256 bits"
    assert not any(each in repr(visitor.guard) for each in secrets)


# -- every answer ----------------------------------------------------------------------------------------------------


def answers(visitor: Visitor) -> Iterator[Answer]:
    """Pages, refusals, problems and the opening: one of each kind."""
    names = {"/systems/": "digid", "/rules/": "received.key.match"}
    for route in ROUTES:
        yield visitor.get(route.path + names.get(route.path, ""))
        yield visitor.post(route.path, {"language": "en", "number": "1", "kind": "kvk", "from": "x"})
    yield visitor.get("/systems/none-of-this-name")
    yield visitor.get("/nothing")
    yield visitor.get("/oin", host="evil.example")
    yield visitor.get("/oin", cookie="")
    yield visitor.drop([])
    yield visitor.send("/oin", b"{}", "application/json")
    yield visitor.send("/oin", b"x" * (1 << 20), "application/x-www-form-urlencoded")
    yield opening(visitor, visitor.guard.address.rpartition("=")[2])


def test_every_answer_says_what_a_browser_may_do_with_it() -> None:
    style, script = source_hash(style_text()), source_hash(script_text())
    statuses = set()
    for answer in answers(Visitor()):
        statuses.add(answer.status)
        headers = dict(answer.headers)
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy == {
            "default-src": "'none'",
            "img-src": "data:",
            "style-src": style,
            "script-src": script,
            "form-action": "'self'",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }
        assert (headers["Referrer-Policy"], headers["X-Frame-Options"]) == ("no-referrer", "DENY")
        assert {headers[f"Cross-Origin-{each}-Policy"] for each in ("Opener", "Resource")} == {"same-origin"}
        read = Read(answer)
        assert not [found for _, found in read.elements for name in found if name == "style" or name.startswith("on")]
        inside = re.findall(r"<(style|script)>(.*?)</\1>", answer.body.decode(), re.DOTALL)
        assert [source_hash(text) for kind, text in inside] == [style, script][: len(inside)]
        assert inside[0][0] == "style"
        addresses = [each for _, found in read.elements for name, each in found.items() if name in {"src", "action"}]
        assert all(each.startswith("/") and not each.startswith("//") for each in addresses)
    assert {200, 303, 403, 404, 405, 413, 415, 422} <= {int(each) for each in statuses}


@pytest.mark.parametrize("error", [ValueError("canary-of-a-crash"), InputError("canary.of.no.message"), KeyError()])
def test_an_error_is_a_page_of_one_sentence(
    error: Exception, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> Screen:
        raise error

    monkeypatch.setattr(Route, "screen", fails)
    for route in ROUTES:
        answer = visitor.get(f"{route.path}digid") if route.path == "/systems/" else visitor.get(route.path)
        text = Read(answer).text
        assert answer.status >= 400
        assert "Traceback" not in text
        assert "canary-of-a-crash" not in text
    assert capsys.readouterr() == ("", "")


def test_a_template_that_cannot_be_filled_is_an_error_like_any_other(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "screen", lambda *_: Screen("rule.html", {"code": "x"}))
    answer = visitor.get("/oin")
    assert (answer.status, "UndefinedError" in answer.body.decode()) == (HTTPStatus.INTERNAL_SERVER_ERROR, False)


# -- heads and languages ---------------------------------------------------------------------------------------------


def test_a_head_is_read_as_the_server_reads_it_and_nothing_sent_twice_passes_for_once() -> None:
    head = f"POST /oin?a=1&a=2 HTTP/1.1\r\nHost: {OWN}\r\nHOST: evil\r\nX:  y \r\n\r\n".encode()
    request = request_of_head(head, 5)
    assert request is not None
    assert (request.method, request.path, dict(request.query), request.port) == ("POST", "/oin", {"a": "1"}, 5)
    assert (request.header("host"), request.header("x"), request.header("none")) == (f"{OWN}, evil", "y", "")
    assert request_of_head(b"nonsense\r\n\r\n", None) is None
    for target in ("http://[", "http://]", "//[/", "http://[::1", "http://[nobody]/"):
        assert request_of_head(f"GET {target} HTTP/1.1\r\nHost: {OWN}\r\n\r\n".encode(), None) is None, target
    assert query_of("&".join(f"a{n}=1" for n in range(1000))) == {}


@in_one_test
@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("nl", "nl"),
        ("nl-NL,nl;q=0.9,en;q=0.8", "nl"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("de,nl;q=0.3,en;q=0.2", "nl"),
        ("en;q=0.2,nl;q=0.9", "nl"),
        ("nl;q=0", "en"),
        ("fr, de;q=0.5", "en"),
        ("nl;q=nonsense,\x00;;", "en"),
        ("," * 100_000 + "nl", "en"),
    ],
)
def test_the_language_is_the_one_a_browser_asks_for(accepted: str, language: str) -> None:
    assert language_wanted(accepted) == language


@in_one_test
@pytest.mark.parametrize("stated", ["--lang", "PKITOOLS_LANG", "locale"])
@pytest.mark.parametrize("asked", ["nl", "en"])
@pytest.mark.parametrize("browser", ["nl", "en"])
def test_the_language_of_the_start_goes_before_that_of_the_browser(
    monkeypatch: pytest.MonkeyPatch, stated: str, asked: str, browser: str
) -> None:
    """A locale is what a machine came with, and no wish: a browser is nearer to who reads. Choosing goes before all."""
    monkeypatch.setattr(i18n, "_current", ["en"])
    monkeypatch.setattr(i18n, "_asked", [None])
    for name in ("PKITOOLS_LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", {"nl": "nl_NL.UTF-8", "en": "en_US.UTF-8"}[asked])
    if stated == "PKITOOLS_LANG":
        monkeypatch.setenv("PKITOOLS_LANG", asked)
    language_from(["--lang", asked, "page"] if stated == "--lang" else ["page"])
    visitor = Visitor(replace(GIVEN, language=i18n.language_asked()), language=browser)
    wanted = browser if stated == "locale" else asked
    other = "en" if wanted == "nl" else "nl"
    for answer in (visitor.get("/oin"), visitor.get("/oin", cookie=""), visitor.get("/nowhere")):
        assert f'<html lang="{wanted}"' in answer.body.decode()
    visitor.post("/language", {"language": other, "back": "/oin"})
    assert f'<html lang="{other}"' in visitor.get("/oin").body.decode()


def test_a_language_that_is_chosen_stays_and_leads_back_to_pages_of_ours_only() -> None:
    visitor = Visitor(language="en")
    targets = {
        "/oin": "/oin",
        "/systems/digid": "/systems/digid",
        "/rules/received.key.match": "/rules/received.key.match",
        "/request?system=digid&environment=production": "/request?system=digid&environment=production",
        "/check": "/",
        "//evil.example": "/",
        "/systems///evil.example/": "/systems///evil.example/",
        "https://evil.example/": "/",
        "/\\evil.example": "/",
        "/systems/\r\nX: y": "/",
        "": "/",
    }
    for back, place in targets.items():
        answer = visitor.post("/language", {"language": "nl", "back": back})
        assert (answer.status, dict(answer.headers)["Location"]) == (HTTPStatus.SEE_OTHER, place)
    assert 'lang="nl"' in visitor.get("/oin").body.decode()
    assert visitor.post("/language", {"language": "xx", "back": "/"}).status is HTTPStatus.BAD_REQUEST
    stranger = visitor.get("/oin", cookie="", accept_language="en")
    assert 'lang="en"' in stranger.body.decode(), "who is not in did not choose it"
