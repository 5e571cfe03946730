"""What ``csr create`` says to people: what was written, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkitools.environment import Environment
from pkitools.messages import message
from pkitools.ordering.manifest import MANIFEST
from pkitools.ordering.renewing import SAME_SUBJECT
from pkitools.reports import WrittenCertificate, WrittenRequest
from pkitools.requests import RequestPlan
from pkitools.systems import Stance
from pkitools_cli.commands.csr.ordering import choice_told, self_signed_too, was_told
from pkitools_cli.commands.next_steps import ISSUED_ENDS, Words, free_place, numbered, step
from pkitools_cli.commands.tables import table
from pkitools_cli.i18n import blank, language, tr
from pkitools_cli.lines import command_rows, wrapped
from pkitools_cli.reply import Line

if TYPE_CHECKING:
    from pkitools.ordering import Choice

_MOST_OINS: Final = 3  # in one sentence; of a batch they stand in the table


def written_told(
    written: Sequence[WrittenRequest], moment: datetime, warnings: Sequence[str] = ()
) -> Iterator[Line | str]:
    """Yield the lines about the requests that were written.

    Args:
        written: each of them.
        moment: when.
        warnings: what there is to say of them; told before what comes next, which may not be that then.
    """
    if len(written) > 1:
        yield from _table(written)
        yield from _warned(warnings)
        yield from _next(written, moment)
        return
    for one in written:
        yield from _chosen(one.choice)
        yield from _written(one)
        yield from _changed(one)
    yield from _warned(warnings)
    yield from _next(written, moment)


def _chosen(choice: Choice | None) -> Iterator[str]:
    """Yield what was chosen, unless who is at the terminal was told while being asked."""
    if choice is not None and not was_told():
        yield from choice_told(choice)
        yield ""


def _warned(warnings: Sequence[str]) -> Iterator[Line | str]:
    """Yield what there is to say of what was made, on standard error."""
    for warning in warnings:
        yield Line("", aside=True)
        yield from (Line(row, aside=True) for row in wrapped(warning, "    ", ""))


def _table(written: Sequence[WrittenRequest]) -> Iterator[Line | str]:
    """Yield a row for each request of a batch, and where the manifest is."""
    heads = [tr(f"cli.csr.create.table.{key}") for key in ("name", "oin", "common_name", "key", "state")]
    yield from table([heads, *(_row(one) for one in written)])
    yield ""
    kept, completed = sum(one.kept for one in written), sum(one.completed for one in written)
    folder = Path(written[0].prefix).parent
    counts = {"made": len(written) - kept, "kept": kept - completed, "completed": completed, "total": len(written)}
    yield from wrapped(tr(f"cli.csr.create.counted{'_completed' if completed else ''}", **counts), "")
    yield from wrapped(tr("cli.csr.create.manifest", path=folder / MANIFEST), "")
    yield from _replaced(written, folder)


def _replaced(written: Sequence[WrittenRequest], folder: Path) -> Iterator[str]:
    """Yield how many keys were replaced, and what became of what was ordered with those."""
    count = sum(bool(one.backups) for one in written)
    if count:
        last = next(one.backups[0].name for one in written if one.backups)
        yield ""
        yield from wrapped(tr("cli.csr.create.replaced", count=count, folder=folder, example=last), "")


def _row(one: WrittenRequest) -> list[str]:
    subject, state = one.request.plan.subject, "completed" if one.completed else "kept" if one.kept else "made"
    names = (Path(one.prefix).name, subject.get("serialNumber") or "–", subject.get("CN") or "–")
    return [*names, one.request.key.public.label, tr(f"cli.csr.create.state.{state}")]


def self_signed_told(one: WrittenCertificate) -> Iterator[Line | str]:
    """Yield the lines about a self-signed certificate that was written."""
    made = one.made
    yield from _chosen(made.order.choice)
    if one.key_file:
        kind = "encrypted" if one.encrypted else "plain"
        yield Line(tr(f"cli.csr.create.key_{kind}", path=one.key_file, label=made.key.public.label), bold=True)
    yield Line(tr("cli.csr.create.pem", path=one.certificate_file, days=made.days), bold=True)
    for path in one.backups:
        yield tr("cli.csr.create.backup", path=path)
    yield from wrapped(made.facts.subject.text, "    ")
    from pkitools.ordering.self_signed import DEFAULT_DAYS

    yield ""
    yield from wrapped(tr(f"cli.csr.create.days_{'default' if made.days == DEFAULT_DAYS else 'given'}"), "")
    yield ""
    words: Words = ("cert", "check", one.certificate_file, "-e", made.order.plan.environment)
    systems = ("--for", made.order.choice.system.name) if made.order.choice is not None else ()
    found = step("csr_create.self_signed", {}, {"check": lambda: (*words, *systems)})
    yield from found.told() if found is not None else ()


def _written(one: WrittenRequest) -> Iterator[Line | str]:
    request = one.request
    if one.key_file:
        kind = "encrypted" if one.encrypted else "plain"
        yield Line(tr(f"cli.csr.create.key_{kind}", path=one.key_file, label=request.key.public.label), bold=True)
    yield Line(tr("cli.csr.create.csr", path=one.request_file, profile=request.plan.profile.name), bold=True)
    yield from _kept(one.backups)
    yield from wrapped(request.facts.subject.text, "    ")
    if request.facts.dns_names:
        yield from wrapped(", ".join(request.facts.dns_names), "    ")


def _kept(backups: Sequence[Path]) -> Iterator[str]:
    """Yield where what stood there is kept, and that what was ordered with it does not fit the new key."""
    for path in backups:
        yield tr(f"cli.csr.create.{'old_certificate' if path.suffix == '.pem' else 'backup'}", path=path)
    if backups:
        yield from wrapped(tr("cli.csr.create.old_order"), "    ")


def _changed(one: WrittenRequest) -> Iterator[str]:
    """Yield what is otherwise than in the certificate that is renewed."""
    if one.changes is not None:
        yield ""
        yield from wrapped(tr("cli.csr.create.changes", name=one.old_file), "")
        for change in one.changes:
            yield from wrapped(change.sentence(language()), "    ", "  - ")


def _next(written: Sequence[WrittenRequest], moment: datetime) -> Iterator[str]:
    plans = [one.request.plan for one in written]
    first = written[0]
    path = first.request_file if len(written) == 1 else str(Path(first.prefix).parent / "*.csr")
    titles = {message(f"profiles.{plan.profile.name}", {}, language()).title for plan in plans}
    yield ""
    yield from wrapped(tr("cli.csr.create.next", title="; ".join(sorted(titles))), "")
    for number, (told, words) in enumerate(_steps(first, plans, path, moment), start=1):
        yield from wrapped(told, "     ", f"  {number}. ")
        yield from command_rows(words, "     ") if words is not None else ()
    yield ""
    yield from _arriving(written, plans[0].environment)


def _steps(
    first: WrittenRequest, plans: Sequence[RequestPlan], path: str, moment: datetime
) -> Iterator[tuple[str, Words | None]]:
    yield tr("cli.csr.create.next_key" if first.key_file else "cli.csr.create.next_old_key"), None
    if any(change.code == SAME_SUBJECT for change in first.changes or ()):
        yield tr("cli.csr.create.next_same_subject"), None
    if any(plan.profile.serial_number == "oin" for plan in plans):
        oins = sorted({plan.subject.get("serialNumber") or "" for plan in plans} - {""})
        many = "s" if len(oins) > _MOST_OINS else ""
        yield tr("cli.csr.create.next_tsp", path=path), None
        yield tr(f"cli.csr.create.next_oin{many}", oin=", ".join(oins)), None
    if any(plan.profile.serial_number == "uzi" for plan in plans):
        yield tr("cli.csr.create.next_uzi", path=path), None
    if first.old_file is not None:
        difference: Words = ("renewal", "diff", first.old_file, blank("file"), *_systems(first))
        yield tr("cli.csr.create.next_renewal"), difference
    if plans[0].environment is Environment.PREPRODUCTION:
        yield from _of_preproduction(first, moment)


def _of_preproduction(first: WrittenRequest, moment: datetime) -> Iterator[tuple[str, Words | None]]:
    """Yield what can be done without a TSP, where the system takes what comes of it."""
    if first.choice is None or first.choice.trial_stance(moment) is not Stance.NO:
        place = free_place(numbered(first.prefix), ISSUED_ENDS[:2], first.prefix)  # the key is there already
        issue: Words = ("test-pki", "issue", blank("folder"), "--csr", first.request_file, "--out", place)
        yield tr("cli.csr.create.next_test"), issue
    if (told := self_signed_too(first.choice, moment)) is not None:
        yield told, None


def _arriving(written: Sequence[WrittenRequest], environment: str) -> Iterator[str]:
    """Yield what to do when the certificate comes."""
    if len(written) > 1:
        manifest = str(Path(written[0].prefix).parent / MANIFEST)
        receiving: Words = ("cert", "receive", blank("folder"), "--manifest", manifest)
        found = step("csr_create.batch", {}, {"receive": lambda: receiving})
        yield from found.told() if found is not None else ()
        return
    words: Words = ("cert", "check", blank("file"), "-e", environment)
    one = written[0]
    key = ("--key", one.key_file, *_passphrase(one)) if one.key_file is not None else ()
    words = (*words, *_systems(one), *key, "--csr", one.request_file)
    found = step("csr_create.done", {}, {"check": lambda: words})
    yield from found.told() if found is not None else ()


def _systems(one: WrittenRequest) -> Words:
    return () if one.choice is None else ("--for", one.choice.system.name)


def _passphrase(one: WrittenRequest) -> Words:
    """Return the options by which the passphrase of a key was given: it opens the key again."""
    named = (("--passphrase-file", "passphrase_file"), ("--passphrase-env", "passphrase_env"))
    ctx = click.get_current_context(silent=True)
    given = {} if ctx is None or not one.encrypted else ctx.params
    return tuple(word for option, name in named if given.get(name) for word in (option, given[name]))
