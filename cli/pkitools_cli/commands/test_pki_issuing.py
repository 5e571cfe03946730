"""``pkitools test-pki create`` and ``issue``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkitools.files import read_bytes
from pkitools.text import instant
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command
from pkitools_cli.i18n import tr
from pkitools_cli.options import json_option, moment_option
from pkitools_cli.output import complain, emit_json, say
from pkitools_test_pki.algorithms import PrivateKey
from pkitools_test_pki.authority import DEFAULT_BASE_URL
from pkitools_test_pki.blueprint import Deviation
from pkitools_test_pki.enrol import Change, read_request
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.issued import IssuedCertificate
from pkitools_test_pki.keys import KeySource, fresh_keys, small_keys
from pkitools_test_pki.shapes import Template, authorities_of, shape_names, templates

if TYPE_CHECKING:
    from pkitools_test_pki.g4_trial.trial_yaml import Enrolment

_MAX_REQUEST_BYTES: Final = 1024 * 1024  # a request with 100 host names is 10 kB
_MAX_DAYS: Final = 36_500


@click.command("create", cls=Command, help="cli.test_pki.create.help")
@click.argument("folder", metavar="DIR")
@click.option("--shape", "shapes", type=click.Choice(shape_names()), multiple=True, help="cli.test_pki.create.shape")
@click.option("--fast", is_flag=True, help="cli.test_pki.create.fast")
@click.option("--base-url", metavar="URL", default=DEFAULT_BASE_URL, help="cli.test_pki.create.base_url")
@moment_option
@json_option
def create(*, folder: str, shapes: tuple[str, ...], fast: bool, base_url: str, moment: datetime, as_json: bool) -> int:
    """Create a test PKI in a new folder."""
    chosen = shapes or (shape_names()[0],)
    authorities = authorities_of(chosen)
    keys: KeySource = small_keys if fast else fresh_keys
    if not fast and not as_json:
        keys = _announced(keys, tr("cli.test_pki.create.busy", count=len(authorities)))
    paths = create_folder(folder, chosen, moment=moment, keys=keys, base_url=base_url)
    if as_json:
        document = {
            "folder": folder,
            "shapes": list(chosen),
            "base_url": base_url,
            "authorities": [
                {"name": a.name, "level": a.level, "issuer": a.issuer, "common_name": a.common_name}
                for a in authorities
            ],
            "profiles": [name for name, row in templates().items() if row.issuer in {a.name for a in authorities}],
            "files": [str(path) for path in paths],
        }
        emit_json("pkitools.test-pki-create/v1", document)
        return ExitCode.PASSED
    say(tr("cli.test_pki.create.done", folder=folder), bold=True)
    for authority in authorities:
        say(tr("cli.test_pki.create.authority", level=authority.level, name=authority.common_name))
    say(tr("cli.test_pki.create.trust", path=paths[0]))
    say(tr("cli.test_pki.create.warning"))
    say(tr("cli.test_pki.create.next", folder=folder))
    return ExitCode.PASSED


def _announced(keys: KeySource, text: str) -> KeySource:
    """Return a source of keys that tells what takes time, once there is nothing left to refuse."""
    waiting = [text]

    def announced(key_type: str) -> PrivateKey:
        while waiting:
            complain(waiting.pop())
        return keys(key_type)

    return announced


@click.command("issue", cls=Command, help="cli.test_pki.issue.help")
@click.argument("folder", metavar="DIR")
@click.option("--out", "prefix", metavar="PREFIX", required=True, help="cli.test_pki.issue.out")
@click.option("--csr", metavar="FILE", help="cli.test_pki.issue.csr")
@click.option("--enrolment", metavar="FILE", help="cli.test_pki.issue.enrolment")
@click.option("--profile", metavar="PROFILE", help="cli.test_pki.issue.profile")
@click.option("--oin", metavar="OIN", help="cli.test_pki.issue.oin")
@click.option("--organization", metavar="NAME", help="cli.test_pki.issue.organization")
@click.option("--common-name", metavar="CN", help="cli.test_pki.issue.common_name")
@click.option("--dns", metavar="NAME", multiple=True, help="cli.test_pki.issue.dns")
@click.option("--kvk", metavar="NUMBER", help="cli.test_pki.issue.kvk")
@click.option("--days", type=click.IntRange(1, _MAX_DAYS), help="cli.test_pki.issue.days")
@click.option("--force", is_flag=True, help="cli.test_pki.issue.force")
@moment_option
@json_option
def issue(
    *,
    folder: str,
    prefix: str,
    csr: str | None,
    enrolment: str | None,
    profile: str | None,
    oin: str | None,
    organization: str | None,
    common_name: str | None,
    dns: tuple[str, ...],
    kvk: str | None,
    days: int | None,
    force: bool,
    moment: datetime,
    as_json: bool,
) -> int:
    """Issue a certificate, for a request or with a new key."""
    wishes: Deviation = {}
    if oin is not None:
        wishes["oin"] = oin
    if organization is not None:
        wishes["organization"] = organization
    if common_name is not None:
        wishes["common_name"] = common_name
    if dns:
        wishes["dns"] = dns
    if kvk is not None:
        wishes["organization_identifier"] = f"NTRNL-{kvk}"
    if days is not None:
        wishes["days"] = days
    request = read_request(_read(csr), csr) if csr else None
    chosen: str | Template | None = profile
    if enrolment is not None:
        asked = _read_enrolment(enrolment, profile)
        chosen, wishes = asked.template, {**asked.wishes(), **wishes}
    with open_folder(folder, moment=moment) as pki:
        issued, changes, paths = pki.issue_to(prefix, chosen, request=request, overwrite=force, **wishes)
    if as_json:
        emit_json("pkitools.test-pki-issue/v1", _issue_document(issued, changes, paths))
    else:
        _say_issued(issued, changes, paths)
    return ExitCode.PASSED


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(_MAX_REQUEST_BYTES)
    return read_bytes(path, limit=_MAX_REQUEST_BYTES)


def _read_enrolment(path: str, profile: str | None) -> Enrolment:
    from pkitools_test_pki.g4_trial.trial_yaml import read_enrolment

    if profile is not None:
        raise click.UsageError(tr("cli.test_pki.issue.enrolment_or_profile"))
    return read_enrolment(_read(path), path)


def _issue_document(issued: IssuedCertificate, changes: Iterable[Change], paths: Iterable[Path]) -> dict[str, object]:
    facts = issued.facts
    return {
        "profile": issued.profile,
        "serial_number": f"{issued.serial_number:x}",
        "subject": facts.subject.text,
        "issuer": facts.issuer.text,
        "not_before": instant(facts.not_before),
        "not_after": instant(facts.not_after),
        "sha256": facts.sha256,
        "changes": [
            {"kind": c.kind, "field": c.field, "before": c.before or None, "after": c.after or None} for c in changes
        ],
        "files": [str(path) for path in paths],
    }


def _say_issued(issued: IssuedCertificate, changes: Iterable[Change], paths: Iterable[Path]) -> None:
    facts = issued.facts
    say(tr("cli.test_pki.issue.done", profile=issued.profile, subject=facts.subject.text), bold=True)
    say(tr("cli.test_pki.issue.issuer", issuer=facts.issuer.text))
    say(tr("cli.test_pki.issue.serial", serial_number=f"{issued.serial_number:x}"))
    say(tr("cli.test_pki.issue.validity", start=facts.not_before.date(), end=facts.not_after.date()))
    for change in changes:
        text = f"cli.test_pki.issue.change.{change.kind}"
        say(tr(text, field=change.field, before=change.before, after=change.after))
    for path in paths:
        say(tr("cli.test_pki.wrote", path=path))
