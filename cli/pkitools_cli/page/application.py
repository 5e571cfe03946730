"""A request to an answer: held to what is let in, shown by its route in a template, under one deadline."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import click

from pkitools.errors import PkitoolsError
from pkitools.frozen import dataclass, field
from pkitools.messages import LANGUAGES, Language, error_sentence
from pkitools.reports.pages import Frame, page_text, script_text, source_hash, style_text
from pkitools.text import abbreviated
from pkitools_cli.debugging import debugging
from pkitools_cli.i18n import tr
from pkitools_cli.page.exchange import RefusedError, Request, Screen, language_wanted
from pkitools_cli.page.guard import Guard
from pkitools_cli.page.routes import SECTIONS, route_of
from pkitools_cli.page.site import Site

SECONDS: Final = 60.0
"""How long somebody waits for an answer. What is handed in is bounded, and its judgement goes with its size: this is
for what is not handed in, a folder of a hundred thousand files or a network that does not answer. Such work goes on,
for who asks again; nothing that cannot be undone is done for who was told that there is no answer.
"""
_WORKERS: Final = 4
_LARGE: Final = 1 << 20  # octets of a request
_PACKAGE: Final = "pkitools_cli.page"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent.

    Args:
        status: of the answer.
        body: HTML in UTF-8.
        headers: further ones: those of every answer of the server are not among them.
    """

    status: HTTPStatus
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)


class _UnderWay:
    """An answer that is worked out, for all who ask for the same page meanwhile, or shortly after it came too late.

    Args:
        answer: it.
    """

    def __init__(self, answer: Future[Answer]) -> None:
        self.answer, self._ended = answer, None
        answer.add_done_callback(self._note)

    _ended: float | None

    def _note(self, _: Future[Answer]) -> None:
        self._ended = time.monotonic()

    def is_old(self) -> bool:
        """Return whether it was there for so long that something else may be so by now."""
        return self._ended is not None and time.monotonic() - self._ended > SECONDS


class Application:
    """Answers requests.

    Args:
        site: what the page was started with.
        guard: who is answered.
    """

    def __init__(self, site: Site, guard: Guard) -> None:
        self._site, self.guard = site, guard
        self._one_by_one = threading.Lock()  # for what is large: judging it takes several times its size
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="page")
        self._under_way: dict[object, _UnderWay] = {}
        self._unfinished: set[Future[Answer]] = set()
        self._lock = threading.Lock()  # of those two

    @property
    def is_answering(self) -> bool:
        """Whether something is worked out."""
        return bool(self._unfinished)

    def close(self) -> None:
        """Wait for what is being answered."""
        self._workers.shutdown(cancel_futures=True)

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request, whatever becomes of it."""
        language = self.language_of(request)
        try:
            self.guard.check(request)
            return self._in_time(request, language)
        except RefusedError as error:
            return self._told(_refusal(error), request, language)

    def _in_time(self, request: Request, language: Language) -> Answer:
        """Return the answer to a request that is let in.

        Raises:
            RefusedError: nobody waits so long.
        """
        until = time.monotonic() + SECONDS
        is_large = len(request.body) > _LARGE
        # before a worker is taken, so that who hands in little does not wait for who hands in much
        if is_large and not self._one_by_one.acquire(timeout=SECONDS):
            raise _late()
        work = self._work(request, language)
        if is_large:
            work.answer.add_done_callback(lambda _: self._one_by_one.release())
        try:
            found = work.answer.result(until - time.monotonic())
        except TimeoutError:
            if request.deed.give_up():
                raise _late() from None
            found = work.answer.result()  # what cannot be undone is being done: that takes a moment, and is told
        self._forget(work)
        return found

    def _work(self, request: Request, language: Language) -> _UnderWay:
        """Return the work on an answer: that which is under way for the same page, or else new work."""
        key = _key(request, language) if self.guard.has_session(request) else None
        with self._lock:
            self._under_way = {of: work for of, work in self._under_way.items() if not work.is_old()}
            work = self._under_way.get(key)
            if work is None:
                future = self._workers.submit(self._worked_out, request, language)
                self._unfinished.add(future)
                work = _UnderWay(future)
                if key is not None:
                    self._under_way[key] = work
        work.answer.add_done_callback(self._unfinished.discard)  # at once where it is done, and so not under the lock
        return work

    def _forget(self, ended: _UnderWay) -> None:
        """Let the next who asks for a page have a new look, now that somebody has its answer."""
        with self._lock:
            self._under_way = {of: work for of, work in self._under_way.items() if work is not ended}

    def refused(self, error: RefusedError, request: Request | None) -> Answer:
        """Return the answer to a request of which no more was read than its head, if that."""
        return self._told(_refusal(error), request, self.language_of(request))

    def language_of(self, request: Request | None) -> Language:
        """Return the language to answer in: as chosen on a page, asked for at start, or asked by the browser."""
        chosen = self._site.language if request is not None and self.guard.has_session(request) else None
        wanted = "" if request is None else request.header("accept-language")
        return chosen or self._site.given.language or language_wanted(wanted)

    def _worked_out(self, request: Request, language: Language) -> Answer:
        with self._site.within(language):
            try:
                return self._told(self._shown(request), request, language)
            except RefusedError as error:
                screen = _refusal(error)
            except PkitoolsError as error:
                screen = _problem(error_sentence(error, language))
            except click.UsageError as error:
                screen = _problem(error.message)
            except Exception:
                if debugging():
                    traceback.print_exc(file=sys.stderr)
                screen = _refusal(RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "crashed"))
            return self._told(screen, request, language)

    def _shown(self, request: Request) -> Screen:
        if self.guard.opens(request):
            # by itself and not by a redirect: after one from elsewhere a browser holds a strict cookie back
            return Screen("opening.html", headers=(("Set-Cookie", self.guard.cookie), ("Refresh", "0; url=/")))
        route = route_of(request.path)
        if route is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "nothing")
        return route.screen(self._site, request)

    def _told(self, screen: Screen, request: Request | None, language: Language) -> Answer:
        with self._site.within(language):
            values = {**self._around(request, language), **screen.values}
            frame = Frame(moment=self._site.given.clock(), language=language, is_file=False)
            text = page_text(screen.template, values, frame, _PACKAGE)
        body = abbreviated(text).encode("utf-8", "replace")
        return Answer(screen.status, body, (*_headers(), *screen.headers))

    def _around(self, request: Request | None, language: Language) -> Mapping[str, object]:
        """Return what every page has: the words, the sections, where one is, the other language, the network."""
        path = "/" if request is None else request.path
        route = route_of(path)
        return {
            "tr": tr,
            "is_inside": request is not None and self.guard.has_session(request),
            "sections": SECTIONS,
            "path": path,
            "here": route.section if route is not None else "",
            "back": _back(request) if route is not None and route.show is not None else "/",
            "other_language": next(each for each in LANGUAGES if each != language),
            "online": self._site.given.online,
            "given": self._site.given,
        }


def _back(request: Request | None) -> str:
    """Return where a page stands, with what was asked of it; of the address that opens the page not the token."""
    if request is None:
        return "/"
    asked = urlencode({name: value for name, value in request.query.items() if name != "token"})
    return f"{request.path}?{asked}" if asked else request.path


def _key(request: Request, language: Language) -> object:
    """Return what two requests have in common that get one answer; ``None`` of what does something, and so is done.

    Both are let in: of their headers only the language says something of the page, and a browser that loads it again
    sends others.
    """
    return (request.path, tuple(request.query.items()), language) if request.method == "GET" else None


def _late() -> RefusedError:
    return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "late", seconds=int(SECONDS))


def _refusal(error: RefusedError) -> Screen:
    return Screen("refused.html", {"slug": error.slug, "operands": error.operands}, error.status)


def _problem(sentence: str) -> Screen:
    return Screen("problem.html", {"sentence": sentence}, HTTPStatus.UNPROCESSABLE_ENTITY)


@cache
def _headers() -> tuple[tuple[str, str], ...]:
    """Return what a browser is told of every page: nothing of it is kept, nothing in it is fetched or runs but ours."""
    policy = (
        f"default-src 'none'; img-src data:; style-src {source_hash(style_text())}; "
        f"script-src {source_hash(script_text())}; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return (
        ("Content-Security-Policy", policy),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    )
