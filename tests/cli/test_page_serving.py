"""The page on its port: only this machine, nothing read of who is not let in, bounded, and gone when it is told to."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import pytest

from pkitools.environment import Environment
from pkitools.errors import MissingExtraError, NetworkError
from pkitools.limits import MAX_UPLOAD_BYTES, MAX_UPLOADS_BYTES
from pkitools.messages import Language
from pkitools.requests import load_key, making
from pkitools_cli.commands import next_steps, page
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.page import application
from pkitools_cli.page.exchange import Deed, Request, Screen
from pkitools_cli.page.forms import Form
from pkitools_cli.page.routes import Route
from pkitools_cli.page.serving import Server
from pkitools_cli.page.views import certificates, requests
from pkitools_test_pki.server import listener, patience
from tests.cli.test_page import ORDER, leaf
from tests.support.command import Command
from tests.support.effort import PATIENCE
from tests.support.modules import forget
from tests.support.page import BOUNDARY, GIVEN, Read, ToldAtOnce, Visitor, multipart, site_of, with_folder
from tests.support.requests import pooled_key
from tests.support.schemas import assert_valid
from tests.support.shared import shared

GIB = 1 << 30
LOADED = (
    {},
    {"Cache-Control": "max-age=0"},
    {"Cache-Control": "no-cache", "Pragma": "no-cache"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Referer": "http://127.0.0.1/"},
    {"Accept-Language": "en;q=0.5"},
)
"""What a browser sends with the same page: as it follows a link, loads it again, and goes where somebody typed."""


class Browser:
    """Somebody at a browser of this machine."""

    def __init__(self, server: Server, *, inside: bool = True) -> None:
        self.port = server.port
        cookie = {"Cookie": server.guard.cookie.partition(";")[0]} if inside else {}
        self.headers = {"Host": f"127.0.0.1:{server.port}", **cookie}
        self.own = {"Origin": server.guard.origin, "Content-Type": "application/x-www-form-urlencoded"}

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, self.headers | (headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()

    def get(self, path: str) -> tuple[int, bytes]:
        return self.ask("GET", path)

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", path, body, self.own | given)

    def drop(self, *files: tuple[str, bytes]) -> tuple[int, bytes]:
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.post("/check", multipart(files, {"environment": "production"}), Content_Type=kind)

    def begin(self, path: str, *fields: str, body: bytes = b"") -> socket.socket:
        """Send a head and what follows, and leave the connection open."""
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in (self.headers | self.own).items())]
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        opened.sendall("\r\n".join([*lines, *fields, "", ""]).encode() + body)
        return opened


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("keys")
    made.chmod(0o700)
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with Server(site_of(replace(GIVEN, folder=folder, revocation=None))) as running:
        yield running


@pytest.fixture
def browser(server: Server) -> Browser:
    return Browser(server)


def answer_on(opened: socket.socket) -> tuple[int, str]:
    """Status and text of what comes, until the server ends the connection."""
    with opened:
        came = b"".join(iter(lambda: opened.recv(65536), b""))
    head, _, body = came.partition(b"\r\n\r\n")
    return int(head.split()[1]), Read(body).text


# -- where it is -----------------------------------------------------------------------------------------------------


def test_it_listens_on_this_machine_alone(server: Server) -> None:
    listening = server._listener._server.socket
    assert listening.getsockname() == ("127.0.0.1", server.port)
    assert "--host" not in {name for param in page.command.params for name in param.opts}


def test_a_port_that_is_taken_is_told(server: Server) -> None:
    with pytest.raises(NetworkError, match=str(server.port)):
        Server(site_of(), server.port)


def test_only_who_opened_it_gets_a_page(server: Server, browser: Browser) -> None:
    assert browser.get("/oin")[0] == 200
    stranger = Browser(server, inside=False)
    assert stranger.get("/oin")[0] == 403
    assert stranger.post("/oin", b"number=1")[0] == 403
    assert browser.ask("GET", "/oin", headers={"Host": f"localhost:{server.port}"})[0] == 403
    assert browser.post("/oin", b"number=1", Origin="http://evil.example")[0] == 403
    assert browser.ask("PUT", "/oin")[0] == 405


# -- what is not read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "field", "status", "told"),
    [
        (True, f"Content-Length: {GIB}", 413, "larger than 64 kB"),
        (False, f"Content-Length: {GIB}", 403, "did not open the page"),
        (False, "Content-Length: 5", 403, "did not open the page"),
        (True, "Content-Length: nonsense", 400, "could not be read"),
        (True, f"Content-Length: {'9' * 30}", 400, "could not be read"),
        (True, "Transfer-Encoding: gzip", 501, "could not be read"),
        (True, f"X: {'x' * 200_000}", 431, "could not be read"),
    ],
    ids=range(7),
)
def test_who_is_refused_by_the_head_sends_no_body(
    server: Server, inside: bool, field: str, status: int, told: str
) -> None:
    """The answer is there while nothing of the body was sent."""
    found, text = answer_on(Browser(server, inside=inside).begin("/oin", field))
    assert (found, told in text) == (status, True), text


@pytest.mark.parametrize("target", ["http://[", "//[/", "http://[nobody]/"])
def test_a_target_that_is_none_is_answered_without_a_word_to_the_terminal(
    server: Server, target: str, capfd: pytest.CaptureFixture[str]
) -> None:
    opened = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    opened.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    status, text = answer_on(opened)
    assert (status, "could not be read" in text) == (400, True), text
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("field", [
    "Host : evil.example", "Host\t: evil.example", "Host: evil.example", " folded", "X: a\rHost: evil.example", "X: \0",
    "no colon", "Content-Length : 8", "Transfer-Encoding : chunked",
])  # fmt: skip
@pytest.mark.parametrize("is_first", [True, False])
def test_a_head_that_two_readers_may_read_in_two_ways_is_refused_and_not_read(
    browser: Browser, field: str, is_first: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Who decides by the head is not who parses it: one took a name with white space behind it for another."""
    rest = [f"{name}: {value}" for name, value in (browser.headers | browser.own).items()]
    lines = ["POST /oin HTTP/1.1", *([field] if is_first else []), *rest, *([] if is_first else [field])]
    opened = socket.create_connection(("127.0.0.1", browser.port), timeout=PATIENCE)
    opened.sendall("\r\n".join([*lines, "", "number=1"]).encode("latin-1"))
    status, text = answer_on(opened)
    assert (status, "could not be read" in text) == (400, True), text
    assert capfd.readouterr() == ("", "")


def test_an_upload_of_a_gigabyte_is_refused_in_one_sentence_before_it_is_read(browser: Browser) -> None:
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
    browser.own.pop("Content-Type")
    status, text = answer_on(browser.begin("/check", kind, f"Content-Length: {GIB}"))
    assert (status, "larger than 8 MB, and was not read" in text) == (413, True)
    assert browser.get("/")[0] == 200


@pytest.mark.slow
def test_an_upload_that_does_not_say_how_large_it_is_is_cut_off(browser: Browser) -> None:
    browser.own.pop("Content-Type")
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
    chunks = (b"100000\r\n" + b"x" * (1 << 20) + b"\r\n") * 64
    with browser.begin("/check", kind, "Transfer-Encoding: chunked") as opened:
        assert poured(opened, chunks) < len(chunks), "it was refused on the way"
        assert answer_on(opened)[0] == 413
    assert browser.get("/")[0] == 200


def held(server: Server) -> int:
    """How many octets all connections hold."""
    return sum(len(each._incoming) for each in tuple(server._listener._server.pkitools_open))


def poured(opened: socket.socket, octets: bytes) -> int:
    """Send octets until an answer comes; return how many were sent."""
    sent = 0
    while sent < len(octets) and not select.select([opened], [], [], 0)[0]:
        sent += opened.send(octets[sent : sent + (1 << 16)])
    return sent


@pytest.mark.slow
def test_all_that_is_handed_in_at_once_is_bounded_and_who_is_too_much_is_told(
    server: Server, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SECONDS", 2 * PATIENCE)  # nobody is late meanwhile
    browser.own.pop("Content-Type")
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
    size = MAX_UPLOAD_BYTES - (1 << 20)
    fit = MAX_UPLOADS_BYTES // size
    half = b"x" * (size - 10)
    opened = [browser.begin("/check", kind, f"Content-Length: {size}", body=half) for _ in range(fit)]
    give_up = time.monotonic() + PATIENCE
    try:
        while held(server) < fit * len(half) and time.monotonic() < give_up:
            time.sleep(0.01)
        refused = browser.begin("/check", kind, f"Content-Length: {size}")
        poured(refused, half)
        status, text = answer_on(refused)
        assert (status, "Too much was handed in at the same time" in text) == (503, True)
        assert browser.drop(("a.pem", leaf()))[0] == 200, "there is room for what is small"
    finally:
        for each in opened:
            each.close()


# -- many, slow, late ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_hundred_tabs_at_once_are_answered(browser: Browser) -> None:
    def tab(number: int) -> int:
        return (browser.get("/oin") if number % 2 else browser.drop((f"{number}.pem", leaf())))[0]

    with ThreadPoolExecutor(100) as tabs:
        assert list(tabs.map(tab, range(100))) == [200] * 100


def test_idle_and_dripping_connections_keep_nobody_waiting(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (patience, listener):
        monkeypatch.setattr(module, "SECONDS", 2 * PATIENCE)
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", browser.port)
        idle = [stack.enter_context(socket.create_connection(address, timeout=PATIENCE)) for _ in range(60)]
        for each in idle[:30]:
            each.sendall(b"POST /check HTTP/1.1\r\nHo")
        dripping = [stack.enter_context(browser.begin("/oin", "Content-Length: 50")) for _ in range(30)]
        for _ in range(3):
            for each in dripping:
                each.sendall(b"x")
            assert browser.get("/oin")[0] == 200


@pytest.mark.parametrize("begin", ["head", "body", "chunk"])
@pytest.mark.parametrize(("tongue", "told"), [("nl", "nog niet helemaal aangekomen"), ("en", "not all of the request")])
def test_a_request_that_does_not_come_in_time_is_answered(
    folder: Path, monkeypatch: pytest.MonkeyPatch, begin: str, tongue: Language, told: str
) -> None:
    for module in (patience, listener):
        monkeypatch.setattr(module, "SECONDS", 0.5)
    with Server(site_of(replace(GIVEN, folder=folder, language=tongue))) as server:
        browser = Browser(server)
        if begin == "head":  # nobody knows yet who asks
            opened = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
            opened.sendall(b"POST /oin HTTP/1.1\r\nHo")
        elif begin == "body":
            opened = browser.begin("/oin", "Content-Length: 50", body=b"number=")
        else:
            opened = browser.begin("/oin", "Transfer-Encoding: chunked", body=b"5\r\nnu")
        status, text = answer_on(opened)
    assert (status, told in text) == (408, True), text


def test_an_answer_that_takes_too_long_is_told_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = threading.Event()

    def waits(*_: object) -> Screen:
        ends.wait(PATIENCE)
        return Screen("opening.html")

    monkeypatch.setattr(application, "SECONDS", 0.05)
    monkeypatch.setattr(Route, "screen", waits)
    try:
        status, body = Browser(server).get("/oin")
    finally:
        ends.set()
    assert (status, "There was no answer within" in Read(body).text) == (503, True)


def test_a_page_that_takes_long_is_worked_out_once_however_often_it_is_asked_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reloads meanwhile takes no worker from the others, and sees what was found when it is there."""
    ends, begun = threading.Event(), []

    def waits(route: Route, *_: object) -> Screen:
        begun.append(route)
        assert ends.wait(PATIENCE)
        return Screen("opening.html")

    quick = Route.screen
    monkeypatch.setattr(application, "SECONDS", 0.05)
    monkeypatch.setattr(Route, "screen", waits)
    try:
        asked = [Browser(server).ask("GET", "/oin?long=1", headers=each)[0] for each in LOADED]
        assert asked == [503] * len(LOADED)
        monkeypatch.setattr(application, "SECONDS", PATIENCE)
        monkeypatch.setattr(Route, "screen", quick)
        assert Browser(server).get("/systems")[0] == 200
    finally:
        ends.set()
    assert (Browser(server).get("/oin?long=1")[0], len(begun)) == (200, 1)
    assert (Browser(server).get("/oin?long=1")[0], len(begun)) == (200, 1), "by a new look, with the route as it is"


def test_an_answer_that_nobody_fetched_is_kept_no_longer_than_it_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, ends = Visitor(), threading.Event()

    def waits(*_: object) -> Screen:
        assert ends.wait(PATIENCE)
        return Screen("opening.html")

    monkeypatch.setattr(application, "SECONDS", 0.01)
    monkeypatch.setattr(Route, "screen", waits)
    assert [visitor.get(f"/oin?number={each}").status for each in range(3)] == [503] * 3
    works = list(visitor.application._under_way.values())
    monkeypatch.setattr(application, "SECONDS", PATIENCE)
    ends.set()
    assert [work.answer.result().status for work in works] == [200] * 3
    monkeypatch.setattr(application._UnderWay, "is_old", lambda _: True)
    assert visitor.get("/rules").status == 200
    assert not visitor.application._under_way


def test_a_page_is_worked_out_once_for_all_who_ask_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, begun, all_ask = Visitor(), [], threading.Barrier(4)

    def waits(route: Route, *_: object) -> Screen:
        begun.append(route)
        all_ask.wait(PATIENCE)
        return Screen("opening.html")

    monkeypatch.setattr(Route, "screen", waits)
    look, submit = visitor.application._work, visitor.application._workers.submit

    def passed(*given: Any) -> Any:
        """Whoever has work done is passed by the others, unless he holds a lock."""
        time.sleep(0.1)
        return submit(*given)

    def looked(*given: Any) -> Any:
        work = look(*given)
        all_ask.wait(PATIENCE)
        return work

    monkeypatch.setattr(visitor.application, "_work", looked)
    monkeypatch.setattr(visitor.application._workers, "submit", passed)
    with ThreadPoolExecutor(3) as several:
        answers = [several.submit(visitor.get, "/oin") for _ in range(3)]
    assert ({each.result().status for each in answers}, len(begun)) == ({200}, 1)


def test_what_is_large_waits_without_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    visitor, ends, asked = Visitor(), threading.Event(), threading.Barrier(application._WORKERS + 1)
    quick, check = Route.screen, visitor.guard.check

    def large_waits(request: Request) -> None:
        check(request)
        if request.path == "/check":
            asked.wait(PATIENCE)

    monkeypatch.setattr(visitor.guard, "check", large_waits)

    def waits(route: Route, *given: Any) -> Screen:
        if route.path == "/check":
            assert ends.wait(PATIENCE)
        return quick(route, *given)

    monkeypatch.setattr(Route, "screen", waits)
    large = [("a.bin", b"\x30\x82" * application._LARGE)]
    with ThreadPoolExecutor(application._WORKERS) as several:
        answers = [several.submit(visitor.drop, large) for _ in range(application._WORKERS)]
        asked.wait(PATIENCE)
        time.sleep(0.2)  # until they wait where they wait
        monkeypatch.setattr(application, "SECONDS", 10)
        try:
            assert visitor.get("/rules").status == 200
        finally:
            ends.set()
    assert {each.result().status for each in answers} == {422}


def test_an_answer_says_the_same_whatever_others_are_told_meanwhile() -> None:
    """Each proposes the names that are free, of which another answer takes none."""
    site, both = site_of(), threading.Barrier(2)
    options = certificates._options(site, Form(), Environment.PRODUCTION)

    def together(*asked: object) -> list[str]:
        both.wait(PATIENCE)
        found = [next_steps.free_place(("out", "out.2"), (".pem",), (*asked, each)) for each in range(2)]
        both.wait(PATIENCE)
        return found

    def proposed(asked: str) -> tuple[list[str], click.Context]:
        with site.within("en"):
            found = together(asked)
            for turn in range(2):
                with certificates._as_command(options):
                    found += together(asked, turn)
            return found, click.get_current_context()

    with ThreadPoolExecutor(2) as several:
        (one, of_one), (other, of_other) = several.map(proposed, ["a", "b"])
    assert one == other == ["out", "out.2"] * 3
    assert of_one is not of_other


@pytest.mark.parametrize("begun", [False, True])
def test_what_is_told_late_is_not_made_and_what_is_made_is_told(
    begun: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is over before the key is written, or while it is."""
    tmp_path.chmod(0o700)
    visitor, late = Visitor(with_folder(tmp_path)), threading.Event()
    give_up, plan, write = Deed.give_up, requests.plan_order, requests.write

    def given_up(deed: Deed) -> bool:
        try:
            return give_up(deed)
        finally:
            late.set()

    def waits(call: Any) -> Any:
        def called(*given: Any, **named: Any) -> Any:
            assert late.wait(PATIENCE)
            return call(*given, **named)

        return called

    monkeypatch.setattr(Deed, "give_up", given_up)
    monkeypatch.setattr(requests, *(("write", waits(write)) if begun else ("plan_order", waits(plan))))
    monkeypatch.setattr(making, "generate_key", lambda _: pooled_key())
    monkeypatch.setattr(application, "SECONDS", 1.0)
    assert visitor.post("/request", ORDER).status == (201 if begun else 503)
    visitor.application.close()
    assert sorted(each.suffix for each in tmp_path.iterdir()) == ([".csr", ".key"] if begun else [])


# -- nothing is stored, nothing leaves -------------------------------------------------------------------------------

_SEEN: list[tuple[str, tuple[object, ...]]] = []
_WATCHES = threading.Event()
_EVENTS = frozenset(
    {"open", "os.mkdir", "os.rename", "os.link", "os.symlink", "socket.connect", "socket.getaddrinfo",
     "socket.gethostbyname", "socket.sendto", "subprocess.Popen", "os.exec", "os.posix_spawn", "tempfile.mkstemp"}
)  # fmt: skip


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHES.is_set() and event in _EVENTS:
        _SEEN.append((event, arguments))


sys.addaudithook(_watch)  # which nothing takes away again: it looks only while it is asked to


@pytest.fixture(autouse=True)
def _modules_are_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python writes what it compiled of a module that it never read before: that is nothing of a page's."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@contextlib.contextmanager
def watched() -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    _SEEN.clear()
    _WATCHES.set()
    try:
        yield _SEEN
    finally:
        _WATCHES.clear()


def writes(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether something was written, or could be: what is opened to be read alone is nothing."""
    if event != "open":
        return not event.startswith("socket.")
    _, mode, flags = arguments
    return (
        bool(int(str(flags or 0)) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        or set(str(mode or "")) & set("wax+") != set()
    )


@pytest.mark.slow
def test_nothing_of_an_upload_touches_the_disk_and_nothing_leaves_the_machine(browser: Browser) -> None:
    """Real certificates name addresses of CRLs, OCSP and issuers: none is asked while the page was started without."""
    samples = [(path.name, path.read_bytes()) for path in sorted(shared("samples/certificates").iterdir())]
    large = ("large.bin", os.urandom(MAX_UPLOAD_BYTES // 2))
    browser.drop(*samples[:1])  # what is read the first time, modules among it
    with watched() as seen:
        answers = [browser.drop(*samples), browser.drop(samples[0], large), browser.post("/oin", b"number=1")]
        answers += [browser.get(path) for path in ("/", "/oin", "/request", "/portfolio", "/systems", "/rules")]
    assert {status for status, _ in answers} == {200}
    assert not [each for each in seen if writes(*each)]
    connected = {arguments[1] for event, arguments in seen if event == "socket.connect"}
    assert connected == {("127.0.0.1", browser.port)}, "ours, to the page"
    asked = {str(arguments[0]) for event, arguments in seen if event in {"socket.getaddrinfo", "socket.gethostbyname"}}
    assert asked <= {"127.0.0.1"}


def test_the_watch_sees_what_is_written_and_what_leaves(tmp_path: Path) -> None:
    with watched() as seen, contextlib.suppress(OSError):
        (tmp_path / "x").write_bytes(b"")
        socket.create_connection(("192.0.2.1", 9), timeout=0.01)
    assert any(writes(*each) for each in seen)
    assert any(event == "socket.connect" for event, _ in seen)


@pytest.mark.slow
def test_a_request_writes_its_two_files_and_nothing_else(browser: Browser, folder: Path) -> None:
    with watched() as seen:
        assert browser.post("/request", urlencode(ORDER).encode())[0] == 201
    opened = {Path(str(arguments[0])).name for event, arguments in seen if event == "open" and writes(event, arguments)}
    assert sorted(path.name for path in folder.iterdir()) == ["made-here.csr", "made-here.key"]
    assert all("made-here" in name or name.startswith(".") or name == folder.name for name in opened), opened


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is told to stop as soon as it waits."""

    monkeypatch.setattr(page, "until_told_to_stop", lambda: contextlib.nullcontext(ToldAtOnce()))


@pytest.mark.usefixtures("told_at_once")
@pytest.mark.parametrize(
    ("options", "display", "starts"), [((), ":0", True), (("--no-browser",), ":0", False), ((), "", False)]
)
def test_a_browser_is_started_where_one_is_seen(
    options: tuple[str, ...], display: str, starts: bool, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    ran = run("page", *options)
    assert ran.code == ExitCode.PASSED
    printed = re.findall(r"http://127\.0\.0\.1:\d+/\?token=[\w-]+", ran.out)
    assert len(printed) == 1
    assert opened == (printed if starts else [])
    assert "Stopped" in ran.err


@pytest.mark.usefixtures("told_at_once")
def test_a_browser_that_cannot_be_started_is_told(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert "open the address yourself" in run("page").err


@pytest.mark.usefixtures("told_at_once")
def test_a_script_gets_the_address_as_a_document(run: Command) -> None:
    ran = run("page", "--no-browser", "--json")
    assert_valid(json.loads(ran.out), "page-v1")


@pytest.mark.usefixtures("told_at_once")
def test_what_cannot_be_is_refused_before_there_is_a_page(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("page", "--no-browser", "--folder", tmp_path / "none").code == ExitCode.USAGE
    assert run("page", "--no-browser", "--online", "--offline").code == ExitCode.USAGE
    monkeypatch.setenv("PKITOOLS_OFFLINE", "1")
    assert run("page", "--no-browser", "--online").code == ExitCode.USAGE


@pytest.mark.parametrize("lacking", ["python_multipart", "cheroot", "jinja2"])
def test_who_lacks_the_extra_is_told_which(lacking: str, monkeypatch: pytest.MonkeyPatch, run: Command) -> None:
    forget(monkeypatch, f"{lacking}.")
    monkeypatch.setitem(sys.modules, lacking, None)
    if lacking != "jinja2":
        with pytest.raises(MissingExtraError) as missing:
            Server(site_of())
        assert missing.value.extra == "page"
    forget(monkeypatch, "pkitools_cli.page", "pkitools.reports.pages")
    ran = run("page", "--no-browser")
    assert (ran.code, "'pkitools-nl[page]'" in ran.err) == (ExitCode.COULD_NOT, True)


@contextlib.contextmanager
def started(folder: Path, *program: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command as a process, and the address that it prints."""
    words = [sys.executable, *(program or ("-m", "pkitools")), "page", "--no-browser", "--folder", str(folder)]
    environment = {**os.environ, "PKITOOLS_LANG": "en"}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder
    ) as process:
        assert process.stdout is not None
        try:
            yield process, re.findall(r"http://\S+", process.stdout.readline())[0]
        finally:
            process.kill()


def entered(address: str) -> tuple[int, dict[str, str]]:
    """Open the page as a browser does; return its port and what the browser sends from then on."""
    port = int(address.split(":")[2].split("/", maxsplit=1)[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", address.partition(str(port))[2])
        cookie = str(connection.getresponse().getheader("Set-Cookie")).partition(";")[0]
    return port, {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told_to_and_is_held_up_by_nobody(tmp_path: Path, number: int) -> None:
    tmp_path.chmod(0o700)
    with started(tmp_path) as (process, address):
        port, headers = entered(address)
        idle = [socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) for _ in range(5)]
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
        for each in idle:
            each.close()
    assert (process.returncode, err.strip()) == (0, "Stopped.")
    assert headers["Cookie"] not in out
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()


SLOW = """
import sys, time
from pathlib import Path
from pkitools_cli.main import main
from pkitools_cli.page.forms import Form
from pkitools_cli.page.routes import Route
from pkitools_cli.page.views import certificates, requests

def waits(work, name):
    def call(*given, **named):
        Path(f"{name}.begun").touch()
        while not Path(f"{name}.go").exists():
            time.sleep(0.01)
        return work(*given, **named)
    return call

if sys.argv[1] == "write":
    requests.write = waits(requests.write, "write")
else:
    Route.screen = waits(Route.screen, "screen")
main(sys.argv[2:])
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("what", ["screen", "write"])
def test_told_twice_it_ends_at_once_but_for_a_key_that_is_being_written(tmp_path: Path, what: str, number: int) -> None:
    tmp_path.chmod(0o700)
    with started(tmp_path, "-c", SLOW, what) as (process, address), ThreadPoolExecutor(1) as other:
        port, headers = entered(address)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        fields = urlencode(ORDER | {"name": "key"}).encode()
        other.submit(connection.request, "POST", "/request", fields, headers).result()
        while not (tmp_path / f"{what}.begun").exists():
            time.sleep(0.01)
        process.send_signal(number)
        assert process.stderr is not None
        told = process.stderr.readline()
        process.send_signal(number)
        if what == "write":
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
            (tmp_path / "write.go").touch()
        _, err = process.communicate(timeout=PATIENCE)
        connection.close()
    assert (process.returncode, told.startswith("Stopping"), err.strip()) == (0, True, "Stopped.")
    assert sorted(each.name for each in tmp_path.glob("key.*")) == (["key.csr", "key.key"] if what == "write" else [])


@pytest.mark.slow
def test_a_page_that_is_killed_leaves_whole_files_or_none(tmp_path: Path) -> None:
    """Killed while it makes keys, one after the other."""
    tmp_path.chmod(0o700)
    with started(tmp_path) as (process, address):
        port, headers = entered(address)
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        for number in range(50):
            fields = urlencode(ORDER | {"name": f"key-{number}"}).encode()
            if number == 1:
                threading.Timer(0.05, process.kill).start()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
                connection.request("POST", "/request", fields, headers)
                connection.getresponse().read()
            if process.poll() is not None:
                break
    keys = list(tmp_path.glob("*.key"))
    assert keys
    for file in keys:
        assert load_key(file.read_bytes(), file.name).public.bits
        assert file.stat().st_mode & 0o077 == 0
    assert {path.stem for path in tmp_path.glob("*.csr")} <= {path.stem for path in keys}


@pytest.mark.slow
def test_memory_stays_bounded_however_much_is_handed_in(tmp_path: Path) -> None:
    """The largest that may be handed in, from many at once, and twice as much as may be held."""
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("no /proc to read the largest use of memory from")
    tmp_path.chmod(0o700)
    with started(tmp_path) as (process, address):
        port, headers = entered(address)
        headers["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        body = multipart([("a.bin", b"\x30\x82" * (MAX_UPLOAD_BYTES // 2 - 1000))], {"environment": "production"})

        def hand_in(_: int) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            with contextlib.closing(connection), contextlib.suppress(ConnectionError):
                connection.request("POST", "/check", body, headers)
                return connection.getresponse().status
            return 503  # refused while it was sent

        with ThreadPoolExecutor(8) as many:
            assert set(many.map(hand_in, range(16))) <= {422, 503}
        told = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    largest = int(re.findall(r"VmHWM:\s+(\d+) kB", told)[0]) * 1024
    assert largest < 200 * (1 << 20), f"{largest >> 20} MB"
