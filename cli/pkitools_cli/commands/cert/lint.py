"""``cert lint``: hold certificates to the rules of the source documents; no path, no revocation, no network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, partial

import click

from pkitools.containers import ItemKind, items_of
from pkitools.environment import Environment
from pkitools.errors import InputError
from pkitools.findings import Severity, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.profiles import get_profile
from pkitools.reports import LintedCertificate, ToldError, cert_lint_document, cert_lint_document_v1
from pkitools.rules import detect_profile, find_issuer, lint, role_of
from pkitools.text import shown
from pkitools.trust import HierarchyKind, embedded_certificates, hierarchy_of
from pkitools.x509 import CertificateFacts, read_certificate
from pkitools_cli.commands.next_steps import step
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import blank, tr
from pkitools_cli.inputs import pass_over, read_input, told_problems, use_each
from pkitools_cli.lines import labelled, report_told
from pkitools_cli.options import environment_option, fail_on_option, moment_option
from pkitools_cli.own_data import given_data, refuse_unknown
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``cert lint`` was given."""

    files: tuple[str, ...]
    profile: str | None
    system: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    environment: Environment | None
    moment: datetime
    fail_on: Severity | None


@dataclass(frozen=True, slots=True)
class _Found:
    """One certificate of one file."""

    file: str
    position: int
    facts: CertificateFacts


@click.command("lint", cls=Command, help="cli.cert_lint.help", json_versions=(1, 2))
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--profile", metavar="PROFILE", help="cli.cert_lint.profile")
@click.option("--for", "system", metavar="SYSTEM", help="cli.cert_lint.for")
@passphrase_options
@environment_option
@moment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[list[LintedCertificate]]:
    """Judge every certificate of every file."""
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    unread: list[ToldError] = []
    used = use_each(options.files, lambda name: list(_certificates(name, passphrase, unread)))
    linted = _linted([one for found in used.results for one in found], options)
    complete = used.complete and not unread
    code = of_reports((one.report for one in linted), options.fail_on, complete=complete)
    return Reply(
        linted,
        document=lambda value: cert_lint_document(value, [*used.errors, *unread]),
        text=partial(_text, options=options),
        code=code,
        older={1: cert_lint_document_v1},
    )


def _certificates(name: str, passphrase: bytes | None, unread: list[ToldError]) -> Iterator[_Found]:
    """Yield the certificates of a file; what of it could not be read is told, and added to ``unread``."""
    source = read_input(name, passphrase)
    unread += told_problems(source, name)
    found, failures = [], []
    for item in items_of(source, ItemKind.CERTIFICATE):
        try:
            found.append(_Found(name, item.position, read_certificate(item.der)))
        except InputError as error:
            failures.append((item.position, error))
    if not found:
        raise failures[0][1]
    unread += [pass_over(name, position, failure) for position, failure in failures]
    yield from found


def _system(name: str | None) -> str | None:
    if name is None:
        return None
    refuse_unknown([name])
    return name


def _linted(found: Sequence[_Found], options: Options) -> list[LintedCertificate]:
    everything = [one.facts for one in found]
    if options.profile is not None:
        options = replace(options, profile=get_profile(options.profile).name)
    system = _system(options.system)
    return [_lint(one, everything, options, system) for one in found]


def _lint(
    one: _Found, everything: Sequence[CertificateFacts], options: Options, system: str | None
) -> LintedCertificate:
    facts, role = one.facts, role_of(one.facts)
    issuer = find_issuer(facts, everything) or _embedded_issuer(facts)
    report = lint(
        facts,
        moment=options.moment,
        profile=options.profile,
        environment=options.environment,
        system=system,
        role=role,
        path=(facts, issuer) if issuer else (facts,),
        others=everything if len(everything) > 1 else (),
        data=given_data(),
        raise_crashes=debugging(),
    )
    profile = _profile(facts, options.profile) if role == "end_entity" else None
    return LintedCertificate(one.file, one.position, facts, role, profile, report)


def _profile(facts: CertificateFacts, chosen: str | None) -> str | None:
    detected = detect_profile(facts)
    return chosen or (detected.name if detected else None)


@cache
def _embedded() -> tuple[CertificateFacts, ...]:
    return tuple(read_certificate(held.der) for held in embedded_certificates())


def _embedded_issuer(facts: CertificateFacts) -> CertificateFacts | None:
    """Return the issuer among the CA certificates pkitools holds; a name alone is not enough, roots share theirs."""
    found = find_issuer(facts, _embedded())
    same_key = found is not None and found.subject_key_identifier == facts.authority_key_identifier
    return found if same_key else None


def _text(linted: Sequence[LintedCertificate], options: Options) -> Iterator[Line | str]:
    for number, one in enumerate(linted):
        if number:
            yield ""
        rows = (
            ("file", f"{one.file} ({one.position})"),
            ("subject", one.facts.subject.text.short),
            ("role", tr(f"cli.cert_lint.role.{one.role}")),
            ("profile", one.profile or tr("cli.cert_lint.no_profile") if one.role == "end_entity" else ""),
        )
        told = labelled("cli.cert_lint.row", ((key, shown(value) if value else None) for key, value in rows))
        yield from report_told(one.report, *told)
    yield from _next(linted, options)


def _next(linted: Sequence[LintedCertificate], options: Options) -> Iterator[str]:
    """Yield what to do when nothing is wrong: the rules are not all there is."""
    ends = [one for one in linted if one.role == "end_entity"]
    if ends and all(one.report.verdict is not Verdict.FAILED for one in linted):
        words = ("cert", "check", *dict.fromkeys(one.file for one in ends))
        system = ("--for", options.system) if options.system else ()
        kind = hierarchy_of(ends[0].facts).kind
        environment = options.environment or _environment(kind)
        # what is of no PKIoverheid that is known is trusted by nobody here: without its root there is no answer
        trust = ("--trust", blank("file")) if kind is None else ()
        key = "elsewhere" if kind is None else "passed"
        check = (*words, "-e", environment.value, *system, *trust)
        found = step(f"cert_lint.{key}", {}, {"check": lambda: check})
        yield ""
        yield from found.told() if found is not None else ()


def _environment(kind: HierarchyKind | None) -> Environment:
    """Return the environment that certificates of such a hierarchy are of; one that is not known need be no test."""
    return Environment.PRODUCTION if kind in {HierarchyKind.PRODUCTION, None} else Environment.PREPRODUCTION
