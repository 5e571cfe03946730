"""``cert receive``: what a TSP sent, brought to the keys of a batch, judged, and put in its place."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from pkitools.checking.delivered_lists import refuse_unreadable_lists
from pkitools.containers import Contents, ItemKind, items_of
from pkitools.errors import about_file
from pkitools.files import check_outputs, is_folder, read_bytes, write_set
from pkitools.findings import Severity
from pkitools.frozen import dataclass, replace
from pkitools.ordering import Arrival, Manifest, Receipt, ReceivingMeans, State, read_manifest, receive
from pkitools.ordering.manifest import MANIFEST, MAX_MANIFEST_BYTES
from pkitools.reports import ToldError, cert_receive_document
from pkitools_cli.commands.cert.receiving.next_step import Invocation
from pkitools_cli.commands.cert.receiving.text import received_told
from pkitools_cli.commands.given.judging import chain_of, revocation_of, revocation_options, trust_of, trust_option
from pkitools_cli.commands.next_steps import again
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import ExitCode, of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import read_input, told_problems, use_each
from pkitools_cli.options import fail_on_option, moment_option
from pkitools_cli.own_data import given_data
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Reply

_NOT_PLACED = frozenset({State.OCCUPIED, State.AMBIGUOUS, State.NO_KEY, State.LOCKED, State.NO_ORDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``cert receive`` was given."""

    sources: tuple[str, ...]
    manifest: str
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    crls: tuple[str, ...]
    ocsp: tuple[str, ...]
    revocation: str | None
    offline: bool
    allow_net: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
    allow_port: tuple[int, ...]
    cache: Path | None
    moment: datetime
    fail_on: Severity | None


@dataclass(frozen=True, slots=True)
class Received:
    """What came and became of it, and what could not be read."""

    receipt: Receipt
    errors: Sequence[ToldError]
    asked: Invocation

    @property
    def complete(self) -> bool:
        """Whether everything that came could be read, and belongs somewhere."""
        read = all(error.passed_over for error in self.errors)
        return read and not any(each.state in _NOT_PLACED for each in self.receipt.arrivals)


@click.command("receive", cls=Command, help="cli.cert_receive.help")
@click.argument("sources", nargs=-1, required=True, metavar="DIR|FILE...")
@click.option("--manifest", required=True, metavar="FILE|DIR", help="cli.cert_receive.manifest")
@click.option("--chain", multiple=True, metavar="FILE|DIR", help="cli.cert_check.chain")
@trust_option
@passphrase_options
@revocation_options
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Received]:
    """Match, judge and place what came."""
    received = _received(options)
    reports = [each.report for each in received.receipt.arrivals if each.report is not None]
    code = of_reports(reports, options.fail_on, complete=received.complete) if reports else _without_reports(received)
    return Reply(
        received,
        document=lambda value: cert_receive_document(value.receipt, value.errors),
        text=lambda value: received_told(value.receipt, value.asked),
        code=code,
        warnings=tuple(_unchecked(received.receipt.arrivals)),
    )


def _received(options: Options) -> Received:
    """Judge everything that came before the first file is written."""
    manifest_file = _manifest_file(options.manifest)
    manifest = _manifest(manifest_file)
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    errors: list[ToldError] = []
    lists: list[Contents] = []

    def read(name: str) -> Contents:
        contents = read_input(name, passphrase)
        lists.extend([] if contents.certificates else [contents])
        refuse_unreadable_lists(contents)
        items_of(contents, ItemKind.CERTIFICATE)
        errors.extend(told_problems(contents, name))
        return contents

    used = use_each(options.sources, read, lists_count=True)
    chain = chain_of(options.chain)
    revocation = revocation_of(options, chain.value.files)
    means = ReceivingMeans(
        moment=options.moment,
        trust=trust_of(options.trust),
        intermediates=chain.value.certificates,
        revocation=revocation.value,
        data=given_data(),
        passphrase=passphrase,
        unread=(*chain.unread, *revocation.unread),
        raise_crashes=debugging(),
    )
    receipt = receive([*used.results, *lists], manifest, Path(manifest_file).parent, means)
    placed = replace(receipt, arrivals=tuple(_placed(each) for each in receipt.arrivals))
    asked = Invocation(again(options.sources), options.moment, options.passphrase_file or options.passphrase_env)
    return Received(placed, [*used.errors, *errors], asked)


def _manifest_file(name: str) -> str:
    """Return the file: of a folder the one that ``csr create`` wrote there."""
    return str(Path(name) / MANIFEST) if is_folder(name) else name


def _manifest(name: str) -> Manifest:
    with about_file(name):
        return read_manifest(read_bytes(name, limit=MAX_MANIFEST_BYTES), name)


def _placed(arrival: Arrival) -> Arrival:
    """Write what was judged right, where nothing stands."""
    if arrival.state is not State.READY:
        return arrival
    outputs = arrival.outputs()
    check_outputs(outputs, overwrite=True)  # takes away what was broken off; nothing is overwritten
    write_set([each for each in outputs if not os.path.lexists(each.path)])
    return arrival.placed()


def _without_reports(received: Received) -> ExitCode:
    return ExitCode.PASSED if received.complete else ExitCode.COULD_NOT


def _unchecked(arrivals: Sequence[Arrival]) -> list[str]:
    """Return what was not looked at of those that were judged: it is no fault, and no proof either."""
    told = []
    for what in ("key", "request"):
        names = [each.order.name for each in arrivals if what in each.unchecked and each.order is not None]
        if names:
            told.append(tr(f"cli.cert_receive.unchecked_{what}", names=", ".join(names)))
    return told
