"""``pkitools csr create``: one request, or a batch of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from pkitools.environment import Environment
from pkitools.files import Output, check_outputs, has_permissions, make_folder, read_bytes, write_set
from pkitools.files.platform import forbid_core_dumps
from pkitools.findings import Severity
from pkitools.messages import message
from pkitools.oin import check_oin
from pkitools.requests import BatchError, BatchItem, RequestPlan, SignedRequest, plan_of, read_batch, request_document
from pkitools.requests.batch import SIGNATURES
from pkitools_cli.commands.csr import read_key
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import language, tr
from pkitools_cli.options import environment_option, json_option
from pkitools_cli.output import complain, emit_json, say
from pkitools_cli.passphrases import can_ask, given_passphrase, passphrase_options
from pkitools_cli.remedies import error_line, told

_MAX_BATCH_BYTES: Final = 4 * 1024 * 1024
_NEEDED: Final = {"profile": "--profile", "environment": "--environment", "common_name": "--common-name"}


@dataclass(frozen=True, slots=True)
class _Passphrase:
    """The options about the passphrase. What they say is looked up when a key needs it."""

    file: str | None
    variable: str | None
    none: bool

    def __post_init__(self) -> None:
        if sum((self.file is not None, self.variable is not None, self.none)) > 1:
            raise click.UsageError(tr("cli.csr.create.one_passphrase"))

    def given(self) -> bytes | None:
        """Return the passphrase of a file or variable."""
        return given_passphrase(self.file, self.variable)

    def for_new_key(self) -> bytes | None:
        """Return the passphrase for a key to be made, ``None`` for none; ask when nothing was said."""
        if self.none:
            return None
        if (given := self.given()) is not None:
            return given
        if not can_ask():
            raise click.UsageError(tr("cli.csr.create.say_passphrase"))
        prompt = tr("cli.csr.create.prompt")
        answer: str = click.prompt(prompt, hide_input=True, err=True, confirmation_prompt=tr("cli.csr.create.again"))
        return answer.encode()


@dataclass(frozen=True, slots=True)
class _Written:
    """One request that is on disk."""

    prefix: str
    request: SignedRequest
    encrypted: bool
    backups: tuple[Path, ...]


@click.command("create", cls=Command, help="cli.csr.create.help")
@click.option("--oin", metavar="OIN", help="cli.csr.create.oin")
@click.option("--organization", metavar="NAME", help="cli.csr.create.organization")
@click.option("--common-name", metavar="CN", help="cli.csr.create.common_name")
@click.option("--dns", metavar="NAME", multiple=True, help="cli.csr.create.dns")
@click.option("--kvk", metavar="N", help="cli.csr.create.kvk")
@click.option("--locality", metavar="L", help="cli.csr.create.locality")
@click.option("--province", metavar="P", help="cli.csr.create.province")
@click.option("--country", metavar="C", help="cli.csr.create.country")
@click.option("--profile", metavar="PROFILE", help="cli.csr.create.profile")
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
@json_option
def create(
    *,
    prefix: str | None,
    key_file: str | None,
    batch_file: str | None,
    out_dir: str | None,
    passphrase_file: str | None,
    passphrase_env: str | None,
    no_passphrase: bool,
    force: bool,
    as_json: bool,
    **words: Any,
) -> int:
    """Make a key and a request, or many."""
    forbid_core_dumps()  # a crash must not leave the key in a core file
    passphrase = _Passphrase(passphrase_file, passphrase_env, no_passphrase)
    given = {name: value for name, value in words.items() if value not in (None, ())}
    if (batch_file is None) != (out_dir is None) or (batch_file is not None and (prefix or key_file)):
        raise click.UsageError(tr("cli.csr.create.batch_options"))
    if key_file is not None and "key_type" in given:
        raise click.UsageError(tr("cli.csr.create.key_or_type"))
    if batch_file is not None and out_dir is not None:
        written = _batch(_items(batch_file, given), out_dir, passphrase, force)
    else:
        missing = [option for word, option in _NEEDED.items() if word not in given]
        missing += [] if prefix else ["--out"]
        if missing or not prefix:
            raise click.UsageError(tr("cli.csr.create.missing", options=", ".join(missing)))
        if prefix.endswith("/"):
            raise click.UsageError(tr("cli.csr.create.prefix", prefix=prefix))
        plan = plan_of(given)
        if key_file is not None:
            written = [_with_key(plan, key_file, prefix, passphrase, force)]
        else:
            written = [_single(plan, prefix, passphrase, force)]
    _tell(written, as_json)
    _warn(written)
    return ExitCode.PASSED


def _single(plan: RequestPlan, prefix: str, passphrase: _Passphrase, force: bool) -> _Written:
    """Make a key and the request, and write both."""
    check_outputs(_places(prefix), overwrite=force)
    secret = passphrase.for_new_key()
    complain(tr("cli.csr.create.busy", key_type=plan.key_type))
    return _write(plan.make(), prefix, secret, force)


def _with_key(plan: RequestPlan, key_file: str, prefix: str, passphrase: _Passphrase, force: bool) -> _Written:
    """Make the request with a key that exists, and write the request only."""
    check_outputs(_places(prefix)[1:], overwrite=force)
    key = read_key(key_file, passphrase.given())
    request = plan.sign(key)
    complain(tr("cli.csr.create.reuse", name=key_file))
    return _write(request, prefix, None, force)


def _places(prefix: str) -> list[Output]:
    return [Output(f"{prefix}.key", b"", secret=True), Output(f"{prefix}.csr", b"", secret=False)]


def _write(request: SignedRequest, prefix: str, secret: bytes | None, force: bool) -> _Written:
    backups = write_set(request.outputs(prefix, secret), overwrite=force)
    return _Written(prefix, request, secret is not None, backups)


# -- many -------------------------------------------------------------------------------------------------------------


def _items(batch_file: str, given: dict[str, Any]) -> tuple[BatchItem, ...]:
    data = read_bytes(batch_file, limit=_MAX_BATCH_BYTES)
    try:
        return read_batch(data, batch_file, given)
    except BatchError as error:
        for name, fault in error.faults:
            complain(f"{name}: {error_line(fault)}")
        raise


def _batch(items: Sequence[BatchItem], out_dir: str, passphrase: _Passphrase, force: bool) -> list[_Written]:
    folder = Path(out_dir)
    if folder.exists():
        for item in items:
            check_outputs(_places(str(folder / item.name)), overwrite=force)
    secret = passphrase.for_new_key()
    make_folder(folder)
    written = []
    for number, (item, request) in enumerate(zip(items, _requests(items), strict=True), start=1):
        written.append(_write(request, str(folder / item.name), secret, force))
        complain(tr("cli.csr.create.progress", number=number, total=len(items), name=item.name))
    return written


def _requests(items: Sequence[BatchItem]) -> Iterator[SignedRequest]:
    """Yield the requests in order, keys being made on every processor and not far ahead of the writing."""
    jobs = os.cpu_count() or 1
    waiting: deque[Future[SignedRequest]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(item.plan.make))
                if len(waiting) > 2 * jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _warn(written: Sequence[_Written]) -> None:
    """Say who may read the keys where no mode says it, and what is odd about the OINs, though not wrong.

    Odd is a legacy suffix, or letters that some systems refuse.
    """
    if not has_permissions() and any(one.request.key.made_here for one in written):
        complain(tr("cli.csr.create.folder_decides", folder=Path(written[0].prefix).absolute().parent))
    plans = [one.request.plan for one in written]
    oins = {(number, plan.environment) for plan in plans if (number := plan.subject.get("serialNumber"))}
    for number, environment in sorted(oins):
        for outcome in check_oin(number, environment=environment).findings:
            if outcome.rule.severity >= Severity.NOTICE:
                text = told(outcome.rule.code, outcome.params)
                complain(f"{number}: {text.message} {text.remedy}")


# -- telling ----------------------------------------------------------------------------------------------------------


def _tell(written: Sequence[_Written], as_json: bool) -> None:
    if as_json:
        emit_json("pkitools.csr-create/v1", {"requests": [_document(w) for w in written]})
        return
    for one in written:
        _say_written(one)
    _say_next(written)


def _document(written: _Written) -> dict[str, object]:
    request, plan = written.request, written.request.plan
    made = request.key.made_here
    return {
        "profile": plan.profile.name,
        "environment": str(plan.environment),
        "oin": plan.subject.get("serialNumber"),
        "request_file": f"{written.prefix}.csr",
        "key_file": f"{written.prefix}.key" if made else None,
        "key_encrypted": written.encrypted if made else None,
        "backups": [str(path) for path in written.backups],
        "request": request_document(request.facts),
    }


def _say_written(written: _Written) -> None:
    request = written.request
    if request.key.made_here:
        kind = "encrypted" if written.encrypted else "plain"
        say(tr(f"cli.csr.create.key_{kind}", path=f"{written.prefix}.key", label=request.key.public.label), bold=True)
    say(tr("cli.csr.create.csr", path=f"{written.prefix}.csr", profile=request.plan.profile.name), bold=True)
    for path in written.backups:
        say(tr("cli.csr.create.backup", path=path))
    say(f"    {request.facts.subject.text}")
    if request.facts.dns_names:
        say(f"    {', '.join(request.facts.dns_names)}")


def _say_next(written: Sequence[_Written]) -> None:
    plans = [one.request.plan for one in written]
    first = written[0].prefix
    path = f"{first}.csr" if len(written) == 1 else str(Path(first).parent / "*.csr")
    titles = {message(f"profiles.{plan.profile.name}", {}, language()).title for plan in plans}
    say()
    say(tr("cli.csr.create.next", title="; ".join(sorted(titles))))
    for number, step in enumerate(_steps(written, plans, path), start=1):
        say(f"  {number}. {step}")


def _steps(written: Sequence[_Written], plans: Sequence[RequestPlan], path: str) -> Iterator[str]:
    made = written[0].request.key.made_here
    yield tr("cli.csr.create.next_key" if made else "cli.csr.create.next_old_key")
    if any(plan.profile.serial_number == "oin" for plan in plans):
        oins = sorted({plan.subject.get("serialNumber") or "" for plan in plans} - {""})
        yield tr("cli.csr.create.next_tsp", path=path)
        yield tr("cli.csr.create.next_oin", oin=", ".join(oins))
    if any(plan.profile.serial_number == "uzi" for plan in plans):
        yield tr("cli.csr.create.next_uzi", path=path)
    if plans[0].environment is Environment.PREPRODUCTION:
        first = written[0].prefix
        yield tr("cli.csr.create.next_test", path=f"{first}.csr", prefix=first)
    yield tr("cli.csr.create.next_check", environment=plans[0].environment)
