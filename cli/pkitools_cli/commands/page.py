"""``pkitools page``: the same in a browser, on this machine only, until it is told to stop."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from pkitools.errors import brought_by
from pkitools.files import is_file, is_folder, may_be_there
from pkitools.files.platform import forbid_core_dumps, has_screen
from pkitools.frozen import dataclass
from pkitools.reports import opened_document
from pkitools_cli.commands.given.fetching import NetworkRange
from pkitools_cli.commands.given.judging import scan_options
from pkitools_cli.commands.stopping import until_told_to_stop
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, answer, gathered, progress
from pkitools_cli.i18n import language_asked, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.options import CONNECTIONS_FILE, moment_option, moment_was_given, now
from pkitools_cli.output import complain
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools_cli.page.serving import Server
    from pkitools_cli.page.site import Given, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``page`` was given."""

    places: tuple[str, ...]
    port: int
    no_browser: bool
    folder: Path | None
    connections: str | None
    trust: tuple[str, ...]
    crls: tuple[str, ...]
    revocation: str | None
    online: bool
    offline: bool
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    allow_port: tuple[int, ...]
    cache: Path | None
    moment: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """The page as it was opened.

    Args:
        address: where; it opens the page once.
        given: what it was started with.
    """

    address: str
    given: Given


@click.command("page", cls=Command, help="cli.page.help")
@click.argument("places", nargs=-1, metavar="[FILE|DIR]...")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="cli.page.port")
@click.option("--no-browser", is_flag=True, help="cli.page.no_browser")
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="cli.page.folder")
@click.option("--connections", metavar="FILE", help="cli.page.connections")
@scan_options
@click.option("--online", is_flag=True, help="cli.page.online")
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.page.offline")
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.cert_check.allow_net")
@click.option("--allow-port", multiple=True, type=click.IntRange(1, 65535), help="cli.cert_check.allow_port")
@click.option("--cache", type=click.Path(path_type=Path), metavar="DIR", help="cli.cert_check.cache")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Opened] | ExitCode:
    """Open the page, and close it when told to."""
    with brought_by("page"):  # before all that imports one of these: the extra that is told brings the others too
        import cheroot  # noqa: F401  what serves
        import jinja2  # noqa: F401  what writes pages
        import python_multipart  # noqa: F401  what reads forms with files
    from pkitools_cli.page.serving import Server
    from pkitools_cli.page.site import Site

    forbid_core_dumps()  # a crash must not leave a key that is made in a core file
    given = _given(options)
    site = Site(given, click.get_current_context())
    with until_told_to_stop() as wait:
        server = Server(site, options.port)
        with ExitStack() as on_error:
            on_error.callback(server.stop)
            answer(Reply(Opened(server.address, given), document=_document, text=_text))
            sys.stdout.flush()
            _browse(options, server)
            wait()
            on_error.pop_all()
        if server.is_answering:
            progress(tr("cli.page.stopping"))
        if not wait.unless_told_again(server.stop):
            _leave_at_once(site)
    progress(tr("cli.page.stopped"))
    return ExitCode.PASSED


def _leave_at_once(site: Site) -> NoReturn:
    """End the process, whatever is still worked out: only a key that is being written is waited for."""
    site.write_no_more()
    progress(tr("cli.page.stopped"))
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(ExitCode.PASSED)  # what else ends a process waits for its threads


def _given(options: Options) -> Given:
    from pkitools_cli.page.site import Given

    if options.online and options.offline:
        raise click.UsageError(tr("cli.page.online_or_offline"))
    if options.folder is not None and not is_folder(options.folder):
        if may_be_there(options.folder):
            options.folder.stat()  # whoever may not see it hears that
        raise click.UsageError(tr("cli.page.no_such_folder", name=options.folder))
    here = CONNECTIONS_FILE if is_file(Path(CONNECTIONS_FILE)) else None
    moment = options.moment
    clock = (lambda: moment) if moment_was_given() else now
    return Given(
        places=options.places,
        connections=options.connections or here,
        folder=options.folder,
        trust=options.trust,
        crls=options.crls,
        revocation=options.revocation,
        online=options.online,
        allow_net=options.allow_net,
        allow_port=options.allow_port,
        cache=options.cache,
        clock=clock,
        language=language_asked(),
    )


def _browse(options: Options, server: Server) -> None:
    """Start a browser, where there is a screen to see it on; nobody waits for it."""
    if options.no_browser or not has_screen():
        return
    import webbrowser

    try:
        opened = webbrowser.open(server.address)
    except webbrowser.Error:
        opened = False
    if not opened:
        complain(tr("cli.page.open_yourself"))


def _document(opened: Opened) -> dict[str, object]:
    return opened_document(opened.address, online=opened.given.online)


def _text(opened: Opened) -> Iterator[Line | str]:
    yield Line(tr("cli.page.opened", address=opened.address), bold=True)
    yield from wrapped(tr("cli.page.once"), "  ")
    network = "online" if opened.given.online else "offline"
    yield from wrapped(tr(f"cli.page.told_{network}"), "  ")
    yield from wrapped(tr("cli.page.stop"), "  ")
