"""``cert check``: is this certificate right, for this environment and these systems?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkitools.findings import Report
from pkitools.reports import cert_check_document
from pkitools_cli.commands.cert.check_options import CheckOptions, NetworkRange, Placed
from pkitools_cli.commands.cert.check_text import checked_told
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import ExitCode, of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import read_certificates, read_crls, read_input, use_each
from pkitools_cli.options import fail_on_option, moment_option, moment_was_given, required_environment_option
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, Revocation
    from pkitools.revocation import Fetcher
    from pkitools.systems import System


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of each file that could be judged, and what there is to say of them together."""

    results: list[tuple[str, CheckResult]]
    reuse: Report | None

    @property
    def reports(self) -> list[Report]:
        """Every report."""
        return [*(result.report for _, result in self.results), *([self.reuse] if self.reuse is not None else [])]


@click.command("check", cls=Command, help="cli.cert_check.help")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@required_environment_option
@click.option("--for", "systems", multiple=True, metavar="SYSTEM", help="cli.cert_check.for")
@click.option("--chain", multiple=True, metavar="FILE", help="cli.cert_check.chain")
@click.option("--trust", multiple=True, metavar="FILE|DIR", help="cli.cert_check.trust")
@passphrase_options
@click.option("--entity-id", metavar="URN", help="cli.cert_check.entity_id")
@click.option("--profile", metavar="PROFILE", help="cli.cert_check.profile")
@click.option("--host", metavar="NAME", help="cli.cert_check.host")
@click.option("--beside", multiple=True, type=Placed(), help="cli.cert_check.beside")
@click.option("--crl", "crls", multiple=True, metavar="FILE|DIR", help="cli.cert_check.crl")
@click.option("--ocsp", multiple=True, metavar="FILE", help="cli.cert_check.ocsp")
@click.option("--revocation", type=click.Choice(["require", "prefer", "off"]), help="cli.cert_check.revocation")
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.cert_check.offline")
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.cert_check.allow_net")
@click.option("--allow-port", multiple=True, type=click.IntRange(1, 65535), help="cli.cert_check.allow_port")
@click.option("--cache", type=click.Path(path_type=Path), metavar="DIR", help="cli.cert_check.cache")
@click.option("--cross-check", is_flag=True, help="cli.cert_check.cross_check")
@click.option("--strict", is_flag=True, help="cli.cert_check.strict")
@moment_option
@fail_on_option
@gathered(CheckOptions)
def command(options: CheckOptions) -> Reply[Checked]:
    """Judge each file, and what they have in common."""
    judge = _judge(options)
    used = use_each(options.files, lambda name: (name, judge(name)))
    checked = Checked(used.results, _in_common(used.results, options))
    # without every file not everything asked was judged
    code = of_reports(checked.reports, options.fail_on) if used.complete else ExitCode.COULD_NOT
    return Reply(checked, document=lambda value: cert_check_document(value.results, value.reuse), text=_text, code=code)


def _text(checked: Checked) -> Iterator[Line | str]:
    return checked_told(checked.results, checked.reuse)


def _judge(options: CheckOptions) -> Callable[[str], CheckResult]:
    """Return what judges one file; everything the files share is read once, before the first."""
    from pkitools.checking import check
    from pkitools.trust import TrustStore

    trust = TrustStore.from_files(options.trust) if options.trust else None
    chain = [der for name in options.chain for der in _certificates(name)]
    revocation = _revocation(options)
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)

    def judge(name: str) -> CheckResult:
        leaf, *rest = _certificates(name, passphrase)
        return check(
            leaf,
            moment=options.moment,
            environment=options.environment,
            systems=options.systems,
            intermediates=(*rest, *chain),
            trust=trust,
            entity_id=options.entity_id,
            profile=options.profile,
            host=options.host,
            revocation=revocation,
            cross_check=options.cross_check,
            strict=options.strict,
            raise_crashes=debugging(),
        )

    return judge


def _certificates(name: str, passphrase: bytes | None = None) -> tuple[bytes, ...]:
    """Return the certificates of a file, the end entity first: chains are stored in either order."""
    from pkitools.checking import end_entity_first

    return end_entity_first([item.der for item in read_certificates(name, passphrase)])


def _revocation(options: CheckOptions) -> Revocation:
    from pkitools.checking import Revocation
    from pkitools.containers import ItemKind, items_of
    from pkitools.fetching.cache import DiskCache
    from pkitools.revocation import RevocationOptions, RevocationPolicy

    policy = RevocationPolicy(options.revocation) if options.revocation else None
    crls = [crl for name in options.crls for crl in read_crls(name)]
    responses = [item.der for name in options.ocsp for item in items_of(read_input(name), ItemKind.OCSP_RESPONSE)]
    online = not options.offline and policy is not RevocationPolicy.OFF
    return Revocation(
        policy=policy,
        crls=tuple(crls),
        ocsp_responses=tuple(responses),
        fetcher=_fetcher(options) if online else None,
        cache=DiskCache(options.cache) if options.cache else None,
        options=replace(RevocationOptions(), moment_is_now=not moment_was_given()),
    )


def _fetcher(options: CheckOptions) -> Fetcher:
    from pkitools.fetching.fetcher import HttpFetcher, Proxies

    def setting(name: str) -> str:
        return os.environ.get(name.lower()) or os.environ.get(name) or ""

    return HttpFetcher(
        allow_net=options.allow_net,
        allow_ports=frozenset(options.allow_port),
        proxies=Proxies(setting("HTTP_PROXY"), setting("HTTPS_PROXY"), setting("NO_PROXY")),
    )


def _in_common(results: Sequence[tuple[str, CheckResult]], options: CheckOptions) -> Report | None:
    """Return what there is to say about using the certificates side by side; ``None`` when there is only one use."""
    from pkitools.systems import Use, check_reuse, get_system
    from pkitools.x509 import read_certificate

    systems: list[System | None] = [get_system(name) for name in options.systems] or [None]
    uses = [Use(result.facts, system, options.environment, name) for name, result in results for system in systems]
    uses += [
        Use(read_certificate(_certificates(name)[0]), system, environment, name)
        for environment, name in options.beside
        for system in systems
    ]
    if len(uses) < 2:
        return None
    outcomes = check_reuse(uses, moment=options.moment)
    report = Report(tr("cli.cert_check.reuse"), outcomes, options.moment)
    return report if report.findings or any(o.status == "met" for o in outcomes) else None
