"""``pkitools chain complete``: the ordered path out of a heap, what is left out of it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkitools.environment import Environment
from pkitools.files import Output, check_outputs, write_set
from pkitools.frozen import dataclass
from pkitools.messages import fault_in_words
from pkitools.messages.days import day
from pkitools.reports import ToldError, chain_complete_document
from pkitools.text import shown
from pkitools.trust.recognition import claimed_test
from pkitools.x509 import oin_from_certificate
from pkitools_cli.commands.export.given import given_above
from pkitools_cli.commands.export.written import refuse_to_replace_input, told_backups
from pkitools_cli.commands.given.fetching import NetworkRange, fetcher_of, told_refusals
from pkitools_cli.commands.next_steps import NextStep, Words, again, carried, chain_place, next_document, step
from pkitools_cli.commands.public_part import public_words
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import blank, language, tr
from pkitools_cli.inputs import about_input, read_input, told_problems
from pkitools_cli.lines import beside, wrapped
from pkitools_cli.options import environment_option, moment_option
from pkitools_cli.own_data import titles
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from pkitools.exports import CertificatePath
    from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``chain complete`` was given."""

    file: str
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    target: str | None
    certificate: str | None
    offline: bool
    allow_net: tuple[IPv4Network | IPv6Network, ...]
    allow_port: tuple[int, ...]
    passphrase_file: str | None
    passphrase_env: str | None
    system: str | None
    environment: Environment | None
    force: bool
    moment: datetime


@dataclass(frozen=True, slots=True)
class Completed:
    """The path, of which file, where it was written, what of what was given could not be read, and for which system."""

    path: CertificatePath
    file: str
    written: str | None
    unread: tuple[ToldError, ...] = ()
    offline: bool = False
    backups: tuple[Path, ...] = ()
    system: str | None = None
    environment: Environment | None = None

    @property
    def address(self) -> str | None:
        """Where the certificate that is missing can be had."""
        return self.path.address


@click.command("complete", cls=Command, help="cli.chain.complete.help")
@click.argument("file", metavar="FILE")
@click.option("--chain", multiple=True, metavar="FILE|DIR", help="cli.chain.complete.chain")
@click.option("--trust", multiple=True, metavar="FILE|DIR", help="cli.chain.complete.trust")
@click.option("--out", "target", metavar="FILE", help="cli.chain.complete.out")
@click.option("--certificate", metavar="N|FINGERPRINT", help="cli.chain.complete.certificate")
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.chain.complete.offline")
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.chain.complete.allow_net")
@click.option("--allow-port", multiple=True, type=click.IntRange(1, 65535), help="cli.chain.complete.allow_port")
@passphrase_options
@click.option("--for", "system", metavar="SYSTEM", help="cli.chain.complete.for")
@environment_option
@click.option("--force", is_flag=True, help="cli.chain.complete.force")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Completed]:
    """Order and complete a chain."""
    titles([options.system] if options.system else ())  # a wrong name is told before anything is written
    completed = _complete(options)
    whole = ExitCode.COULD_NOT if completed.unread else ExitCode.PASSED
    code = whole if completed.path.is_handed_on else ExitCode.FAILED
    return Reply(
        completed,
        document=lambda one: {
            **chain_complete_document(one.path, one.file, one.written, one.unread),
            "next": next_document(lambda: _next(one)),
        },
        text=_text,
        code=code,
        warnings=told_backups(completed.backups),
    )


def _complete(options: Options) -> Completed:
    from pkitools.exports import gather

    if options.target is not None:
        check_outputs([Output(options.target, b"", secret=False)], overwrite=options.force)
        refuse_to_replace_input(
            [options.target], (options.file, *options.chain, *options.trust, options.passphrase_file)
        )
    contents = read_input(options.file, given_passphrase(options.passphrase_file, options.passphrase_env))
    told = told_problems(contents, options.file)
    beside_it = given_above(options.chain, options.trust)
    with about_input(options.file):
        path = gather(
            contents,
            moment=options.moment,
            chain=beside_it.value,
            certificate=options.certificate,
            fetcher=None if options.offline else fetcher_of(options.allow_net, options.allow_port),
            any_host=bool(options.allow_net),
        ).path
    backups = _write(path, options)
    written = None if backups is None else options.target
    unread = (*told, *beside_it.unread)
    return Completed(
        path, options.file, written, unread, options.offline, backups or (), options.system, options.environment
    )


def _write(path: CertificatePath, options: Options) -> tuple[Path, ...] | None:
    """Write the chain, without its root: nothing is written of one that is not complete, or holds an imitation.

    Returns:
        Where what stood there is kept; ``None`` when nothing was written.
    """
    from pkitools.requests.keys import to_pem

    if options.target is None or not path.is_handed_on:
        return None
    links = (path.leaf, *path.intermediates)
    data = b"".join(to_pem("CERTIFICATE", facts.der) for facts in links)
    return write_set([Output(options.target, data, secret=False)], overwrite=options.force)


def _text(completed: Completed) -> Iterator[Line | str]:
    path = completed.path
    title = tr(f"cli.chain.complete.{_verdict(path)}", name=_called(path.leaf))
    yield from (Line(row, bold=True) for row in wrapped(title, ""))
    if path.imitation is not None:
        yield from wrapped(tr("cli.chain.complete.which", name=_called(path.imitation)), "  ")
    for number, link in enumerate(path.links, start=1):
        name = _called(link.facts)
        told = tr(f"cli.chain.origin.{link.origin}")
        until = tr(f"cli.chain.status.{link.status}", until=day(link.facts.not_after, language()))
        yield from beside(f"  {number}. ", f"{name}: {told}, {until}")
    yield from _missing(completed)
    yield from _left_out(path)
    yield from _fetches(path)
    yield from _end(completed)


def _verdict(path: CertificatePath) -> str:
    if path.imitation is not None:
        return "look_alike"
    if path.lacks_root_only:
        return "but_root"
    return "complete" if path.has_root else "incomplete"


def _called(facts: CertificateFacts) -> str:
    return shown(facts.subject.called)


def _missing(completed: Completed) -> Iterator[str]:
    path = completed.path
    if path.lacks_root_only:
        name = path.links[-1].facts.issuer.common_name or ""
        yield from wrapped(tr("cli.chain.complete.root_missing", issuer=shown(name)), "  ")
        return
    if path.missing is not None:
        issuer = path.links[-1].facts.issuer
        yield from wrapped(tr("cli.chain.complete.missing", issuer=shown(issuer.common_name or path.missing)), "  ")
    if path.why in {"host", "no-address", "exhausted"}:  # of the others the line of what was asked says it
        yield from wrapped(tr(f"cli.chain.why.{path.why}", url=shown(completed.address or "")), "  ")
    elif path.missing is not None and path.links[-1].facts.is_ca:
        yield from wrapped(tr("cli.chain.complete.maybe_root"), "  ")


def _left_out(path: CertificatePath) -> Iterator[str]:
    if path.left_out:
        yield tr("cli.chain.complete.left_out")
    for each in path.left_out:
        name = tr("cli.chain.complete.unreadable") if each.facts is None else _called(each.facts)
        reason = tr(f"cli.chain.reason.{'look_alike' if each.is_imitation else each.reason}")
        yield from beside(f"  {each.position}. ", f"{name}: {reason}")


def _fetches(path: CertificatePath) -> Iterator[str]:
    for fetch in path.fetches:
        word = "fetched" if not fetch.code else "not_fetched"
        why = fault_in_words(str(fetch.code), fetch.detail, language())
        yield from wrapped(tr(f"cli.chain.complete.{word}", url=shown(fetch.url), why=why), "  ")
    yield from told_refusals(((str(each.code), each.detail) for each in path.fetches), ("address", "port"))


def _end(completed: Completed) -> Iterator[str]:
    if completed.written is not None:
        yield tr("cli.chain.complete.written", path=completed.written)
    if (found := _next(completed)) is not None:
        yield from found.told()


def _public(completed: Completed, written: str) -> Words:
    return public_words(written, completed.system, completed.environment)


def _is_of_authority(facts: CertificateFacts) -> bool:
    return facts.is_ca and oin_from_certificate(facts).oin is None  # a self-signed one of openssl is a CA with an OIN


def _after(completed: Completed, written: str) -> NextStep | None:
    """Return what to do with a chain that was written; what an authority has is sent to nobody as one's own."""
    if _is_of_authority(completed.path.leaf):
        return None
    return step("chain_complete.written", {}, {"public": partial(_public, completed, written)})


def _next(completed: Completed) -> NextStep | None:
    if completed.written is not None:
        return _after(completed, completed.written)
    if completed.path.imitation is not None:
        return NextStep(tr("cli.chain.complete.next_look_alike"))
    if completed.path.is_handed_on:
        return NextStep(tr("cli.chain.complete.next"), again([completed.file], "--out", chain_place(completed.file)))
    is_to_be_had = "--trust" in carried() and completed.address is not None
    if not is_to_be_had and (test := claimed_test(completed.path.leaf)) is not None:
        key = "cli.chain.complete.next_trial_given" if "--trust" in carried() else "cli.chain.complete.next_trial"
        return NextStep(tr(key, test=test.word), again([completed.file], "--trust", blank("folder")))
    if completed.offline and completed.address is not None:
        words = again([completed.file], without=frozenset({"offline"}))
        return NextStep(tr("cli.chain.complete.next_online", url=shown(completed.address)), words)
    words = again([completed.file], "--chain", blank("file"))
    return NextStep(tr("cli.chain.complete.next_missing"), words)
