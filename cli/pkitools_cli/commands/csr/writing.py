"""What ``csr create`` and its batch share: the passphrase of a new key, and writing a request to disk."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from pkitools.containers import read_source
from pkitools.errors import PkitoolsError
from pkitools.files import Output, is_file, read_bytes, write_set
from pkitools.findings import Outcome, Severity
from pkitools.frozen import dataclass
from pkitools.reports import WrittenCertificate, WrittenRequest
from pkitools.requests import SignedRequest, check_request
from pkitools_cli.i18n import tr
from pkitools_cli.output import complain
from pkitools_cli.passphrases import asked_new_passphrase, can_ask, given_passphrase

if TYPE_CHECKING:
    from pkitools.ordering import SelfSigned

_CERTIFICATES: Final = (".pem", ".chain.pem")
SHORT: Final = 12
"""Characters of a passphrase below which it is told to be short: a stolen key file can be tried without end."""


@dataclass(frozen=True, slots=True)
class KeyPassphrase:
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
        passphrase = self.given()
        if passphrase is None:
            passphrase = _asked()
        if len(passphrase.decode(errors="replace")) < SHORT:
            complain(tr("cli.csr.create.short_passphrase", count=SHORT))
        return passphrase


def _asked() -> bytes:
    if not can_ask():
        raise click.UsageError(tr("cli.csr.create.say_passphrase"))
    return asked_new_passphrase(tr("cli.csr.create.prompt"), tr("cli.csr.create.again"))


def places(prefix: str, suffix: str = "csr") -> list[Output]:
    """Return the files that a request or a certificate with a new key takes: the key first."""
    return [Output(f"{prefix}.key", b"", secret=True), Output(f"{prefix}.{suffix}", b"", secret=False)]


def write(request: SignedRequest, prefix: str, secret: bytes | None, force: bool) -> WrittenRequest:
    """Write a request, and its key when that was made here, encrypted with ``secret`` unless that is ``None``."""
    backups = write_set(request.outputs(prefix, secret), overwrite=force)
    aside = tuple(moved for backup in backups for moved in _set_aside(prefix, backup))
    return WrittenRequest(prefix, request, secret is not None, (*backups, *aside), _warnings(request))


def _set_aside(prefix: str, old_key: Path) -> Iterator[Path]:
    """Bring the certificate that stood beside a key that was replaced to where that key is kept.

    Beside the new key it would be taken for the certificate of that, and be in the way of it.
    """
    for old, new in _moves(prefix, int(old_key.name.rpartition(".bak-")[2])):
        if not os.path.lexists(new):
            old.rename(new)  # as it is: who could read it, and what else is in it
            yield new


def _moves(prefix: str, number: int) -> Iterator[tuple[Path, Path]]:
    """Yield where the certificate at a prefix is, and where it goes: beside the key that is kept as that number."""
    try:
        there = read_source(read_bytes(f"{prefix}.pem"), prefix).certificates
    except PkitoolsError:
        return
    for end in _CERTIFICATES if there else ():
        if is_file(old := Path(f"{prefix}{end}")):
            yield old, Path(f"{prefix}.bak-{number}{end}")


def write_certificate(made: SelfSigned, prefix: str, secret: bytes | None, force: bool) -> WrittenCertificate:
    """Write a self-signed certificate, and its key when that was made here, as :func:`write` does a request.

    The one that it replaces is kept: others may have been told of it, and then it is what they know.
    """
    aside = list(_moves(prefix, _free_number(prefix))) if force else []
    with _moved(aside):
        backups = write_set(made.outputs(prefix, secret), overwrite=force)
    return WrittenCertificate(prefix, made, secret is not None, (*backups, *(new for _, new in aside)))


def _free_number(prefix: str) -> int:
    """Return the number that a key which is replaced is kept as, or the next of which no certificate is kept."""
    numbers = itertools.dropwhile(lambda each: os.path.lexists(f"{prefix}.key.bak-{each}"), itertools.count(1))
    return next(
        each for each in numbers if not any(os.path.lexists(f"{prefix}.bak-{each}{end}") for end in _CERTIFICATES)
    )


@contextmanager
def _moved(moves: Sequence[tuple[Path, Path]]) -> Iterator[None]:
    """Give files other names while something is written in their place; when that fails they get their own back."""
    for old, new in moves:
        old.rename(new)
    try:
        yield
    except BaseException:
        for old, new in moves:
            new.rename(old)
        raise


def _warnings(request: SignedRequest) -> tuple[Outcome, ...]:
    plan = request.plan
    report = check_request(request.der, plan.profile, tsp=plan.tsp, environment=plan.environment)
    return tuple(outcome for outcome in report.findings if outcome.rule.severity >= Severity.NOTICE)
