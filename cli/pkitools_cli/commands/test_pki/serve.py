"""``pkitools test-pki serve``.

It tells its answer itself, when the server is there, and ends when it is told to: it cannot return one. What is told
is a :class:`~pkitools_cli.reply.Reply` like any other, in the form that was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Literal

import click

from pkitools.frozen import dataclass
from pkitools.trust import is_self_signed
from pkitools_cli.commands.next_steps import Words, step
from pkitools_cli.commands.stopping import until_told_to_stop
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, answer, gathered, is_for_people, progress
from pkitools_cli.i18n import blank, language, tr
from pkitools_cli.inputs import read_certificates
from pkitools_cli.options import moment_option, moment_was_given, now
from pkitools_cli.output import complain, complain_lines
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.documents import Serving, faults_document, serve_document
from pkitools_test_pki.faults import Fault
from pkitools_test_pki.server import PkiServer
from pkitools_test_pki.server.faulty_documents import served_faults
from pkitools_test_pki.server.ready_crls import DEFAULT_HUGE, DEFAULT_PARTITIONS

if TYPE_CHECKING:
    from pkitools_test_pki.server.rehearsal import Admission, Refusal

_MOST_KEPT = 1000  # of what was told, to know it again


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``test-pki serve`` was given."""

    folder: str | None
    host: str
    port: int | None
    mode: Literal["delegated", "issuer"]
    partitions: int
    faults: tuple[str, ...]
    list_faults: bool
    tls: bool
    tls_port: int
    accept: tuple[str, ...]
    system: str | None
    huge: int
    moment: datetime


@click.command("serve", cls=Command, help="cli.test_pki_serve.help")
@click.argument("folder", metavar="[DIR]", required=False)
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
@click.option("--accept", multiple=True, metavar="FILE", help="cli.test_pki_serve.accept")
@click.option("--for", "system", metavar="SYSTEM", help="cli.test_pki_serve.for")
@click.option("--huge", type=click.IntRange(1, 1_000_000), default=DEFAULT_HUGE, help="cli.test_pki_serve.huge")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Sequence[Fault]] | ExitCode:
    """Serve until told to stop."""
    if options.list_faults:
        return Reply(tuple(served_faults().values()), document=faults_document, text=_faults)
    if options.folder is None:
        raise click.UsageError(tr("cli.test_pki_serve.no_folder"), click.get_current_context())
    if not options.tls and (options.system or options.tls_port or options.accept):
        raise click.UsageError(tr("cli.test_pki_serve.without_tls"), click.get_current_context())
    clock = _running_from(options.moment) if moment_was_given() else now
    with until_told_to_stop() as wait, _server(options.folder, options, clock) as server:
        serving = _serving(options.folder, options, server)
        answer(Reply(serving, document=serve_document, text=_text, warnings=_warnings(server)))
        wait()
    progress(tr("cli.test_pki_serve.stopped"))
    return ExitCode.PASSED


def _server(folder: str, options: Options, clock: Callable[[], datetime]) -> PkiServer:
    return PkiServer(
        folder,
        clock=clock,
        host=options.host,
        port=options.port,
        mode=options.mode,
        faults=options.faults,
        partitions=options.partitions,
        huge=options.huge,
        language=language(),
    )


def _warnings(server: PkiServer) -> tuple[str, ...]:
    return () if server.is_loopback else (tr("cli.test_pki_serve.exposed", host=server.host),)


def _serving(folder: str, options: Options, server: PkiServer) -> Serving:
    """Return what is served, the rehearsal running when that was asked for."""
    rehearsal = None
    if options.tls:
        log = _Log() if is_for_people() else None
        accept = [item.der for name in options.accept for item in read_certificates(name).value]
        rehearsal = server.rehearse(
            port=options.tls_port,
            system=options.system,
            refused=log.refused if log else None,
            admitted=log.admitted if log else None,
            accept=accept,
        )
    return Serving(folder, server, options.mode, rehearsal, options.system)


class _Log:
    """What the rehearsal saw, told as it comes: what is the same once more is not told again."""

    def __init__(self) -> None:
        self._lock, self._told = Lock(), set[tuple[str, str]]()

    def admitted(self, admission: Admission) -> None:
        """Tell of a client that was let in."""
        self._tell(admission.moment, admission.handshake.client, admission.text)

    def refused(self, refusal: Refusal) -> None:
        """Tell of one that was not, and of what lets in one that made its own certificate."""
        alone = refusal.result is not None and is_self_signed(refusal.result.facts)
        hint = f"\n{tr('cli.test_pki_serve.accept_it')}" if alone else ""
        self._tell(refusal.moment, refusal.handshake.client, f"{refusal.text}{hint}")

    def _tell(self, moment: datetime, client: str, text: str) -> None:
        with self._lock:  # each connection has a thread
            if (client, text) in self._told:
                complain(
                    f"{moment:%H:%M:%S} {client} {tr('cli.test_pki_serve.once_more', what=text.partition(chr(10))[0])}"
                )
                return
            if len(self._told) < _MOST_KEPT:
                self._told.add((client, text))
            complain(f"{moment:%H:%M:%S} {client}")
            # the lines are ours: what stands in a certificate has no line break of its own
            complain_lines(text.split("\n"))


def _running_from(moment: datetime) -> Callable[[], datetime]:
    """Return a clock that shows this moment now and runs on from there."""
    started = time.monotonic()
    return lambda: moment + timedelta(seconds=int(time.monotonic() - started))


def _probe(serving: Serving) -> Words:
    """Return the command that tries the rehearsal, with the certificate and key of who practises."""
    assert serving.rehearsal is not None  # it is asked for then
    target = serving.rehearsal.url.removeprefix("https://")
    host = serving.server.host
    network = "127.0.0.0/8" if serving.server.is_loopback else f"{host}/{128 if ':' in host else 32}"
    file, here = blank("file"), ("--trust", serving.folder, "--allow-net", network)
    system = ("--for", serving.system) if serving.system else ()
    return ("probe", target, "--client-cert", file, "--client-key", file, *system, *here)


def _faults(faults: Sequence[Fault]) -> Iterator[str]:
    for fault in faults:
        expected = tr(f"cli.test_pki_serve.status.{fault.status}") + (f" ({fault.code})" if fault.code else "")
        yield f"{fault.name:24}{fault.kind:6}{expected:40}{fault.descriptions[language()]}"


def _text(serving: Serving) -> Iterator[Line | str]:
    server = serving.server
    assert server.router is not None  # a folder was given
    yield Line(tr("cli.test_pki_serve.serving", folder=serving.folder, url=server.url), bold=True)
    if not server.is_where_certificates_say:
        elsewhere = tr("cli.test_pki_serve.elsewhere", base_url=server.router.base_url, url=server.url)
        yield Line(elsewhere, aside=True)
    for authority in server.router.served.pki:
        yield authority.spec.common_name
        yield tr("cli.test_pki_serve.certificate", url=authority.certificate_url)
        yield tr("cli.test_pki_serve.crl", url=authority.crl_url)
        yield tr("cli.test_pki_serve.ocsp_at", url=authority.ocsp_url)
    yield tr("cli.test_pki_serve.kinds", kinds=", ".join(f"-{kind}" for kind in server.router.ready_crls.kinds[1:]))
    for name in server.faults.names:
        said = served_faults()[name].descriptions[language()]
        yield Line(tr("cli.test_pki_serve.fault_served", name=name, description=said), bold=True)
    if serving.rehearsal is not None:
        yield Line(tr("cli.test_pki_serve.rehearsing", url=serving.rehearsal.url), bold=True)
        yield tr("cli.test_pki_serve.refusals", url=f"{server.url}/rehearsal")
        found = step("test_pki_serve.rehearsing", {}, {"probe": lambda: _probe(serving)})
        yield from found.told() if found is not None else ()
    yield tr("cli.test_pki_serve.stop")
