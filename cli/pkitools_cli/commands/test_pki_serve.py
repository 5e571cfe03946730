"""``pkitools test-pki serve``."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

import click

from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import json_option, moment_option, now
from pkitools_cli.output import complain, emit_json, say
from pkitools_test_pki.server import PkiServer
from pkitools_test_pki.server.responder import Mode
from pkitools_test_pki.server.shelf import DEFAULT_HUGE, DEFAULT_PARTITIONS


@click.command("serve", cls=Command, help="cli.test_pki_serve.help")
@click.argument("folder", metavar="DIR")
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="cli.test_pki_serve.host")
@click.option("--port", type=click.IntRange(0, 65535), help="cli.test_pki_serve.port")
@click.option(
    "--ocsp",
    "mode",
    type=click.Choice(["delegated", "issuer"]),
    default="delegated",
    show_default=True,
    help="cli.test_pki_serve.ocsp",
)
@click.option(
    "--partitions", type=click.IntRange(1, 1000), default=DEFAULT_PARTITIONS, help="cli.test_pki_serve.partitions"
)
@click.option("--huge", type=click.IntRange(1, 1_000_000), default=DEFAULT_HUGE, help="cli.test_pki_serve.huge")
@moment_option
@json_option
@click.pass_context
def serve(
    context: click.Context,
    /,
    *,
    folder: str,
    host: str,
    port: int | None,
    mode: Mode,
    partitions: int,
    huge: int,
    moment: datetime,
    as_json: bool,
) -> int:
    """Serve until told to stop."""
    given = context.get_parameter_source("moment") is not click.core.ParameterSource.DEFAULT
    stopped = _signals()
    with PkiServer(
        folder,
        clock=_running_from(moment) if given else now,
        host=host,
        port=port,
        mode=mode,
        partitions=partitions,
        huge=huge,
        language=language(),
    ) as server:
        if as_json:
            emit_json("pkitools.test-pki-serve/v1", _document(server, folder))
        else:
            _show(server, folder)
        stopped.wait()
    if not as_json:
        complain(tr("cli.test_pki_serve.stopped"))
    return ExitCode.PASSED


def _running_from(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that shows this moment now and runs on from there."""
    started = time.monotonic()
    return lambda: moment + timedelta(seconds=int(time.monotonic() - started))


def _signals() -> threading.Event:
    """Return an event that Ctrl-C and a request to end set."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopped


def _document(server: PkiServer, folder: str) -> dict[str, object]:
    assert server.site is not None  # a folder was given
    return {
        "folder": folder,
        "url": server.url,
        "base_url": server.site.base_url,
        "reachable": server.is_where_certificates_say,
        "authorities": [
            {
                "name": authority.name,
                "common_name": authority.spec.common_name,
                "certificate": authority.certificate_url,
                "crl": authority.crl_url,
                "ocsp": authority.ocsp_url,
            }
            for authority in server.site.source.pki
        ],
        "crl_kinds": list(server.site.shelf.kinds),
    }


def _show(server: PkiServer, folder: str) -> None:
    assert server.site is not None  # a folder was given
    say(tr("cli.test_pki_serve.serving", folder=folder, url=server.url), bold=True)
    if not server.is_where_certificates_say:
        complain(tr("cli.test_pki_serve.elsewhere", base_url=server.site.base_url, url=server.url))
    for authority in server.site.source.pki:
        say(authority.spec.common_name)
        say(tr("cli.test_pki_serve.certificate", url=authority.certificate_url))
        say(tr("cli.test_pki_serve.crl", url=authority.crl_url))
        say(tr("cli.test_pki_serve.ocsp_at", url=authority.ocsp_url))
    say(tr("cli.test_pki_serve.kinds", kinds=", ".join(f"-{kind}" for kind in server.site.shelf.kinds[1:])))
    say(tr("cli.test_pki_serve.stop"))
