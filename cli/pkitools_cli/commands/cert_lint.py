"""``cert lint``: hold certificates to the rules of the source documents; no path, no revocation, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import click

from pkitools.containers import ItemKind, items_of
from pkitools.environment import Environment
from pkitools.errors import FileError, InputError, PkitoolsError, SecretError
from pkitools.findings import Report, Severity, Verdict
from pkitools.reports import report_document
from pkitools.reports.document import instant
from pkitools.rules import Role, detect_profile, find_issuer, lint, role_of
from pkitools.text import shown
from pkitools.trust import embedded_certificates
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import ExitCode, of_reports
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import read_input
from pkitools_cli.options import environment_option, fail_on_option, json_option, moment_option
from pkitools_cli.output import complain, emit_json, say, say_lines
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.remedies import error_line, report_lines

_COLOURS = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.INDETERMINATE: "yellow"}


@dataclass(frozen=True, slots=True)
class _Judged:
    """One certificate of one file."""

    file: str
    position: int
    facts: CertificateFacts
    role: Role
    profile: str | None
    report: Report


@click.command("lint", cls=Command, help="cli.cert_lint.help")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--profile", metavar="PROFILE", help="cli.cert_lint.profile")
@click.option("--for", "system", metavar="SYSTEM", help="cli.cert_lint.for")
@passphrase_options
@environment_option
@moment_option
@fail_on_option
@json_option
def lint_command(
    *,
    files: tuple[str, ...],
    profile: str | None,
    system: str | None,
    passphrase_file: str | None,
    passphrase_env: str | None,
    environment: str | None,
    moment: datetime,
    fail_on: Severity | None,
    as_json: bool,
) -> int:
    """Judge every certificate of every file."""
    where = Environment(environment) if environment else None
    passphrase = given_passphrase(passphrase_file, passphrase_env)
    found, unread = _found(files, passphrase)
    judged = list(_judged(found, profile, _system(system), where, moment))
    if as_json:
        emit_json("pkitools.cert-lint/v1", {"results": [_document(one) for one in judged]})
    else:
        _show(judged)
    if unread:
        return ExitCode.COULD_NOT  # not everything asked was judged
    return of_reports([one.report for one in judged], fail_on)


def _found(files: Sequence[str], passphrase: bytes | None) -> tuple[list[tuple[str, int, CertificateFacts]], int]:
    """Return the certificates of the files, and how many files could not be used."""
    found: list[tuple[str, int, CertificateFacts]] = []
    failures: list[PkitoolsError] = []
    for name in files:
        try:
            found += [(name, position, facts) for position, facts in _certificates(name, passphrase)]
        except (InputError, FileError, SecretError) as error:
            failures.append(error)
    if failures and not found:
        raise failures[0]
    for failure in failures:
        complain(error_line(failure))
    return found, len(failures)


def _system(name: str | None) -> str | None:
    if name is None:
        return None
    from pkitools.systems import get_system

    return get_system(name).name  # raises for a name nobody knows


def _judged(
    found: Sequence[tuple[str, int, CertificateFacts]],
    profile: str | None,
    system: str | None,
    environment: Environment | None,
    moment: datetime,
) -> Iterator[_Judged]:
    everything = [facts for _, _, facts in found]
    for name, position, facts in found:
        issuer = find_issuer(facts, everything) or _embedded_issuer(facts)
        role = role_of(facts)
        report = lint(
            facts,
            moment=moment,
            profile=profile,
            environment=environment,
            system=system,
            role=role,
            path=(facts, issuer) if issuer else (facts,),
            others=everything if len(everything) > 1 else (),
            raise_crashes=debugging(),
        )
        detected = detect_profile(facts) if role == "end_entity" else None
        used = profile if role == "end_entity" and profile else detected.name if detected else None
        yield _Judged(name, position, facts, role, used, report)


def _certificates(name: str, passphrase: bytes | None) -> list[tuple[int, CertificateFacts]]:
    source = read_input(name, passphrase)
    for bad in source.problems:
        complain(tr("cli.cert_lint.bad_block", file=name, position=bad.position, why=error_line(bad.error)))
    return [(item.position, read_certificate(item.der)) for item in items_of(source, ItemKind.CERTIFICATE)]


@cache
def _embedded() -> tuple[CertificateFacts, ...]:
    return tuple(read_certificate(held.der) for held in embedded_certificates())


def _embedded_issuer(facts: CertificateFacts) -> CertificateFacts | None:
    """Return the issuer among the CA certificates pkitools holds; a name alone is not enough, roots share theirs."""
    found = find_issuer(facts, _embedded())
    same_key = found is not None and found.subject_key_identifier == facts.authority_key_identifier
    return found if same_key else None


def _show(judged: Sequence[_Judged]) -> None:
    for number, one in enumerate(judged):
        if number:
            say()
        rows = [
            ("file", f"{one.file} ({one.position})"),
            ("subject", one.facts.subject.text),
            ("role", tr(f"cli.cert_lint.role.{one.role}")),
            ("profile", one.profile or tr("cli.cert_lint.no_profile") if one.role == "end_entity" else ""),
        ]
        width = max(len(tr(f"cli.cert_lint.row.{key}")) for key, _ in rows)
        for key, value in rows:
            if value:
                say(f"  {tr(f'cli.cert_lint.row.{key}'):<{width}}  {shown(value)}")
        verdict, *findings = report_lines(one.report)
        say(verdict, colour=_COLOURS[one.report.verdict], bold=True)
        if findings:
            say_lines(findings)


def _document(one: _Judged) -> dict[str, object]:
    facts = one.facts
    return {
        "file": one.file,
        "position": one.position,
        "certificate": {
            "sha256": facts.sha256,
            "subject": facts.subject.text,
            "issuer": facts.issuer.text,
            "not_before": instant(facts.not_before),
            "not_after": instant(facts.not_after),
        },
        "role": one.role,
        "profile": one.profile,
        "report": report_document(one.report),
    }
