"""``pkitools trust export``: what is trusted of a hierarchy, as a file for another program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkitools.errors import FileError
from pkitools.files import Output, check_outputs, write_set
from pkitools.files.common import file_error
from pkitools.frozen import dataclass
from pkitools.reports import trust_export_document
from pkitools.trust import Knowledge
from pkitools_cli.commands.export.given import Passphrases
from pkitools_cli.commands.export.written import told_backups
from pkitools_cli.commands.next_steps import NextStep, carried, step
from pkitools_cli.framework import Command, gathered
from pkitools_cli.i18n import tr
from pkitools_cli.lines import beside, packed, wrapped
from pkitools_cli.options import moment_option
from pkitools_cli.passphrases import passphrase_options
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.exports import TrustBundle

_KEYSTORES: Final = frozenset({"pkcs12", "jks"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``trust export`` was given."""

    hierarchy: str
    kind: str
    target: str
    intermediates: bool
    legacy: bool
    passphrase_file: str | None
    passphrase_env: str | None
    force: bool
    moment: datetime


@dataclass(frozen=True, slots=True)
class Exported:
    """The bundle that was written."""

    bundle: TrustBundle


@click.command("export", cls=Command, help="cli.trust.export.help")
@click.argument("hierarchy", metavar="HIERARCHY")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["pem", "pkcs12", "jks", "folder"]),
    default="pem",
    help="cli.trust.export.format",
)
@click.option("--out", "target", metavar="PATH", required=True, help="cli.trust.export.out")
@click.option("--intermediates", is_flag=True, help="cli.trust.export.intermediates")
@click.option("--legacy", is_flag=True, help="cli.export.legacy")
@passphrase_options
@click.option("--force", is_flag=True, help="cli.trust.export.force")
@moment_option
@gathered(Options)
def command(options: Options) -> Reply[Exported]:
    """Write a trust bundle."""
    if options.legacy and options.kind not in _KEYSTORES:
        raise click.UsageError(tr("cli.export.legacy_where", form=options.kind))
    bundle = _bundle(options)
    backups = _write(bundle, options)
    one_publisher = any(one.basis is Knowledge.ONE_PUBLISHER for one in bundle.certificates)
    return Reply(
        Exported(bundle),
        document=lambda exported: trust_export_document(exported.bundle),
        text=partial(_text, kind=options.kind),
        warnings=(*told_backups(backups), *((tr("cli.trust.list.one_publisher"),) if one_publisher else ())),
    )


def _bundle(options: Options) -> TrustBundle:
    from pkitools.exports import trust_bundle
    from pkitools.trust import get_hierarchy

    hierarchy = get_hierarchy(options.hierarchy)  # a wrong name is told before a passphrase is asked
    if options.kind != "folder":
        check_outputs([Output(options.target, b"", secret=False)], overwrite=options.force)
    secrets = Passphrases(options.passphrase_file, options.passphrase_env, None, None)
    return trust_bundle(
        hierarchy,
        options.kind,
        options.target,
        moment=options.moment,
        passphrase=secrets.of_keystore() if options.kind in _KEYSTORES else None,
        intermediates=options.intermediates,
        legacy=options.legacy,
    )


def _write(bundle: TrustBundle, options: Options) -> tuple[Path, ...]:
    if options.kind == "folder":
        prepare_folder(Path(options.target), [Path(output.path).name for output in bundle.outputs], force=options.force)
    return write_set(bundle.outputs, overwrite=options.force)


def prepare_folder(folder: Path, names: Sequence[str], *, force: bool) -> None:
    """Make a folder that is to hold these files and nothing else: what was trusted before must not stay behind.

    Raises:
        FileError: it holds other files, or cannot be made.
    """
    try:
        folder.mkdir(0o755, exist_ok=True)
        others = {path.name for path in folder.iterdir()} - (set(names) if force else set())
    except OSError as error:
        raise file_error(error, str(folder), "unwritable") from error
    if others:
        raise FileError("files.error.exists", name=str(folder / min(others)))


def _text(exported: Exported, kind: str) -> Iterator[Line | str]:
    yield from _told(exported)
    next_one = _next(exported, kind)
    yield from next_one.told() if next_one is not None else ()


def _next(exported: Exported, kind: str) -> NextStep | None:
    """Return what to do with what was written: to see whether a list is still right, it is read again."""
    if kind == "folder":
        return step("trust_export.folder", {}, {})
    file = str(exported.bundle.outputs[0].path)
    secret = carried(only=frozenset({"passphrase_file", "passphrase_env"}))
    return step("trust_export.file", {"file": file}, {"diff": lambda: ("trust", "diff", file, *secret)})


def _told(exported: Exported) -> Iterator[Line | str]:
    bundle = exported.bundle
    yield from (
        Line(row, bold=True) for row in wrapped(tr("cli.trust.export.written", name=bundle.hierarchy.label), "")
    )
    for output in bundle.outputs:
        yield f"  {output.path}"
    yield tr("cli.trust.export.holds")
    for one in bundle.certificates:
        yield from beside(f"  {tr(f'cli.trust.level.{one.level}'):<10} ", one.common_name)
    for one in bundle.left_out:
        yield from beside(f"  {tr('cli.trust.export.left_out'):<10} ", one.common_name)
    if not bundle.accepted_by:
        yield from wrapped(tr("cli.trust.export.no_system"), "")
        return
    yield tr("cli.trust.export.systems")
    where: dict[str, list[str]] = {}
    for accepted in bundle.accepted_by:
        where.setdefault(accepted.system.title, []).append(tr(f"cli.trust.environment.{accepted.environment}"))
    yield from packed([f"{title} ({' + '.join(names)})" for title, names in where.items()], "  ", "  ")
