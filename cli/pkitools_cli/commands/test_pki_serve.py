"""``pkitools test-pki serve``."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import json_option, moment_option, now
from pkitools_cli.output import complain, complain_lines, emit_json, say
from pkitools_test_pki.server import PkiServer
from pkitools_test_pki.server.faulty import served_faults
from pkitools_test_pki.server.shelf import DEFAULT_HUGE, DEFAULT_PARTITIONS

if TYPE_CHECKING:
    from pkitools_test_pki.server.rehearsal import Refusal, Rehearsal


@click.command("serve", cls=Command, help="cli.test_pki_serve.help")
@click.argument("folder", metavar="DIR", required=False)
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
@click.option("--fault", "faults", metavar="NAME", multiple=True, help="cli.test_pki_serve.fault")
@click.option("--list-faults", is_flag=True, help="cli.test_pki_serve.list_faults")
@click.option("--tls", is_flag=True, help="cli.test_pki_serve.tls")
@click.option("--tls-port", type=click.IntRange(0, 65535), default=0, help="cli.test_pki_serve.tls_port")
@click.option("--for", "system", metavar="SYSTEM", help="cli.test_pki_serve.for")
@click.option("--huge", type=click.IntRange(1, 1_000_000), default=DEFAULT_HUGE, help="cli.test_pki_serve.huge")
@moment_option
@json_option
@click.pass_context
def serve(context: click.Context, /, **given: Any) -> ExitCode:
    """Serve until told to stop."""
    if given["list_faults"]:
        return _list_faults(as_json=given["as_json"])
    if given["folder"] is None:
        raise click.UsageError(tr("cli.test_pki_serve.no_folder"), context)
    if not given["tls"] and (given["system"] or given["tls_port"]):
        raise click.UsageError(tr("cli.test_pki_serve.without_tls"), context)
    running = context.get_parameter_source("moment") is not click.core.ParameterSource.DEFAULT
    given["clock"] = _running_from(given["moment"]) if running else now
    with _until_told_to_stop() as stopped, _server(given) as server:
        rehearsal = None
        if given["tls"]:
            tell = None if given["as_json"] else _tell
            rehearsal = server.rehearse(port=given["tls_port"], system=given["system"], refused=tell)
        if given["as_json"]:
            emit_json("pkitools.test-pki-serve/v1", _document(server, rehearsal, given))
        else:
            _show(server, rehearsal, given)
        stopped.wait()
    if not given["as_json"]:
        complain(tr("cli.test_pki_serve.stopped"))
    return ExitCode.PASSED


def _server(given: Mapping[str, Any]) -> PkiServer:
    return PkiServer(
        given["folder"],
        clock=given["clock"],
        host=given["host"],
        port=given["port"],
        mode=given["mode"],
        faults=given["faults"],
        partitions=given["partitions"],
        huge=given["huge"],
        language=language(),
    )


def _tell(refusal: Refusal) -> None:
    complain(f"{refusal.moment:%H:%M:%S} {refusal.handshake.client}")
    # the lines are ours: what stands in a certificate has no line break of its own
    complain_lines(refusal.text.split("\n"))


def _running_from(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that shows this moment now and runs on from there."""
    started = time.monotonic()
    return lambda: moment + timedelta(seconds=int(time.monotonic() - started))


@contextmanager
def _until_told_to_stop() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C and a request to end set; from the first moment on, so that neither leaves a trace."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _list_faults(*, as_json: bool) -> ExitCode:
    faults = served_faults()
    if as_json:
        emit_json(
            "pkitools.test-pki-faults/v1",
            {
                "faults": [
                    {"name": f.name, "kind": f.kind, "status": f.status, "code": f.code, "nl": f.nl, "en": f.en}
                    for f in faults.values()
                ]
            },
        )
        return ExitCode.PASSED
    for fault in faults.values():
        said = fault.nl if language() == "nl" else fault.en
        expected = tr(f"cli.test_pki_serve.status.{fault.status}") + (f" ({fault.code})" if fault.code else "")
        say(f"{fault.name:24}{fault.kind:6}{expected:40}{said}")
    return ExitCode.PASSED


def _document(server: PkiServer, rehearsal: Rehearsal | None, given: Mapping[str, Any]) -> dict[str, object]:
    assert server.site is not None  # a folder was given
    return {
        "folder": given["folder"],
        "url": server.url,
        "base_url": server.site.base_url,
        "reachable": server.is_where_certificates_say,
        "ocsp": given["mode"],
        "faults": list(server.faults.names),
        "tls": rehearsal and {"url": rehearsal.url, "system": given["system"]},
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


def _show(server: PkiServer, rehearsal: Rehearsal | None, given: Mapping[str, Any]) -> None:
    assert server.site is not None  # a folder was given
    say(tr("cli.test_pki_serve.serving", folder=given["folder"], url=server.url), bold=True)
    if not server.is_where_certificates_say:
        complain(tr("cli.test_pki_serve.elsewhere", base_url=server.site.base_url, url=server.url))
    for authority in server.site.source.pki:
        say(authority.spec.common_name)
        say(tr("cli.test_pki_serve.certificate", url=authority.certificate_url))
        say(tr("cli.test_pki_serve.crl", url=authority.crl_url))
        say(tr("cli.test_pki_serve.ocsp_at", url=authority.ocsp_url))
    say(tr("cli.test_pki_serve.kinds", kinds=", ".join(f"-{kind}" for kind in server.site.shelf.kinds[1:])))
    for name in server.faults.names:
        fault = served_faults()[name]
        said = fault.nl if language() == "nl" else fault.en
        say(tr("cli.test_pki_serve.fault_served", name=name, description=said), bold=True)
    if rehearsal is not None:
        say(tr("cli.test_pki_serve.rehearsing", url=rehearsal.url), bold=True)
        say(tr("cli.test_pki_serve.refusals", url=f"{server.url}/rehearsal"))
    say(tr("cli.test_pki_serve.stop"))
