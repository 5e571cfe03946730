"""A request to an answer: held to what is let in, shown by its route in a template, under one deadline."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
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
"""How long somebody waits for an answer. What is handed in is bounded, so that its judgement is as well: this is for
what is not handed in, a folder of a hundred thousand files or a network that does not answer."""
_WORKERS: Final = 4
_LARGE: Final = 1 << 20  # octets of a request
_PACKAGE: Final = "pkitools_cli.page"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent.

    Args:
        status: of the answer.
        body: HTML.
        headers: further ones: those of every answer of the server are not among them.
        content_type: of the body.
    """

    status: HTTPStatus
    body: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content_type: str = "text/html; charset=utf-8"


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

    def close(self) -> None:
        """Wait for what is being answered: a key that is being written is written whole."""
        self._workers.shutdown(cancel_futures=True)

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request, whatever becomes of it."""
        language = self.language_of(request)
        key = _key(request, language) if self._is_let_in(request) else None
        work = self._under_way.get(key)
        if work is None or work.is_old():
            work = _UnderWay(self._workers.submit(self._worked_out, request, language))
            if key is not None:
                self._under_way[key] = work
        try:
            found = work.answer.result(SECONDS)
        except TimeoutError:
            late = RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "late", seconds=int(SECONDS))
            return self._told(_refusal(late), request, language)
        self._under_way.pop(key, None)
        return found

    def _is_let_in(self, request: Request) -> bool:
        """Return whether a request is of who opened the page: no other shares an answer, least of all a session."""
        try:
            self.guard.check(request)
        except RefusedError:
            return False
        return self.guard.has_session(request)

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
        with self._one_by_one if len(request.body) > _LARGE else nullcontext():
            return self._routed(request)

    def _routed(self, request: Request) -> Screen:
        self.guard.check(request)
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
    """Return what two requests have in common that get one answer; ``None`` of what does something, and so is done."""
    if request.method != "GET":
        return None
    # all that was sent: whether it is let in hangs on it too
    return request.path, tuple(request.query.items()), tuple(sorted(request.headers.items())), language


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
