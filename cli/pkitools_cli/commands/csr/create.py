"""``pkitools csr create``: a key and a request, or a self-signed certificate. Many at once: ``create_batch``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import click

from pkitools.files import has_permissions
from pkitools.files.platform import forbid_core_dumps
from pkitools.findings import Outcome, Severity
from pkitools.reports import (
    WrittenCertificate,
    WrittenRequest,
    csr_create_document,
    csr_create_document_v1,
    self_signed_document,
)
from pkitools.requests.batch import SIGNATURES
from pkitools.text import joined
from pkitools_cli.commands.csr.create_one import write_one, write_self_signed
from pkitools_cli.commands.csr.create_options import CreateOptions
from pkitools_cli.commands.csr.create_text import self_signed_told, written_told
from pkitools_cli.framework import Command, gathered, is_for_people
from pkitools_cli.i18n import language, report_word, tr
from pkitools_cli.options import OINText, environment_option, moment_option
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.remedies import told
from pkitools_cli.reply import Reply

_OPEN: Final = frozenset(f"ordering.reason.{slug}" for slug in ("tsp_open", "tsp_unknown", "oin_unknown"))
"""What is not said of these is told with the answer, and is for later."""
_STEPS: Final = frozenset({"csr.tsp.oin"})  # what the steps that come next say to people
_MOST_FILES: Final = 3  # before a sentence about them


@click.command("create", cls=Command, help="cli.csr.create.help", json_versions=(1, 2))
@click.option("--oin", type=OINText(), metavar="OIN", help="cli.csr.create.oin")
@click.option("--organization", metavar="NAME", help="cli.csr.create.organization")
@click.option("--common-name", metavar="CN", help="cli.csr.create.common_name")
@click.option("--dns", metavar="NAME", multiple=True, help="cli.csr.create.dns")
@click.option("--kvk", metavar="N", help="cli.csr.create.kvk")
@click.option("--organization-identifier", metavar="ID", help="cli.csr.create.organization_identifier")
@click.option("--tsp", metavar="NAME", help="cli.csr.create.tsp")
@click.option("--locality", metavar="L", help="cli.csr.create.locality")
@click.option("--province", metavar="P", help="cli.csr.create.province")
@click.option("--country", metavar="C", help="cli.csr.create.country")
@click.option("--for", "system", metavar="SYSTEM", help="cli.csr.create.for")
@click.option("--profile", metavar="PROFILE", help="cli.csr.create.profile")
@click.option("--renew", metavar="FILE", help="cli.csr.create.renew")
@environment_option
@click.option("--key", "key_file", metavar="FILE", help="cli.csr.create.key")
@click.option("--pkcs11", "token", metavar="URI", help="cli.csr.create.pkcs11")
@click.option("--key-type", metavar="TYPE", help="cli.csr.create.key_type")
@click.option("--signature", type=click.Choice(list(SIGNATURES)), help="cli.csr.create.signature")
@passphrase_options
@click.option("--no-passphrase", is_flag=True, help="cli.csr.create.no_passphrase")
@click.option("--out", "prefix", metavar="PREFIX", help="cli.csr.create.out")
@click.option("--from", "batch_file", metavar="FILE", help="cli.csr.create.from")
@click.option("--out-dir", metavar="DIR", help="cli.csr.create.out_dir")
@click.option("--self-signed", is_flag=True, help="cli.csr.create.self_signed")
@click.option("--days", type=int, metavar="N", help="cli.csr.create.days")
@click.option("--resume", is_flag=True, help="cli.csr.create.resume")
@click.option("--force", is_flag=True, help="cli.csr.create.force")
@moment_option
@gathered(CreateOptions)
def command(options: CreateOptions) -> Reply[list[WrittenRequest]] | Reply[WrittenCertificate]:
    """Make a key and a request, or many."""
    forbid_core_dumps()  # a crash must not leave the key in a core file
    _refuse_clashes(options)
    if options.self_signed:
        return _self_signed(options)
    if options.batch_file is not None and options.out_dir is not None:
        from pkitools_cli.commands.csr.create_batch import write_batch  # one request needs none of it

        written = write_batch(options, options.batch_file, options.out_dir)
    else:
        written = [write_one(options)]
    warnings = (*_folder_decides([one.key_file for one in written]), *_attention(written), *_oddities(written))
    return Reply(
        written,
        document=csr_create_document,
        text=partial(written_told, moment=options.moment, warnings=warnings),
        warnings=warnings,
        warnings_in_text=True,
        older={1: csr_create_document_v1},
    )


def _self_signed(options: CreateOptions) -> Reply[WrittenCertificate]:
    written = write_self_signed(options)
    return Reply(
        written,
        document=self_signed_document,
        text=self_signed_told,
        warnings=tuple(_folder_decides([written.key_file])),
    )


def _refuse_clashes(options: CreateOptions) -> None:
    """Refuse options that do not go together."""
    is_batch = options.batch_file is not None
    alone = (options.prefix, options.key_file, options.renew, options.token)
    if is_batch != (options.out_dir is not None) or (is_batch and any(alone)):
        raise click.UsageError(tr("cli.csr.create.batch_options"))
    if options.resume and (options.force or not is_batch):
        raise click.UsageError(tr("cli.csr.create.resume_alone"))
    if (options.days is not None and not options.self_signed) or (options.tsp is not None and options.self_signed):
        raise click.UsageError(tr("cli.csr.create.self_signed_options"))
    if is_batch and options.self_signed:
        raise click.UsageError(tr("cli.csr.create.batch_self_signed"))
    options.passphrase()  # what is said of it is wrong before anything else is looked at
    if options.token is not None and (options.key_file is not None or options.no_passphrase):
        raise click.UsageError(tr("cli.csr.create.pkcs11_alone"))
    if (options.key_file or options.token) is not None and options.key_type is not None:
        raise click.UsageError(tr("cli.csr.create.key_or_type"))


def _folder_decides(key_files: Sequence[str | None]) -> list[str]:
    """Return who may read the keys where no mode of theirs says it."""
    made = [name for name in key_files if name]
    if has_permissions() or not made:
        return []
    return [tr("cli.csr.create.folder_decides", folder=Path(made[0]).absolute().parent)]


def _attention(written: Sequence[WrittenRequest]) -> list[str]:
    """Return what was chosen and is not simply so, each sentence once, with the files it is about before it."""
    files: dict[str, list[str]] = {}
    for one in written:
        for reason in one.choice.reasons if one.choice is not None else ():
            if reason.attention and reason.code not in _OPEN:
                files.setdefault(reason.sentence(language()), []).append(one.request_file)
    word = report_word("severity", Severity.WARNING.name)
    return [f"{word}: {_listed(names, written)}: {sentence}" for sentence, names in files.items()]


def _oddities(written: Sequence[WrittenRequest]) -> list[str]:
    """Return what the check of each request warns of, each sentence once, with the files it is about before it."""
    files: dict[tuple[str, str], list[str]] = {}
    told_already = _STEPS if is_for_people() else frozenset()
    for one in written:
        for outcome in one.warnings:
            if outcome.rule.code not in told_already:
                found = (report_word("severity", outcome.rule.severity.name), _warning(outcome))
                files.setdefault(found, []).append(one.request_file)
    return [f"{word}: {_listed(names, written)}: {sentence}" for (word, sentence), names in files.items()]


def _warning(outcome: Outcome) -> str:
    """Return what it is, what to do, and what it rests on: a request is held to texts of which some only let infer."""
    rule, text = outcome.rule, told(outcome.rule.code, outcome.params)
    certainty = told(f"report.certainty.{rule.certainty}", {}).title
    stop = "" if text.message.endswith(".") else "."  # one that ends on a value has none of its own
    return f"{text.message}{stop} {text.remedy} [{rule.code}] ({rule.source.text(language())}: {certainty})"


def _listed(names: Sequence[str], written: Sequence[WrittenRequest]) -> str:
    """Return of which requests something is said: all of them, or the first of those it is said of."""
    names = tuple(dict.fromkeys(names))
    if len(names) == len(written) > 1:
        return tr("cli.csr.create.all_of_them", count=len(names))
    return joined(names, _MOST_FILES)
