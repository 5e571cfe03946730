"""``cert check``: is this certificate right, for this environment and these systems?"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pkitools.environment import Environment
from pkitools.errors import FileError, InputError, SecretError
from pkitools.findings import Report, Severity
from pkitools.reports import report_document
from pkitools.reports.document import instant
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import ExitCode, of_reports
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import read_input
from pkitools_cli.options import fail_on_option, json_option, moment_option
from pkitools_cli.output import complain, emit_json, say, say_lines
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.remedies import error_line, report_lines

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, Revocation
    from pkitools.revocation import Fetcher
    from pkitools.systems import System


class NetworkRange(click.ParamType[ipaddress.IPv4Network | ipaddress.IPv6Network]):
    """A network such as ``10.0.0.0/8``."""

    name = "cidr"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        """Return the network."""
        try:
            return ipaddress.ip_network(value)
        except ValueError:
            self.fail(tr("cli.cert_check.not_cidr", value=value), param, ctx)


class Placed(click.ParamType[tuple[Environment, str]]):
    """``ENVIRONMENT=FILE``: a certificate that is in use elsewhere."""

    name = "environment=file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Environment, str]:
        """Return the environment and the file."""
        environment, _, name = str(value).partition("=")
        try:
            return Environment(environment), name
        except ValueError:
            self.fail(tr("cli.cert_check.not_placed", value=value), param, ctx)


@click.command(cls=Command, help="cli.cert_check.help")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--environment",
    "-e",
    required=True,
    type=click.Choice([e.value for e in Environment]),
    help="cli.options.environment",
)
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
@json_option
@click.pass_context
def check(context: click.Context, /, **given: Any) -> ExitCode:
    """Judge each file, and what they have in common."""
    given["moment_is_now"] = context.get_parameter_source("moment") is click.core.ParameterSource.DEFAULT
    results, unread = _judged_files(given)
    reports = [result.report for _, result in results]
    shared = _in_common(results, given)
    if given["as_json"]:
        emit_json("pkitools.cert-check/v1", _document(results, shared))
    else:
        _show(results, shared)
    if unread:
        return ExitCode.COULD_NOT  # not everything asked was judged
    fail_on: Severity | None = given["fail_on"]
    return of_reports([*reports, *([shared] if shared is not None else [])], fail_on)


def _judged_files(given: Mapping[str, Any]) -> tuple[list[tuple[str, CheckResult]], int]:
    """Return the results, and how many files could not be used: one of them does not keep the others from an answer."""
    judge = _judge(given)
    results, failures = [], []
    for name in given["files"]:
        try:
            results.append((name, judge(name)))
        except (InputError, FileError, SecretError) as error:
            failures.append(error)
    if failures and not results:
        raise failures[0]
    for failure in failures:
        complain(error_line(failure))
    return results, len(failures)


def _judge(given: Mapping[str, Any]) -> Callable[[str], CheckResult]:
    """Return what judges one file; everything the files share is read once, before the first."""
    from pkitools.checking import check
    from pkitools.trust import TrustStore

    trust = TrustStore.from_files(given["trust"]) if given["trust"] else None
    chain = [der for name in given["chain"] for der in _certificates(name)]
    revocation = _revocation(given)
    passphrase = given_passphrase(given["passphrase_file"], given["passphrase_env"])

    def judge(name: str) -> CheckResult:
        leaf, *rest = _certificates(name, passphrase)
        return check(
            leaf,
            moment=given["moment"],
            environment=Environment(given["environment"]),
            systems=given["systems"],
            intermediates=(*rest, *chain),
            trust=trust,
            entity_id=given["entity_id"],
            profile=given["profile"],
            host=given["host"],
            revocation=revocation,
            cross_check=given["cross_check"],
            strict=given["strict"],
            raise_crashes=debugging(),
        )

    return judge


def _certificates(name: str, passphrase: bytes | None = None) -> tuple[bytes, ...]:
    """Return the certificates of a file, the end entity first: chains are stored in either order."""
    from pkitools.checking import end_entity_first
    from pkitools.containers import ItemKind, items_of

    source = read_input(name, passphrase)
    for bad in source.problems:
        complain(tr("cli.cert_check.bad_block", file=name, position=bad.position, why=error_line(bad.error)))
    return end_entity_first([item.der for item in items_of(source, ItemKind.CERTIFICATE)])


def _revocation(given: Mapping[str, Any]) -> Revocation:
    from pkitools.checking import Revocation
    from pkitools.containers import ItemKind, items_of
    from pkitools.fetching.cache import DiskCache
    from pkitools.revocation import RevocationOptions, RevocationPolicy

    policy = RevocationPolicy(given["revocation"]) if given["revocation"] else None
    crls = [item.der for name in _with_folders(given["crls"]) for item in items_of(read_input(name), ItemKind.CRL)]
    responses = [item.der for name in given["ocsp"] for item in items_of(read_input(name), ItemKind.OCSP_RESPONSE)]
    online = not given["offline"] and policy is not RevocationPolicy.OFF
    return Revocation(
        policy=policy,
        crls=tuple(crls),
        ocsp_responses=tuple(responses),
        fetcher=_fetcher(given) if online else None,
        cache=DiskCache(given["cache"]) if given["cache"] else None,
        options=replace(RevocationOptions(), moment_is_now=given["moment_is_now"]),
    )


def _with_folders(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        folder = Path(name)
        yield from (str(path) for path in sorted(folder.glob("*.crl"))) if folder.is_dir() else (name,)


def _fetcher(given: Mapping[str, Any]) -> Fetcher:
    from pkitools.fetching.fetcher import HttpFetcher, Proxies

    def setting(name: str) -> str:
        return os.environ.get(name.lower()) or os.environ.get(name) or ""

    return HttpFetcher(
        allow_net=given["allow_net"],
        allow_ports=frozenset(given["allow_port"]),
        proxies=Proxies(setting("HTTP_PROXY"), setting("HTTPS_PROXY"), setting("NO_PROXY")),
    )


def _in_common(results: Sequence[tuple[str, CheckResult]], given: Mapping[str, Any]) -> Report | None:
    """Return what there is to say about using the certificates side by side; ``None`` when there is only one use."""
    from pkitools.systems import Use, check_reuse, get_system
    from pkitools.x509 import read_certificate

    systems: list[System | None] = [get_system(name) for name in given["systems"]]
    systems = systems or [None]
    here = Environment(given["environment"])
    uses = [Use(result.facts, system, here, name) for name, result in results for system in systems]
    uses += [
        Use(read_certificate(_certificates(name)[0]), system, environment, name)
        for environment, name in given["beside"]
        for system in systems
    ]
    if len(uses) < 2:
        return None
    moment: datetime = given["moment"]
    outcomes = check_reuse(uses, moment=moment)
    report = Report(tr("cli.cert_check.reuse"), outcomes, moment)
    return report if report.findings or any(o.status == "met" for o in outcomes) else None


# -- what people and scripts see --------------------------------------------------------------------------------------


def _show(results: Sequence[tuple[str, CheckResult]], shared: Report | None) -> None:
    for number, (name, result) in enumerate(results):
        if number:
            say()
        _show_one(name, result)
    if shared is not None:
        say()
        say_lines(report_lines(shared))


def _show_one(name: str, result: CheckResult) -> None:
    facts, report = result.facts, result.report
    rows = [
        ("file", name),
        ("subject", facts.subject.text),
        ("oin", str(result.oin) if result.oin else tr("cli.cert_check.no_oin")),
        ("issuer", facts.issuer.common_name or facts.issuer.text),
        ("validity", f"{instant(facts.not_before)} … {instant(facts.not_after)}"),
        ("moment", str(instant(report.moment))),
        ("for", " ".join(part for part in (report.system, _environment(report)) if part)),
        ("path", _path(result)),
        ("revocation", _revocation_line(result)),
    ]
    width = max(len(tr(f"cli.cert_check.row.{key}")) for key, _ in rows)
    for key, value in rows:
        say(f"  {tr(f'cli.cert_check.row.{key}'):<{width}}  {value}")
    colour = {"passed": "green", "failed": "red"}.get(str(report.verdict), "yellow")
    verdict, *rest = report_lines(report)
    say(verdict, colour=colour, bold=True)
    say_lines(rest)


def _environment(report: Report) -> str:
    return tr(f"cli.cert_check.environment.{report.environment}")


def _path(result: CheckResult) -> str:
    from pkitools.x509 import read_certificate

    if result.path is None:
        return tr("cli.cert_check.no_path")
    names = [read_certificate(der).subject for der in result.path.certificates]
    shown = " ← ".join(name.common_name or name.text for name in names)
    return f"{shown}  ({tr('cli.cert_check.engine', engine=result.engine)})"


def _revocation_line(result: CheckResult) -> str:
    if not result.revocation.certificates:
        return tr("cli.cert_check.revocation_status.not_checked")
    words = []
    for entry in result.revocation.certificates:
        word = tr(f"cli.cert_check.revocation_status.{entry.status.kind}")
        words.append(f"{word} ({entry.status.code})" if entry.status.code else word)
    return ", ".join(words)


def _document(results: Sequence[tuple[str, CheckResult]], shared: Report | None) -> dict[str, object]:
    return {
        "certificates": [_result_document(name, result) for name, result in results],
        "reuse": report_document(shared) if shared is not None else None,
    }


def _result_document(name: str, result: CheckResult) -> dict[str, object]:
    facts = result.facts
    return {
        "file": name,
        "certificate": {
            "sha256": facts.sha256,
            "subject": facts.subject.text,
            "issuer": facts.issuer.text,
            "not_before": instant(facts.not_before),
            "not_after": instant(facts.not_after),
        },
        "oin": str(result.oin) if result.oin else None,
        "hierarchy": result.hierarchy.name if result.hierarchy else None,
        "recognised": {
            "match": str(result.recognition.match),
            "hierarchy": result.recognition.hierarchy.name if result.recognition.hierarchy else None,
        },
        "path": _path_document(result),
        "engine": result.engine or None,
        "revocation": _revocation_document(result),
        "report": report_document(result.report),
    }


def _path_document(result: CheckResult) -> list[str] | None:
    from hashlib import sha256

    return [sha256(der).hexdigest() for der in result.path.certificates] if result.path else None


def _revocation_document(result: CheckResult) -> dict[str, object]:
    return {
        "policy": str(result.revocation.policy),
        "certificates": [
            {
                "sha256": entry.certificate.sha256,
                "role": entry.certificate.role,
                "status": str(entry.status.kind),
                "code": entry.status.code or None,
                "reason": entry.status.reason,
                "revoked_at": instant(entry.status.revoked_at),
                "attempts": [
                    {
                        "source": str(attempt.source),
                        "origin": str(attempt.origin),
                        "url": attempt.url or None,
                        "code": attempt.code or None,
                        "status": str(attempt.status.kind),
                        "seconds": round(attempt.seconds, 3),
                        "notes": list(attempt.notes),
                        "produced": instant(attempt.produced),
                        "expires": instant(attempt.expires),
                    }
                    for attempt in entry.attempts
                ],
            }
            for entry in result.revocation.certificates
        ],
    }
