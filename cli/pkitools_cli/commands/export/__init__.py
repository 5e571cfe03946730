"""``pkitools export``: a certificate in the form another program loads."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkitools.environment import Environment
from pkitools.exports import Export, export_forms, form_sheet
from pkitools.files import Output, check_outputs, has_permissions, is_folder, write_set
from pkitools.files.platform import forbid_core_dumps
from pkitools.frozen import dataclass
from pkitools.messages.days import day
from pkitools.reports import ToldError, export_document
from pkitools.text import shown
from pkitools.trust import HierarchyKind, hierarchy_of, is_self_signed
from pkitools_cli.commands.export.given import Passphrases, key_for, listed, read_given, with_key
from pkitools_cli.commands.export.written import refuse_to_replace_input
from pkitools_cli.commands.next_steps import Words, step
from pkitools_cli.commands.public_part import after_public
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import language, lookup, tr
from pkitools_cli.inputs import about_input
from pkitools_cli.lines import beside, next_step, wrapped
from pkitools_cli.options import environment_option, moment_option
from pkitools_cli.own_data import titles
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.remedies import told
from pkitools_cli.reply import Line, Reply
from pkitools_cli.wide import padded, width

if TYPE_CHECKING:
    from pkitools.exports import ExportForm
    from pkitools.x509 import CertificateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``export`` was given."""

    form: str
    file: str
    key_file: str | None
    chain: tuple[str, ...]
    trust: tuple[str, ...]
    target: str
    alias: str | None
    certificate: str | None
    name: str | None
    legacy: bool
    passphrase_file: str | None
    passphrase_env: str | None
    key_passphrase_file: str | None
    key_passphrase_env: str | None
    no_passphrase: bool
    system: str | None
    environment: Environment | None
    force: bool
    moment: datetime

    def passphrases(self) -> Passphrases:
        """Return where the passphrases come from."""
        return Passphrases(
            self.passphrase_file,
            self.passphrase_env,
            self.key_passphrase_file,
            self.key_passphrase_env,
            none=self.no_passphrase,
        )

    @property
    def read(self) -> tuple[str | None, ...]:
        """The files that are read."""
        return (self.file, self.key_file, *self.chain, self.passphrase_file, self.key_passphrase_file)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, where what stood there is kept, and what of what was given could not be read."""

    export: Export
    backups: tuple[Path, ...]
    unread: tuple[ToldError, ...]


@click.command("export", cls=Command, help="cli.export.help")
@click.argument("form", metavar="FORM", type=click.Choice([form.name for form in export_forms()]))
@click.argument("file", metavar="FILE")
@click.option("--key", "key_file", metavar="FILE", help="cli.export.key")
@click.option("--chain", multiple=True, metavar="FILE|DIR", help="cli.export.chain")
@click.option("--trust", multiple=True, metavar="FILE|DIR", help="cli.export.trust")
@click.option("--out", "target", metavar="PATH", required=True, help="cli.export.out")
@click.option("--alias", metavar="NAME", help="cli.export.alias")
@click.option("--certificate", metavar="N|FINGERPRINT", help="cli.export.certificate")
@click.option("--name", metavar="NAME", help="cli.export.name")
@click.option("--legacy", is_flag=True, help="cli.export.legacy")
@passphrase_options
@click.option("--key-passphrase-file", metavar="FILE", help="cli.export.key_passphrase_file")
@click.option("--key-passphrase-env", metavar="NAME", help="cli.export.key_passphrase_env")
@click.option("--no-passphrase", is_flag=True, help="cli.export.no_passphrase")
@click.option("--for", "system", metavar="SYSTEM", help="cli.export.for")
@environment_option
@click.option("--force", is_flag=True, help="cli.export.force")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Written]:
    """Write the files of a form."""
    forbid_core_dumps()  # a crash must not leave the key in a core file
    form = next(form for form in export_forms() if form.name == options.form)
    _refuse_clashes(form, options)
    written = _write(form, options)
    return Reply(
        written,
        document=lambda one: export_document(one.export, one.backups, one.unread),
        text=partial(_text, options=options),
        code=ExitCode.COULD_NOT if written.unread else ExitCode.PASSED,
        warnings=_folder_decides(written.export),
    )


def _folder_decides(export: Export) -> tuple[str, ...]:
    """Return who may read the key where no mode of a file says it."""
    secret = [file for file in export.files if file.secret]
    if has_permissions() or not secret:
        return ()
    return (tr("cli.csr.create.folder_decides", folder=secret[0].path.absolute().parent),)


def _refuse_clashes(form: ExportForm, options: Options) -> None:
    """Refuse options that say nothing of this form, and a name that is none."""
    if options.legacy and not form.takes_passphrase:
        raise click.UsageError(tr("cli.export.legacy_where", form=form.name))
    if (options.system or options.environment) and form.name != "public":
        raise click.UsageError(tr("cli.export.for_where", form=form.name))
    titles([options.system] if options.system else ())  # a wrong name is told before anything is written
    if options.no_passphrase and form.takes_passphrase:
        raise click.UsageError(tr("cli.export.needs_passphrase", form=form.name))
    if not form.is_one_file and (options.target.endswith(os.sep) or is_folder(options.target)):
        raise click.UsageError(tr("cli.export.prefix", prefix=options.target.rstrip(os.sep)))


def _write(form: ExportForm, options: Options) -> Written:
    from pkitools.exports import build_export

    files = [(file.place(options.target), file.is_secret) for file in form.files]
    check_outputs([Output(path, b"", secret=secret) for path, secret in files], overwrite=options.force)
    refuse_to_replace_input((path for path, _ in files), options.read)
    secrets = options.passphrases()
    read, key = read_given(options, secrets, options.trust)
    with about_input(options.file):
        material = with_key(read.material, key_for(form, read, key, options, secrets))
    export = build_export(
        form,
        material,
        options.target,
        moment=options.moment,
        passphrase=secrets.of_keystore() if form.takes_passphrase else None,
        name=options.name,
        legacy=options.legacy,
        language=language(),
        environment=options.environment,
    )
    return Written(export, write_set(export.outputs, overwrite=options.force), read.unread)


def _text(written: Written, options: Options) -> Iterator[Line | str]:
    export = written.export
    facts = export.material.certificate
    title = tr("cli.export.written", form=export.form.name, subject=shown(facts.subject.called))
    yield from (Line(row, bold=True) for row in wrapped(title, ""))
    room = max(width(str(file.path)) for file in export.files)
    for file in export.files:
        holds = listed(file.holds)
        yield from beside(
            f"  {padded(str(file.path), room)}  ", tr("cli.export.secret", holds=holds) if file.secret else holds
        )
    for backup in written.backups:
        yield tr("cli.export.backup", path=backup)
    if export.form.name == "public":
        yield from _sheet(export)
    yield from _notes(export)
    if export.form.name == "public":
        yield from _sent(export, options)
        return
    if export.form.takes_key and any(note.is_objection for note in export.notes):
        yield from _not_yet("installed", export, options)
        return
    yield from _now(export)
    yield f"    {shlex.join(export.test)}"


def _not_yet(what: str, export: Export, options: Options) -> Iterator[str]:
    """Yield that what was written is not to be used as it is, and the command that says what is the matter."""
    found = step(f"export_public.{what}", {}, {"check": lambda: _check_words(export.material.certificate, options)})
    yield from found.told() if found is not None else ()


def _check_words(facts: CertificateFacts, options: Options) -> Words:
    kind = hierarchy_of(facts).kind
    of_tests = is_self_signed(facts) or kind not in {None, HierarchyKind.PRODUCTION}
    where = options.environment or (Environment.PREPRODUCTION if of_tests else Environment.PRODUCTION)
    system = ("--for", options.system) if options.system else ()
    chosen = ("--certificate", options.certificate) if options.certificate else ()
    trust = (word for name in options.trust for word in ("--trust", name))
    return ("cert", "check", options.file, "-e", str(where), *system, *chosen, *trust)


def _now(export: Export) -> Iterator[str]:
    """Yield how a program comes to read its configuration, where the test is of all it reads; then the test."""
    name = export.form.name
    files = [file.path.absolute().as_posix() for file in export.files if file.holds == ("configuration",)]
    test = tr("cli.export.test")
    if files and lookup(f"cli.export.use.{name}") is not None:
        yield from next_step(tr(f"cli.export.use.{name}", path=files[0]))
        if lookup(f"cli.export.line.{name}") is not None:
            yield f"        {tr(f'cli.export.line.{name}', path=files[0])}"  # never wrapped: it is to be pasted
        yield from wrapped(test, "    ")
    else:
        yield from next_step(test)


def _sent(export: Export, options: Options) -> Iterator[str]:
    """Yield the test of the public part, then to whom it goes, and what comes when they have it."""
    if any(note.is_objection for note in export.notes):
        yield from _not_yet("objection", export, options)
        return
    test = tr("cli.export.test")
    yield from wrapped(test, "")
    yield f"    {shlex.join(export.test)}"
    found = after_public([str(file.path) for file in export.files], options.system, options.environment)
    yield from found.told() if found is not None else ()


def _sheet(export: Export) -> Iterator[str]:
    yield ""
    rows = list(form_sheet(export.material.certificate).rows(language()))
    width = max(len(label) for label, _ in rows)
    for label, value in rows:
        yield from beside(f"  {label:<{width}}  ", value)
    yield ""


def _notes(export: Export) -> Iterator[str]:
    for note in export.notes:
        params = {
            name: day(value, language()) if isinstance(value, datetime) else value
            for name, value in note.params.items()
        }
        text = told(note.code, params)
        yield from wrapped(f"{text.message} {text.remedy}", "  ", f"{tr('cli.export.note')} ")
