"""``pkitools trust update``: fetch the authorities of PKIoverheid, and keep only what is what we know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkitools.files import Output, write_set
from pkitools.frozen import dataclass
from pkitools.messages import fault_in_words
from pkitools.reports import trust_update_document
from pkitools_cli.commands.export.written import told_backups
from pkitools_cli.commands.given.fetching import NetworkRange, fetcher_of, told_refusals
from pkitools_cli.commands.next_steps import NextStep, again, step
from pkitools_cli.commands.trust.export import prepare_folder
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import blank, form_of, language, tr
from pkitools_cli.lines import beside, wrapped
from pkitools_cli.reply import Line, Reply

if TYPE_CHECKING:
    from pkitools.exports import PublishedAuthority


@dataclass(frozen=True, slots=True)
class Updated:
    """What the publisher has, and what was written of it."""

    found: tuple[PublishedAuthority, ...]
    written: tuple[Path, ...]
    backups: tuple[Path, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether anything was asked at all."""
        return any(str(one.state) != "not_asked" for one in self.found)

    @property
    def code(self) -> ExitCode:
        """The exit code: a certificate that is another weighs more than one that did not come.

        What is no certificate is as good as nothing: a page of a portal says nothing of what is published.
        """
        states = {str(one.state) for one in self.found}
        if "other" in states:
            return ExitCode.FAILED
        return ExitCode.PASSED if states == {"same"} else ExitCode.INDETERMINATE


@click.command("update", cls=Command, help="cli.trust.update.help")
@click.option("--out", "target", metavar="DIR", help="cli.trust.update.out")
@click.option("--offline", is_flag=True, envvar="PKITOOLS_OFFLINE", help="cli.trust.update.offline")
@click.option("--allow-net", multiple=True, type=NetworkRange(), help="cli.trust.update.allow_net")
@click.option("--force", is_flag=True, help="cli.trust.export.force")
def command(
    *, target: str | None, offline: bool, allow_net: tuple[IPv4Network | IPv6Network, ...], force: bool
) -> Reply[Updated]:
    """Ask the publisher for every authority whose fingerprint is known."""
    from pkitools.exports import published_authorities

    found = published_authorities(None if offline else fetcher_of(allow_net, ()))
    updated = _keep(found, target, force=force)
    return Reply(
        updated,
        document=lambda one: trust_update_document(one.found, one.written),
        text=_text,
        code=updated.code,
        warnings=(*told_backups(updated.backups), *((tr("cli.trust.update.needs_network"),) if offline else ())),
    )


def _keep(found: tuple[PublishedAuthority, ...], target: str | None, *, force: bool) -> Updated:
    """Write what is what we know, each under the name it is published by; nothing when nothing is."""
    from pkitools.requests.keys import to_pem

    kept = {one.file_name: one.der for one in found if one.der is not None}
    if target is None or not kept:
        return Updated(found, ())
    folder = Path(target)
    prepare_folder(folder, list(kept), force=force)
    outputs = [Output(folder / name, to_pem("CERTIFICATE", der), secret=False) for name, der in kept.items()]
    backups = write_set(outputs, overwrite=force)
    return Updated(found, tuple(Path(output.path) for output in outputs), backups)


def _text(updated: Updated) -> Iterator[Line | str]:
    yield from (Line(row, bold=True) for row in wrapped(_head(updated), ""))
    for one in updated.found if updated.is_asked else ():
        why = fault_in_words(one.detail, one.particulars, language())
        yield from beside("  ", f"{one.entry.name}: {tr(f'cli.trust.published.{one.state}', detail=why)}")
    yield from told_refusals(((one.detail, one.particulars) for one in updated.found), ("address",))
    if updated.written:
        yield from wrapped(
            tr("cli.trust.update.written", count=len(updated.written), folder=updated.written[0].parent), ""
        )
    next_one = _next(updated)
    yield from next_one.told() if next_one is not None else ()


def _head(updated: Updated) -> str:
    """Return what is published now: first what is another than is known; of what nobody gave nothing is said."""
    counts = Counter(str(one.state) for one in updated.found)
    total, same, other = len(updated.found), counts["same"], counts["other"]
    if other:
        slug = f"other{form_of(other)}"
    elif same:
        slug = "all" if same == total else "some"
    else:
        slug = "none" if updated.is_asked else "not_asked"
    return tr(f"cli.trust.update.head.{slug}", same=same, other=other, total=total, left=total - same - other)


def _next(updated: Updated) -> NextStep | None:
    """Return what to do: first with what is another than is known, then with what was kept or could have been."""
    states = {str(one.state) for one in updated.found}
    if "other" in states:
        return step("trust_update.other", {}, {})
    if updated.written:
        complete = ("chain", "complete", blank("file"), "--chain", str(updated.written[0].parent))
        return step("trust_update.written", {}, {"complete": lambda: complete})
    if "same" in states:
        kept = again((), "--out", blank("folder"))
        return step("trust_update.not_written", {}, {"again": lambda: kept})
    without = again((), without=frozenset({"offline"}))
    return step(f"trust_update.{'nothing' if updated.is_asked else 'offline'}", {}, {"again": lambda: without})
