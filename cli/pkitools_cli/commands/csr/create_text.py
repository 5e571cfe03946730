"""What ``csr create`` says to people: what was written, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pkitools.environment import Environment
from pkitools.messages import message
from pkitools.reports import WrittenRequest
from pkitools.requests import RequestPlan
from pkitools_cli.i18n import language, tr
from pkitools_cli.reply import Line


def written_told(written: Sequence[WrittenRequest]) -> Iterator[Line | str]:
    """Yield the lines about the requests that were written."""
    for one in written:
        yield from _written(one)
    yield from _next(written)


def _written(one: WrittenRequest) -> Iterator[Line | str]:
    request = one.request
    if one.key_file:
        kind = "encrypted" if one.encrypted else "plain"
        yield Line(tr(f"cli.csr.create.key_{kind}", path=one.key_file, label=request.key.public.label), bold=True)
    yield Line(tr("cli.csr.create.csr", path=one.request_file, profile=request.plan.profile.name), bold=True)
    for path in one.backups:
        yield tr("cli.csr.create.backup", path=path)
    yield f"    {request.facts.subject.text}"
    if request.facts.dns_names:
        yield f"    {', '.join(request.facts.dns_names)}"


def _next(written: Sequence[WrittenRequest]) -> Iterator[str]:
    plans = [one.request.plan for one in written]
    first = written[0]
    path = first.request_file if len(written) == 1 else str(Path(first.prefix).parent / "*.csr")
    titles = {message(f"profiles.{plan.profile.name}", {}, language()).title for plan in plans}
    yield ""
    yield tr("cli.csr.create.next", title="; ".join(sorted(titles)))
    for number, step in enumerate(_steps(first, plans, path), start=1):
        yield f"  {number}. {step}"


def _steps(first: WrittenRequest, plans: Sequence[RequestPlan], path: str) -> Iterator[str]:
    yield tr("cli.csr.create.next_key" if first.key_file else "cli.csr.create.next_old_key")
    if any(plan.profile.serial_number == "oin" for plan in plans):
        oins = sorted({plan.subject.get("serialNumber") or "" for plan in plans} - {""})
        yield tr("cli.csr.create.next_tsp", path=path)
        yield tr("cli.csr.create.next_oin", oin=", ".join(oins))
    if any(plan.profile.serial_number == "uzi" for plan in plans):
        yield tr("cli.csr.create.next_uzi", path=path)
    if plans[0].environment is Environment.PREPRODUCTION:
        yield tr("cli.csr.create.next_test", path=first.request_file, prefix=first.prefix)
    yield tr("cli.csr.create.next_check", environment=plans[0].environment)
