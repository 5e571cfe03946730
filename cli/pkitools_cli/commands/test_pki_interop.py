"""``pkitools test-pki import`` and ``export``: exchange with g4-trial."""

from __future__ import annotations

from datetime import datetime

import click

from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import json_option, moment_option
from pkitools_cli.output import emit_json, say
from pkitools_cli.passphrases import given_passphrase, passphrase_options
from pkitools_test_pki.folder import open_folder
from pkitools_test_pki.g4_trial.exporting import Exported, export_hierarchy
from pkitools_test_pki.g4_trial.importing import Imported, import_hierarchy


@click.command("import", cls=Command, help="cli.test_pki_interop.import.help")
@click.argument("source", metavar="SOURCE")
@click.argument("folder", metavar="DIR")
@click.option("--base-url", metavar="URL", help="cli.test_pki_interop.import.base_url")
@passphrase_options
@moment_option
@json_option
def take_over(
    *,
    source: str,
    folder: str,
    base_url: str | None,
    passphrase_file: str | None,
    passphrase_env: str | None,
    moment: datetime,
    as_json: bool,
) -> int:
    """Import a hierarchy that g4-trial made."""
    passphrase = given_passphrase(passphrase_file, passphrase_env)
    imported = import_hierarchy(source, folder, moment=moment, base_url=base_url, passphrase=passphrase)
    if as_json:
        emit_json("pkitools.test-pki-import/v1", _import_document(imported, source, folder))
    else:
        _say_imported(imported, source, folder)
    return ExitCode.PASSED


def _import_document(imported: Imported, source: str, folder: str) -> dict[str, object]:
    return {
        "source": source,
        "folder": folder,
        "base_url": imported.base_url,
        "authorities": [{"name": name, "crl_number": imported.crl_numbers[name]} for name in imported.authorities],
        "certificates": imported.certificates,
        "revoked": imported.revoked,
        "elsewhere": list(imported.elsewhere),
        "left_out": list(imported.left_out),
    }


def _say_imported(imported: Imported, source: str, folder: str) -> None:
    say(tr("cli.test_pki_interop.import.done", source=source, folder=folder), bold=True)
    for name in imported.authorities:
        say(tr("cli.test_pki_interop.import.authority", name=name, number=imported.crl_numbers[name]))
    counts = {"certificates": imported.certificates, "revoked": imported.revoked}
    say(tr("cli.test_pki_interop.import.counts", **counts))
    if imported.elsewhere:
        hosts = ", ".join(imported.elsewhere)
        say(tr("cli.test_pki_interop.import.elsewhere", hosts=hosts, base_url=imported.base_url))
    for name in imported.left_out:
        say(tr("cli.test_pki_interop.import.left_out", name=name))
    say(tr("cli.test_pki_interop.import.keys"))
    say(tr("cli.test_pki_interop.import.next", folder=folder))


@click.command("export", cls=Command, help="cli.test_pki_interop.export.help")
@click.argument("folder", metavar="DIR")
@click.option("--layout", type=click.Choice(["g4-trial"]), required=True, help="cli.test_pki_interop.export.layout")
@click.option("--out", metavar="DIR2", required=True, help="cli.test_pki_interop.export.out")
@moment_option
@json_option
def export(*, folder: str, layout: str, out: str, moment: datetime, as_json: bool) -> int:
    """Export a test PKI in the layout of g4-trial."""
    with open_folder(folder, moment=moment) as pki:
        exported = export_hierarchy(pki, out)
    if as_json:
        emit_json("pkitools.test-pki-export/v1", _export_document(exported, folder, layout, out))
    else:
        _say_exported(exported, folder, out)
    return ExitCode.PASSED


def _export_document(exported: Exported, folder: str, layout: str, out: str) -> dict[str, object]:
    return {
        "folder": folder,
        "layout": layout,
        "out": out,
        "authorities": list(exported.authorities),
        "certificates": exported.certificates,
        "left_out": list(exported.left_out),
    }


def _say_exported(exported: Exported, folder: str, out: str) -> None:
    say(tr("cli.test_pki_interop.export.done", folder=folder, out=out), bold=True)
    counts = {"authorities": len(exported.authorities), "certificates": exported.certificates}
    say(tr("cli.test_pki_interop.export.counts", **counts))
    for name in exported.left_out:
        say(tr("cli.test_pki_interop.export.left_out", name=name))
    say(tr("cli.test_pki_interop.export.keys"))
