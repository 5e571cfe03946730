"""``pkitools csr create``: a key and a request. Many at once: :mod:`pkitools_cli.commands.csr.create_batch`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from pkitools.environment import Environment
from pkitools.files import check_outputs, has_permissions
from pkitools.files.platform import forbid_core_dumps
from pkitools.findings import Outcome
from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_LISTED
from pkitools.ordering import Renewal, renewal_of
from pkitools.reports import WrittenRequest, csr_create_document, csr_create_document_v1
from pkitools.requests import RequestPlan
from pkitools.requests.batch import SIGNATURES
from pkitools_cli.commands.csr.create_batch import write_batch
from pkitools_cli.commands.csr.create_text import written_told
from pkitools_cli.commands.csr.ordering import completed, planned, renewed
from pkitools_cli.commands.csr.writing import KeyPassphrase, places, write
from pkitools_cli.commands.next_steps import free_prefix
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import language, tr
from pkitools_cli.inputs import about_input, read_input, read_key
from pkitools_cli.options import OINText, environment_option, moment_option
from pkitools_cli.output import complain
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_cli.remedies import told
from pkitools_cli.reply import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``csr create`` was given."""

    oin: str | None
    organization: str | None
    common_name: str | None
    dns: tuple[str, ...]
    kvk: str | None
    organization_identifier: str | None
    tsp: str | None
    locality: str | None
    province: str | None
    country: str | None
    system: str | None
    profile: str | None
    renew: str | None
    environment: Environment | None
    key_file: str | None
    key_type: str | None
    signature: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    no_passphrase: bool
    prefix: str | None
    batch_file: str | None
    out_dir: str | None
    force: bool
    moment: datetime

    def wishes(self) -> dict[str, str | Sequence[str]]:
        """Return what a request is to hold, as the columns of a batch name it; what was not given is left out."""
        values: dict[str, str | Sequence[str] | None] = {
            "oin": self.oin,
            "organization": self.organization,
            "common_name": self.common_name,
            "dns": self.dns or None,
            "kvk": self.kvk,
            "organization_identifier": self.organization_identifier,
            "tsp": self.tsp,
            "locality": self.locality,
            "province": self.province,
            "country": self.country,
            "for": self.system,
            "profile": self.profile,
            "environment": self.environment,
            "key_type": self.key_type,
            "signature": self.signature,
        }
        return {name: value for name, value in values.items() if value is not None}

    def passphrase(self) -> KeyPassphrase:
        """Return where the passphrase of the key comes from."""
        if self.renew is not None and self.no_passphrase:  # what is given opens the old keystore
            return KeyPassphrase(None, None, none=True)
        return KeyPassphrase(self.passphrase_file, self.passphrase_env, self.no_passphrase)


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
@click.option("--key-type", metavar="TYPE", help="cli.csr.create.key_type")
@click.option("--signature", type=click.Choice(list(SIGNATURES)), help="cli.csr.create.signature")
@passphrase_options
@click.option("--no-passphrase", is_flag=True, help="cli.csr.create.no_passphrase")
@click.option("--out", "prefix", metavar="PREFIX", help="cli.csr.create.out")
@click.option("--from", "batch_file", metavar="FILE", help="cli.csr.create.from")
@click.option("--out-dir", metavar="DIR", help="cli.csr.create.out_dir")
@click.option("--force", is_flag=True, help="cli.csr.create.force")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[list[WrittenRequest]]:
    """Make a key and a request, or many."""
    forbid_core_dumps()  # a crash must not leave the key in a core file
    passphrase = options.passphrase()
    _refuse_clashes(options)
    if options.batch_file is not None and options.out_dir is not None:
        written = write_batch(options.batch_file, options.wishes(), options.out_dir, passphrase, options.force)
    else:
        written = [_write_one(options, passphrase)]
    return Reply(
        written,
        document=csr_create_document,
        text=written_told,
        warnings=(*_folder_decides(written), *_oddities(written)),
        older={1: csr_create_document_v1},
    )


def _refuse_clashes(options: Options) -> None:
    """Refuse options that do not go together."""
    is_batch = options.batch_file is not None
    alone = (options.prefix, options.key_file, options.renew)
    if is_batch != (options.out_dir is not None) or (is_batch and any(alone)):
        raise click.UsageError(tr("cli.csr.create.batch_options"))
    if options.key_file is not None and options.key_type is not None:
        raise click.UsageError(tr("cli.csr.create.key_or_type"))


def _write_one(options: Options, passphrase: KeyPassphrase) -> WrittenRequest:
    renewal = None if options.renew is None else _renewal(options.renew, options)
    wishes = options.wishes() if renewal is None else renewed(renewal, options.wishes(), options.moment)
    prefix = options.prefix or (None if renewal is None else free_prefix(str(wishes["common_name"])))
    wishes, prefix = completed(wishes, prefix, options.moment)
    if prefix.endswith("/"):
        raise click.UsageError(tr("cli.csr.create.prefix", prefix=prefix))
    order = planned(wishes, options.moment)
    if options.key_file is not None:
        written = _with_key(order.plan, options, renewal, prefix, passphrase)
    else:
        written = _with_new_key(order.plan, prefix, passphrase, options.force)
    changes = renewal.changes(order.plan) if renewal is not None else None
    return replace(written, choice=order.choice, old_file=options.renew, changes=changes)


def _renewal(name: str, options: Options) -> Renewal:
    """Return what the old certificate gives. Its keystore is opened with the passphrase that was given."""
    with about_input(name):
        source = read_input(name, given_passphrase(options.passphrase_file, options.passphrase_env))
        return renewal_of(source, moment=options.moment)


def _with_new_key(plan: RequestPlan, prefix: str, passphrase: KeyPassphrase, force: bool) -> WrittenRequest:
    """Make a key and the request, and write both."""
    check_outputs(places(prefix), overwrite=force)
    secret = passphrase.for_new_key()
    complain(tr("cli.csr.create.busy", key_type=plan.key_type))
    return write(plan.make(), prefix, secret, force)


def _with_key(
    plan: RequestPlan, options: Options, renewal: Renewal | None, prefix: str, passphrase: KeyPassphrase
) -> WrittenRequest:
    """Make the request with a key that exists, and write the request only."""
    name = options.key_file or ""
    check_outputs(places(prefix)[1:], overwrite=options.force)
    key = read_key(name, passphrase.given())
    if renewal is not None:
        renewal.refuse_key(key)
    request = plan.sign(key)
    complain(tr("cli.csr.create.reuse", name=name))
    return write(request, prefix, None, options.force)


def _folder_decides(written: Sequence[WrittenRequest]) -> list[str]:
    """Return who may read the keys where no mode of theirs says it."""
    if has_permissions() or not any(one.key_file for one in written):
        return []
    return [tr("cli.csr.create.folder_decides", folder=Path(written[0].prefix).absolute().parent)]


def _oddities(written: Sequence[WrittenRequest]) -> list[str]:
    """Return what the check of each request warns of, each sentence once, with the files it is about before it."""
    files: dict[str, list[str]] = {}
    for one in written:
        for outcome in one.warnings:
            files.setdefault(_warning(outcome), []).append(one.request_file)
    return [f"{_listed(names)}: {sentence}" for sentence, names in files.items()]


def _warning(outcome: Outcome) -> str:
    """Return what it is, what to do, and what it rests on: a request is held to texts of which some only let infer."""
    rule, text = outcome.rule, told(outcome.rule.code, outcome.params)
    certainty = told(f"report.certainty.{rule.certainty}", {}).title
    stop = "" if text.message.endswith(".") else "."  # one that ends on a value has none of its own
    return f"{text.message}{stop} {text.remedy} [{rule.code}] ({rule.source.text(language())}: {certainty})"


def _listed(names: Sequence[str]) -> str:
    names = tuple(dict.fromkeys(names))
    more = f" … (+{len(names) - MAX_LISTED})" if len(names) > MAX_LISTED else ""
    return ", ".join(names[:MAX_LISTED]) + more
