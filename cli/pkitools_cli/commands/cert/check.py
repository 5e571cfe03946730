"""``cert check``: is this certificate right, for this environment and these systems?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from pkitools import reports
from pkitools.containers import BadItem, Contents
from pkitools.environment import Environment
from pkitools.errors import PkitoolsError
from pkitools.findings import Report, Verdict
from pkitools.frozen import dataclass, replace
from pkitools.reports import CheckedFile
from pkitools.reports.checked_file import about_keys
from pkitools.text import visible
from pkitools_cli.commands.cert.check_options import CheckOptions, Placed
from pkitools_cli.commands.cert.check_text import (
    chains_told,
    checked_told,
    copies_told,
    placings,
)
from pkitools_cli.commands.cert.next_step import next_step_of
from pkitools_cli.commands.given.judging import chain_of, revocation_of, revocation_options, trust_of, trust_option
from pkitools_cli.commands.next_steps import next_document
from pkitools_cli.debugging import debugging
from pkitools_cli.exit_codes import of_reports
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import (
    SUBFOLDERS,
    WithUnread,
    about_input,
    files_of,
    read_input,
    read_together,
    subfolders_told,
    told_problems,
    use_each,
)
from pkitools_cli.lines import wrapped
from pkitools_cli.options import OINText, fail_on_option, moment_option, required_environment_option
from pkitools_cli.own_data import given_data, refuse_unknown, systems_named
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.checking import CheckResult, Expectation, FileCheck, JudgedCertificate
    from pkitools.checking.beside import Companion
    from pkitools.checking.chain import ChainFile
    from pkitools.findings import Outcome
    from pkitools.systems import System
    from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of each file, and what there is to say of them together."""

    files: list[CheckedFile]
    reuse: Report | None

    @property
    def checks(self) -> list[tuple[str, FileCheck]]:
        """The files that could be judged."""
        return [(file.name, file.check) for file in self.files if file.check is not None]

    @property
    def unread(self) -> list[str]:
        """The names of the files that could not be judged and should have been."""
        return [file.name for file in self.files if file.error is not None and not file.harmless]

    @property
    def chains(self) -> list[tuple[str, ChainFile]]:
        """The files that were used as the chain of the others."""
        return [(file.name, file.chain) for file in self.files if file.chain is not None and not file.is_copy]

    @property
    def aside(self) -> list[str]:
        """What was counted once though it came twice, and that folders were not looked into, a sentence each."""
        copies = [file.name for file in self.files if file.is_copy]
        return [*copies_told(copies), *self.folders]

    @property
    def folders(self) -> list[str]:
        """That folders in a folder were not looked into, a sentence each."""
        errors = (file.error for file in self.files)
        return [subfolders_told(error) for error in errors if error is not None and error.code == SUBFOLDERS]

    @property
    def reports(self) -> list[Report]:
        """Every report."""
        of_files = [report for _, check in self.checks for report in _reports(check)]
        return [*of_files, *([self.reuse] if self.reuse is not None else [])]

    @property
    def decisive(self) -> list[Report]:
        """The reports that decide the exit code: how a file was delivered does so only where that was asked."""
        delivered = [check.delivery for _, check in self.checks if check.delivery.verdict is Verdict.FAILED]
        return [*self.reports, *delivered]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all; never PASSED where a part could not be judged."""
        found = {report.verdict for report in self.decisive}
        if Verdict.FAILED in found:
            return Verdict.FAILED
        return Verdict.PASSED if self.complete and found == {Verdict.PASSED} else Verdict.INDETERMINATE

    @property
    def complete(self) -> bool:
        """Whether every file, and every part of it, could be judged."""
        read = [file.check or file.chain for file in self.files if not file.harmless]
        return all(each is not None and each.is_complete for each in read)

    @property
    def results(self) -> list[tuple[str, CheckResult]]:
        """The result of each certificate, with what there is to say of its file, for those who see nothing else."""
        return [
            (name, replace(one.result, report=one.result.report + check.file_report))
            for name, check in self.checks
            for one in check.judged
        ]


def _reports(check: FileCheck) -> list[Report]:
    return [check.file_report, *(one.result.report for one in check.judged)]


@click.command("check", cls=Command, help="cli.cert_check.help", json_versions=(1, 2))
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR...")
@required_environment_option
@click.option("--for", "systems", multiple=True, metavar="SYSTEM", help="cli.cert_check.for")
@click.option("--oin", type=OINText(), metavar="OIN", help="cli.cert_check.oin")
@click.option("--organization", metavar="NAME", help="cli.cert_check.organization")
@click.option("--key", "key_file", metavar="FILE", help="cli.cert_check.key")
@click.option("--csr", "csr_file", metavar="FILE", help="cli.cert_check.csr")
@click.option("--expect", "expect_file", metavar="FILE.toml", help="cli.cert_check.expect")
@click.option("--alias", metavar="NAME", help="cli.cert_check.alias")
@click.option("--certificate", metavar="N|FINGERPRINT", help="cli.cert_check.certificate")
@click.option("--chain", multiple=True, metavar="FILE|DIR", help="cli.cert_check.chain")
@trust_option
@passphrase_options
@click.option("--entity-id", metavar="URN", help="cli.cert_check.entity_id")
@click.option("--profile", metavar="PROFILE", help="cli.cert_check.profile")
@click.option("--host", metavar="NAME", help="cli.cert_check.host")
@click.option("--beside", multiple=True, type=Placed(), help="cli.cert_check.beside")
@revocation_options
@click.option("--cross-check", is_flag=True, help="cli.cert_check.cross_check")
@click.option("--strict-delivery", is_flag=True, help="cli.cert_check.strict_delivery")
@click.option("--strict", is_flag=True, help="cli.cert_check.strict")
@click.option("--report", "reports", multiple=True, metavar="FILE.html", help="cli.cert_check.report")
@click.option("--force", is_flag=True, help="cli.cert_check.force")
@click.option("--verbose", is_flag=True, help="cli.cert_check.verbose")
@click.option("--quiet", is_flag=True, help="cli.cert_check.quiet")
@moment_option
@fail_on_option
@gathered(CheckOptions)
def command(options: CheckOptions) -> Reply[Checked]:
    """Judge each file, and what they have in common."""
    if (options.alias or options.certificate) and len(files_of(options.files)) > 1:
        raise click.UsageError(tr("cli.cert_check.one_file"))
    if options.entity_id is not None and not options.entity_id.strip():
        raise click.UsageError(tr("cli.cert_check.entity_id_empty"))
    if options.entity_id is not None and not options.systems and not is_entity_id(options.entity_id):
        raise click.UsageError(tr("cli.cert_check.no_entity_id", value=visible(options.entity_id, 80)))
    if options.verbose and options.quiet:
        raise click.UsageError(tr("cli.cert_check.verbose_or_quiet"))
    _refuse_pages(options)
    beside = _beside(options)
    read = _read(options, beside.unread)
    used = use_each(options.files, read.judge, lists_count=True, tell_folders=False, compared=read.compared)
    failed = [CheckedFile(each.name, error=each.error, harmless=each.harmless) for each in used.failures]
    checked = Checked([*used.results, *failed], None)
    checked = replace(checked, reuse=in_common(checked.checks, options, beside.value, read.keys))
    _write_pages(checked, options, read)
    return Reply(
        checked,
        document=lambda value: _document(value, options),
        text=lambda value: _told(value, options),
        code=of_reports(checked.decisive, options.fail_on, complete=checked.complete),
        warnings=(*_as_chain(checked, options), *_only_compared(options)),
        older={1: lambda value: reports.cert_check_document_v1(value.results, value.reuse)},
    )


def _refuse_pages(options: CheckOptions) -> None:
    """Refuse a page that cannot be written, before a certificate is read."""
    if options.reports:
        from pkitools_cli.commands.cert.page import refuse_pages

        refuse_pages(options.reports, overwrite=options.force)


def _write_pages(checked: Checked, options: CheckOptions, read: FilesTogether) -> None:
    if options.reports:
        from pkitools_cli.commands.cert.page import write_pages

        notes = [*chains_told(checked.chains), *checked.aside]
        write_pages(
            checked.files,
            options,
            verdict=checked.verdict,
            reuse=checked.reuse,
            given=read.given,
            companions=read.companions(),
            notes=notes,
        )


def _told(checked: Checked, options: CheckOptions) -> Iterator[Line | str]:
    yield from checked_told(
        checked.checks,
        checked.reuse,
        checked.unread,
        options,
        chains=checked.chains,
        complete=checked.complete,
        folders=checked.aside,
    )
    if options.reports and not options.quiet:
        yield ""
        yield from (row for name in options.reports for row in wrapped(tr("cli.scan.written", name=name), ""))


def _document(checked: Checked, options: CheckOptions) -> dict[str, object]:
    """Return the document, with what comes next for each certificate: that names commands, which the library cannot."""
    keys, _ = about_keys([check for _, check in checked.checks], checked.reuse)
    placed = placings(checked.checks, options, keys)

    def following(file: CheckedFile, one: JudgedCertificate) -> dict[str, object]:
        return {"next": next_document(partial(next_step_of, placed[file.name].of(one)))}

    code = of_reports(checked.decisive, options.fail_on, complete=checked.complete)
    whole = {"verdict": str(checked.verdict), "exit_code": int(code)}
    return reports.cert_check_document(checked.files, checked.reuse, following) | whole


def is_entity_id(text: str) -> bool:
    """Return whether a text is an entity ID of a scheme that is known."""
    from pkitools.oin.entity_schemes import ENTITIES, EntitySubject

    return EntitySubject(text, ENTITIES).is_parsed


def _read(options: CheckOptions, unread: Sequence[BadItem]) -> FilesTogether:
    """Return the files that were named, read."""
    refuse_unknown(options.systems)  # before a file is read
    passphrase = given_passphrase(options.passphrase_file, options.passphrase_env)
    files = files_of(options.files)
    named = [name for name, in_folder in files if not in_folder]
    return FilesTogether(
        options,
        lambda: read_together([name for name, _ in files], passphrase),
        passphrase=passphrase,
        unread=unread,
        named=named,
    )


class FilesTogether:
    """Files that are judged with one another: everything they share is read once, when this is made.

    Args:
        options: what was given.
        read: reads the files, by name: what each holds, or why it cannot be used. What was given beside them is read
            first: a wrong option is told before a file is.
        passphrase: of keystores and keys.
        unread: what could not be read already, of what was given beside the files.
        named: the files that were named, and not found in a folder.
    """

    unread: list[BadItem]
    """What could not be read of all that was given beside the files."""
    keys: tuple[Outcome, ...]
    """What there is to say of private keys in files of their own."""
    given: list[bytes]
    """The certificates that were given as chain and as roots, DER."""
    compared: Collection[str]
    """The names of the files whose keys and requests were compared."""

    def __init__(
        self,
        options: CheckOptions,
        read: Callable[[], Mapping[str, Contents | PkitoolsError]],
        *,
        passphrase: bytes | None,
        unread: Sequence[BadItem] = (),
        named: Sequence[str] = (),
    ) -> None:
        from pkitools.checking.chain import check_keys_together, compared_files, together
        from pkitools.checking.delivered_lists import with_delivered

        expected = _expected(options, passphrase)
        trust = trust_of(options.trust)
        from_chain = chain_of(options.chain)
        chain = from_chain.value.certificates
        self.given = [*chain, *(anchor.der for anchor in trust.anchors)] if trust else chain
        self._inputs, self._passphrase = read(), passphrase
        readable = {name: each for name, each in self._inputs.items() if not isinstance(each, PkitoolsError)}
        lists = revocation_of(options, from_chain.value.files)
        self.unread = [*unread, *expected.unread, *from_chain.unread, *lists.unread]
        self._has_certificates = any(each.certificates for each in readable.values())
        self._among = together(readable, passphrase)
        self.keys = check_keys_together(readable, passphrase, self._among.chains, named)
        self.compared = compared_files(readable, self.keys)
        revocation = with_delivered(lists.value, readable.values()) or lists.value
        judged = readable.keys() - self._among.chains.keys() - self._among.copies.keys()
        if sum(1 for name in judged if readable[name].certificates) > 1:
            revocation = revocation.for_several()
        self._check = partial(
            _checking(options, passphrase),
            intermediates=[*chain, *self._among.authorities] if len(self._inputs) > 1 else chain,
            trust=trust,
            revocation=revocation,
            expected=expected.value,
            unread=self.unread,
            held=self._among.held,
        )

    def companions(self) -> tuple[Companion, ...]:
        """Return the keys and requests in the files, for who tells with which certificate each goes."""
        from pkitools.checking.beside import companions

        readable = {name: each for name, each in self._inputs.items() if not isinstance(each, PkitoolsError)}
        return tuple(companions(readable, self._among.keys))

    def judge(self, name: str) -> CheckedFile:
        """Judge one file.

        Raises:
            PkitoolsError: it cannot be used.
        """
        from pkitools.checking.delivered_lists import refuse_unreadable_lists
        from pkitools.checking.private_keys import refuse_locked

        contents = self._inputs[name]
        if isinstance(contents, PkitoolsError):
            raise contents
        if name in self._among.chains:
            told_problems(contents, name)
            return CheckedFile(name, chain=self._among.chains[name])
        if name in self._among.copies:
            return CheckedFile(name, chain=self._among.copies[name], is_copy=True)
        refuse_unreadable_lists(contents)
        if self._has_certificates:
            refuse_locked(contents, self._passphrase)
        return CheckedFile(name, self._check(contents))


def _checking(options: CheckOptions, passphrase: bytes | None) -> Callable[..., FileCheck]:
    """Return what judges the contents of a file by the options that say the same of each."""
    from pkitools.checking import check_file

    return partial(
        check_file,
        moment=options.moment,
        environment=options.environment,
        systems=options.systems,
        entity_id=options.entity_id,
        profile=options.profile,
        host=options.host,
        alias=options.alias,
        certificate=options.certificate,
        cross_check=options.cross_check,
        strict=options.strict,
        passphrase=passphrase,
        strict_delivery=options.strict_delivery,
        data=given_data(),
        raise_crashes=debugging(),
    )


def _expected(options: CheckOptions, passphrase: bytes | None) -> WithUnread[Expectation | None, BadItem]:
    """Return what the certificates are held against; ``None`` when nothing is expected."""
    if not options.expects_something:
        return WithUnread(None)
    from pkitools_cli.commands.cert.expected import expectation

    return expectation(options, passphrase)


def _beside(options: CheckOptions) -> WithUnread[list[tuple[Environment, str, list[CertificateFacts]]], BadItem]:
    """Return the certificates that are in use elsewhere, with where and in which file."""
    found: list[tuple[Environment, str, list[CertificateFacts]]] = []
    unread: list[BadItem] = []
    for environment, name in options.beside:
        with about_input(name):
            in_use = _in_use(name)
        found.append((environment, name, in_use.value))
        unread += in_use.unread
    return WithUnread(found, tuple(unread))


def in_common(
    checks: Sequence[tuple[str, FileCheck]],
    options: CheckOptions,
    elsewhere: Sequence[tuple[Environment, str, list[CertificateFacts]]],
    keys: Sequence[Outcome] = (),
) -> Report | None:
    """Return what there is to say about using the certificates side by side; ``None`` when there is only one use."""
    systems: list[System | None] = [*systems_named(options.systems)] or [None]
    if len(checks) + len(options.beside) < 2 and len(systems) < 2:
        # the certificates of one file belong together
        return Report(tr("cli.cert_check.reuse"), tuple(keys), options.moment) if keys else None
    from pkitools.systems import Use, check_reuse

    uses = [
        Use(one.result.facts, system, options.environment, _label(name, one, check))
        for name, check in checks
        for one in check.judged
        for system in systems
    ]
    for environment, name, beside in elsewhere:
        uses += [Use(facts, system, environment, name) for facts in beside for system in systems]
    outcomes = (*keys, *check_reuse(uses, moment=options.moment))
    report = Report(tr("cli.cert_check.reuse"), outcomes, options.moment)
    return report if report.findings or any(o.status == "met" for o in outcomes) else None


def _in_use(name: str) -> WithUnread[list[CertificateFacts], BadItem]:
    """Return every certificate of a file that would be judged if it were asked about."""
    from pkitools.checking.file_check import subjects_of
    from pkitools.containers.wanted import unread_of

    contents = read_input(name)
    distinct = {one.facts.sha256: one.facts for one in subjects_of(contents)}
    return WithUnread(list(distinct.values()), unread_of(contents))


def _as_chain(checked: Checked, options: CheckOptions) -> tuple[str, ...]:
    """Return which files and folders were not judged, where each line of the answer is about one that was."""
    return (*chains_told(checked.chains), *checked.aside) if options.quiet else ()


def _only_compared(options: CheckOptions) -> tuple[str, ...]:
    """Return what is not said of the files that are in use elsewhere."""
    return tuple(tr("cli.cert_check.only_compared", file=name) for _, name in options.beside)


def _label(name: str, one: JudgedCertificate, check: FileCheck) -> str:
    return name if check.count == 1 else f"{name} ({one.subject.number})"
