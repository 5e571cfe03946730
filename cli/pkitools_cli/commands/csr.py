"""``pkitools csr``: make a key and a certificate signing request, and judge one."""

from __future__ import annotations

import click

from pkitools.containers import ItemKind, items_of
from pkitools.environment import Environment
from pkitools.errors import SecretError
from pkitools.files import is_private, read_bytes
from pkitools.findings import Report, Severity, Verdict
from pkitools.profiles import get_profile, get_tsp
from pkitools.reports import report_document
from pkitools.requests import check_request, read_request, request_document
from pkitools.requests.keys import MAX_KEY_FILE_BYTES, PrivateKey, load_key
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command, Group
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import read_input
from pkitools_cli.options import environment_option, fail_on_option, json_option
from pkitools_cli.output import complain, emit_json, say, say_lines
from pkitools_cli.passphrases import asked_passphrase, can_ask, given_passphrase, passphrase_options
from pkitools_cli.remedies import report_lines

_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.INDETERMINATE: "yellow"}


@click.group("csr", cls=Group, help="cli.csr.help", lazy={"create": "pkitools_cli.commands.csr_create:create"})
def group() -> None:
    """Nouns of certificate signing requests."""


@group.command("check", cls=Command, help="cli.csr.check.help")
@click.argument("file", metavar="FILE")
@click.option("--profile", metavar="PROFILE", help="cli.csr.check.profile")
@click.option("--tsp", metavar="NAME", help="cli.csr.check.tsp")
@click.option("--key", "key_file", metavar="FILE", help="cli.csr.check.key")
@passphrase_options
@environment_option
@fail_on_option
@json_option
def check(
    *,
    file: str,
    profile: str | None,
    tsp: str | None,
    key_file: str | None,
    passphrase_file: str | None,
    passphrase_env: str | None,
    environment: str | None,
    fail_on: Severity | None,
    as_json: bool,
) -> int:
    """Judge the requests in a file."""
    wanted_profile = get_profile(profile) if profile else None
    wanted_tsp = get_tsp(tsp) if tsp else None
    where = Environment(environment) if environment else None
    passphrase = given_passphrase(passphrase_file, passphrase_env)
    source = read_input(file, passphrase)
    requests = items_of(source, ItemKind.REQUEST)
    key = read_key(key_file, passphrase) if key_file else None
    reports = [
        check_request(
            item.der,
            wanted_profile,
            tsp=wanted_tsp,
            key=key.public if key else None,
            environment=where,
            name=source.name if len(requests) == 1 else f"{source.name} #{item.position}",
        )
        for item in requests
    ]
    if as_json:
        results = [
            {"request": request_document(read_request(item.der)), "report": report_document(report)}
            for item, report in zip(requests, reports, strict=True)
        ]
        emit_json("pkitools.csr-check/v1", {"profile": profile, "tsp": tsp, "results": results})
    else:
        for item, report in zip(requests, reports, strict=True):
            _say_judged(item.der, report, profile)
    return of_reports(reports, fail_on)


def _say_judged(der: bytes, report: Report, profile: str | None) -> None:
    facts = read_request(der)
    verdict, *findings = report_lines(report)
    say(verdict, colour=_COLOURS[report.verdict], bold=True)
    say(tr("cli.csr.check.subject", subject=facts.subject.text))
    if facts.dns_names:
        say(tr("cli.csr.check.names", names=", ".join(facts.dns_names)))
    say(tr("cli.csr.check.made", label=facts.public_key.label, signature=facts.signature_algorithm.name))
    if findings:
        say_lines(findings)
    if profile is None:
        say(tr("cli.csr.check.no_profile"))


def read_key(path: str, passphrase: bytes | None) -> PrivateKey:
    """Return the private key in a file, asking for its passphrase when it needs one and somebody is there.

    Raises:
        PkitoolsError: unreadable, not a key, or encrypted without a passphrase.
    """
    data = read_bytes(path, limit=MAX_KEY_FILE_BYTES)
    if not is_private(path):
        complain(tr("cli.csr.key_readable", name=path))
    try:
        return load_key(data, path, passphrase=passphrase)
    except SecretError:
        if passphrase is not None or not can_ask():
            raise
        return load_key(data, path, passphrase=asked_passphrase(path))
