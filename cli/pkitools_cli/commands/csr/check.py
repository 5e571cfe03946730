"""``pkitools csr check``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import click

from pkitools.containers import ItemKind, items_of
from pkitools.environment import Environment
from pkitools.findings import Outcome, Report, Severity, Verdict
from pkitools.frozen import dataclass
from pkitools.profiles import TSP, get_profile
from pkitools.reports import ToldError, csr_check_document, csr_check_document_v1
from pkitools.reports.telling.answer import told
from pkitools.requests import PrivateKey, RequestFacts
from pkitools.x509 import oin_from_subject
from pkitools_cli.commands.csr.judging import AskedOfRequests, RequestsTogether
from pkitools_cli.commands.given.keys import read_either_key
from pkitools_cli.commands.next_steps import (
    NextStep,
    Words,
    again,
    carried,
    more_of,
    next_document,
    request_command,
    step,
)
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import blank, language, tr
from pkitools_cli.inputs import files_of, read_together, told_problems, use_each
from pkitools_cli.lines import labelled, report_told, wrapped
from pkitools_cli.options import environment_option, fail_on_option
from pkitools_cli.output import complain
from pkitools_cli.own_data import given_data, tsp_named
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.remedies import remedy_text
from pkitools_cli.reply import Line, Reply

_OF_THE_TSP: Final = "csr.tsp."
_OTHER_KEY: Final = "csr.key.match"
_DOUBTED: Final = "csr.subject.oin_identifier"
_CONTRADICTS: Final = "csr.oin.organization_identifier"
_NOT_TO_SEND: Final = frozenset({"received.private_key.published", "csr.signature.hash"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``csr check`` was given."""

    files: tuple[str, ...]
    profile: str | None
    tsp: str | None
    key_file: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    environment: Environment | None
    fail_on: Severity | None


@dataclass(frozen=True, slots=True)
class Judged:
    """The requests of the files, each with its report, and the names of what they were held to."""

    requests: list[tuple[RequestFacts, Report]]
    profile: str | None
    tsp: str | None
    unread: list[ToldError]
    files: list[str]
    """The file of each request."""
    with_another_key: frozenset[str] = frozenset()
    """The files in which a private key stands that is none of their requests'."""

    @property
    def complete(self) -> bool:
        """Whether everything that should hold a request was read."""
        return all(each.passed_over for each in self.unread)

    @property
    def unread_files(self) -> list[str]:
        """The files of which something that should hold a request could not be read, each once."""
        return list(dict.fromkeys(each.file for each in self.unread if not each.passed_over))

    @property
    def verdict(self) -> Verdict:
        """Of all that was asked: never passed where a part of it could not be judged."""
        found = {report.verdict for _, report in self.requests}
        if Verdict.FAILED in found:
            return Verdict.FAILED
        return Verdict.PASSED if found == {Verdict.PASSED} and self.complete else Verdict.INDETERMINATE


@click.command("check", cls=Command, help="cli.csr.check.help", json_versions=(1, 2))
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR...")
@click.option("--profile", metavar="PROFILE", help="cli.csr.check.profile")
@click.option("--tsp", metavar="NAME", help="cli.csr.check.tsp")
@click.option("--key", "key_file", metavar="FILE", help="cli.csr.check.key")
@passphrase_options
@environment_option
@fail_on_option
@gathered(Options)
def command(options: Options) -> Reply[Judged]:
    """Judge the requests in each file; the worst decides."""
    judged = _judged(options)
    reports = [report for _, report in judged.requests]
    code = of_reports(reports, options.fail_on, complete=judged.complete)
    return Reply(
        judged,
        document=lambda value: {
            **csr_check_document(value.requests, value.profile, value.tsp, value.unread),
            "verdict": str(value.verdict),
            "exit_code": int(code),
            "next": next_document(lambda: _next(value, options)),
        },
        text=partial(_text, options=options),
        code=code,
        older={1: lambda value: csr_check_document_v1(value.requests, value.profile, value.tsp)},
    )


def _judged(options: Options) -> Judged:
    together, unread = _together(options), list[ToldError]()

    def judge(name: str) -> list[tuple[str, RequestFacts, Report]]:
        source = together.source(name)
        items_of(source, ItemKind.REQUEST)  # of one without any nothing more is told
        unread.extend(told_problems(source, name))
        if source.of_kind(ItemKind.CERTIFICATE):
            complain(tr("cli.csr.check.not_judged", file=name))
        return together.judge(name)

    used = use_each(options.files, judge, compared=together.compared, wanted=ItemKind.REQUEST)
    found = [each for of_file in used.results for each in of_file]
    files = [name for name, _, _ in found]
    requests = [(facts, report) for _, facts, report in found]
    asked = together.asked
    return Judged(
        requests,
        asked.profile.name if asked.profile else None,
        asked.tsp.name if asked.tsp else None,
        [*used.errors, *unread],
        files,
        together.with_another_key(files, [facts for facts, _ in requests]),
    )


def _together(options: Options) -> RequestsTogether:
    """Return the requests of the files with what they are held to: a wrong option is told before a file is read."""
    profile = None if options.profile is None else get_profile(options.profile)
    tsp, untold = _tsp(options.tsp)
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    key = read_either_key(options.key_file, passphrase) if options.key_file else None
    asked = AskedOfRequests(
        profile=profile,
        tsp=tsp,
        untold=untold,
        environment=options.environment,
        key=key.public if isinstance(key, PrivateKey) else key,
    )
    given = files_of(options.files)
    sources = read_together([name for name, _ in given], passphrase, wanted=ItemKind.REQUEST)
    return RequestsTogether(asked, sources, passphrase, [name for name, of_folder in given if not of_folder])


def _tsp(name: str | None) -> tuple[TSP | None, Report]:
    """Return the TSP, and what there is to say where the file that should describe it could not be used."""
    nothing = Report("", ())
    if name is None:
        return None, nothing
    data = given_data()
    if data is None or not data.cannot_tell_tsp(name):
        return tsp_named(name), nothing
    return None, Report("", tuple(data.outcomes("tsps")))


def _text(judged: Judged, options: Options) -> Iterator[Line | str]:
    for facts, report in judged.requests:
        yield from report_told(report, *labelled("cli.csr.check.row", _facts(facts)))
        if judged.profile is None:
            yield from wrapped(tr("cli.csr.check.no_profile"), "")
    unread = judged.unread_files
    if len(judged.requests) + len(unread) > 1:
        from pkitools_cli.commands.csr.check_table import table

        yield ""
        yield from table(judged.files, judged.requests, unread)
    if (found := _next(judged, options)) is not None:
        yield ""
        yield from found.told()


def _facts(facts: RequestFacts) -> Iterator[tuple[str, str | None]]:
    yield "subject", facts.subject.text
    yield "names", ", ".join(facts.dns_names) or None
    made = {"label": facts.public_key.label, "signature": facts.signature_algorithm.name}
    yield "key", tr("cli.csr.check.made", **made)


def _next(judged: Judged, options: Options) -> NextStep | None:
    """Return what to do with a request that is right, and with one that is not."""
    failed = next((n for n, (_, report) in enumerate(judged.requests) if report.verdict is Verdict.FAILED), None)
    if failed is not None:
        return _after_failing(judged, failed, options)
    if doubted := _doubted(judged):
        return NextStep(told(doubted, language(), remedy_text).remedy)
    if not judged.complete:
        return step("csr_check.unread", {"file": judged.unread_files[0]}, {})
    if judged.files.count(judged.files[0]) > 1:
        return step("csr_check.passed_several", {"file": judged.files[0]}, {})
    beside = carried(only=frozenset({"key_file", "passphrase_file", "passphrase_env"}))
    environment = options.environment or Environment.PRODUCTION  # not said: the sentence says which to change it into
    where = ("-e", environment.value)
    arriving = ("cert", "check", blank("file"), "--csr", judged.files[0], *where, *beside)
    anywhere = "" if options.environment else "_anywhere"
    return step(f"csr_check.passed{anywhere}", {}, {"check": lambda: arriving})


def _after_failing(judged: Judged, failed: int, options: Options) -> NextStep | None:
    file, (facts, report) = judged.files[failed], judged.requests[failed]
    several = "failed_of" if len(judged.requests) > 1 else "failed"
    inside = "_inside" if file in judged.with_another_key else ""
    key = f"key{inside}" if _violated(report) == {_OTHER_KEY} else several
    again_with = again([file], "--key", blank("file"), without=frozenset({"key_file"}))
    return step(
        f"csr_check.{key}",
        {"file": file},
        {"create": lambda: _better(facts, report, options), "again": lambda: again_with},
    )


def _doubted(judged: Judged) -> Outcome | None:
    """Return what a TSP will not take, as far as is known: nobody is told to send such a request on."""
    found = (each for _, report in judged.requests for each in report.findings)
    doubts = (x for x in found if x.rule.severity >= Severity.WARNING)
    return next((x for x in doubts if x.rule.code.startswith(_OF_THE_TSP) or x.rule.code in _NOT_TO_SEND), None)


def _violated(report: Report) -> set[str]:
    return {found.rule.code for found in report.findings if found.rule.severity is Severity.ERROR}


def _better(facts: RequestFacts, report: Report, options: Options) -> Words | None:
    """Return the command that makes the request anew, with what is not wrong with its subject."""
    oin = oin_from_subject(facts.subject, facts.subject_alternative_name or ()).oin
    more = more_of(facts.subject, without=_wrong_attributes(report))
    if oin is not None and oin.kvk == more.get("kvk"):
        more.pop("kvk", None)  # the OIN says it
    return request_command(
        profile=options.profile,
        tsp=options.tsp,
        environment=options.environment,
        oin=str(oin) if oin else None,
        organization=facts.subject.organization,
        common_name=facts.subject.common_name,
        dns=facts.dns_names,
        more=more,
    )


def _wrong_attributes(report: Report) -> set[str]:
    """Return the names of the attributes of the subject that something is wrong with.

    The OIN in the place of a KvK number is only doubted: who has none has nothing else to say there.
    """
    found = [x for x in report.findings if x.rule.code != _DOUBTED or x.rule.severity is Severity.ERROR]
    contradicts = {"organizationIdentifier"} if any(x.rule.code == _CONTRADICTS for x in found) else set()
    return contradicts | {x.params["attribute"] for x in found if "attribute" in x.params}
