"""What the page was started with, and how a request gets at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools.messages import Language, error_sentence, filled
from pkitools_cli.commands.next_steps import places_of_its_own
from pkitools_cli.i18n import language, lookup, speaking, tr
from pkitools_cli.own_data import given_data
from pkitools_cli.page.exchange import Request

if TYPE_CHECKING:
    from pkitools.messages import Remedy, RemedyText


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the page was started with.

    Args:
        places: files and folders whose certificates are shown.
        connections: a file of connections; ``None``: there is none.
        folder: where keys and requests are written; ``None``: none are made.
        trust: what is trusted besides.
        crls: lists of revoked certificates, or folders of them.
        revocation: what an unknown status means.
        online: whether lists and answers about revocation may be fetched.
        allow_net: private networks that may be asked for them.
        allow_port: further ports that may be.
        cache: where they are kept.
        clock: the time.
        language: what was asked for; ``None``: each browser has its own.
    """

    places: tuple[str, ...]
    connections: str | None
    folder: Path | None
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    revocation: str | None
    online: bool
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    allow_port: tuple[int, ...]
    cache: Path | None
    clock: Callable[[], datetime]
    language: Language | None = None


class Site:
    """The page as it runs. A request is answered inside :meth:`within`, by whichever thread.

    Args:
        given: what it was started with.
        context: of the command that started it: it knows the folder with facts of one's own.
    """

    def __init__(self, given: Given, context: click.Context) -> None:
        self.given, self._context = given, context
        self.language: Language | None = None  # chosen on a page
        self._writing = threading.Lock()
        with context.scope(cleanup=False):
            given_data()  # read once, and what is wrong with it is told before there is a page

    @contextmanager
    def within(self, language: Language) -> Iterator[None]:
        """Have the words of a language, and what the command was given, in the thread that runs.

        Each answer has a context of its own: one counts how often it was entered, and not from several threads.
        """
        started = self._context
        own = click.Context(started.command, parent=started.parent, info_name=started.info_name, obj=started.obj)
        for name, value in started.params.items():
            own.params[name] = value
            if source := started.get_parameter_source(name):
                own.set_parameter_source(name, source)
        with own.scope(cleanup=False), speaking(language), places_of_its_own():
            yield

    @contextmanager
    def writing(self, request: Request) -> Iterator[None]:
        """Write files, one answer after the other; the program does not end in between.

        Raises:
            RefusedError: who asked for them was told that there is no answer.
        """
        with self._writing:
            request.deed.begin()
            yield

    def write_no_more(self) -> None:
        """Wait until what is being written is written, and let nothing else be written from then on."""
        self._writing.acquire()  # for good: the program ends


def remedies_of(given: Given) -> RemedyText:
    """Return what there is to do on a page, where the library names what a page cannot do or was not allowed.

    Args:
        given: what the page was started with: where it asks nothing, it is no network that keeps it from the lists.
    """

    def remedy(of: Remedy, tongue: Language) -> str | None:
        offline = None if given.online else lookup(f"cli.page.remedy.offline.{of.code}", tongue)
        text = offline or lookup(f"cli.page.remedy.{of.code}", tongue)
        return None if text is None else filled(text, of.params)

    return remedy


def left_out(kind: str) -> list[str]:
    """Return a sentence for each file of one's own facts of a kind that could not be used: a list lacks what it has."""
    data = given_data()
    return [] if data is None else [error_sentence(error, language()) for error in data.unusable(kind)]


def environments() -> list[tuple[str, str]]:
    """Return each environment with what people call it."""
    return [(str(each), tr(f"cli.cert_check.environment.{each}")) for each in Environment]
