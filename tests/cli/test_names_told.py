"""A refusal names a certificate as people call it, in every sentence that has a distinguished name in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from pkitools.errors import InputError
from pkitools.exports import export_forms
from pkitools_cli import remedies
from tests.cli.conftest import run
from tests.connections.support import certificate
from tests.support.certificates import made
from tests.support.command import Command

__all__ = ["run"]  # a fixture

WITH_CHAIN: Final = [form.name for form in export_forms() if not form.takes_passphrase]
AT: Final = ("--moment", "2026-11-22T12:00:00Z")


@pytest.mark.parametrize("more", [{}, {"since": "2026-11-22T12:00:00Z"}])
def test_an_error_and_its_remedy_have_the_short_form(more: dict[str, str]) -> None:
    issuer = made("g1-server").issuer.text
    said = remedies.error_line(InputError("exports.error.no_chain", subject="host.example.nl", issuer=issuer, **more))
    assert issuer != issuer.short
    assert issuer.short in said
    assert issuer not in said
    assert remedies.told("exports.error.no_chain", {"subject": "a", "issuer": issuer}).message.count(issuer) == 0


def test_no_form_of_export_says_a_whole_distinguished_name(tmp_path: Path, run: Command) -> None:
    (tmp_path / "a.pem").write_bytes(certificate())
    refused = 0
    for form in WITH_CHAIN:
        ran = run("export", form, tmp_path / "a.pem", "--out", tmp_path / f"out-{form}", *AT)
        if ran.code == 0:
            continue  # a sheet of particulars has the whole name, for a form to copy
        told = ran.out + ran.err
        assert "CN=" not in told, form
        refused += "TSP" in told
    assert refused
