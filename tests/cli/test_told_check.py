"""The command that a scan tells to run about what is wrong gives no better verdict than the scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.chains import MOMENT
from tests.support.command import Command


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All authorities in it are of one name and one key: in its folder is always another path."""
    from pkitools_cli.main import main

    folder = tmp_path_factory.mktemp("told") / "broken"
    with pytest.raises(SystemExit) as ended:
        main(["test-pki", "broken", "--out", str(folder), "--moment", MOMENT.isoformat()])
    assert ended.value.code == 0
    return folder


def test_what_is_revoked_by_its_issuer_is_so_in_the_told_command(
    run: Command, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(catalogue)
    at = ("--moment", MOMENT.isoformat(), "--offline")
    names = ("issuer-revoked.pem", "issuer-revoked.chain.pem", "issuer-revoked.crls.pem")
    ran = run("--lang", "en", "scan", *names, "--trust", "trust.pem", *at)
    assert ran.code == 10
    told = ran.told.rpartition("pkitools ")[2].replace("\\", " ").split()
    assert told[:2] == ["cert", "check"], ran.told
    again = run(*told, *at, "--json")
    assert again.code == 10, told
    assert '"revocation.status.revoked"' in again.out


def test_where_its_file_brings_no_chain_the_one_it_was_judged_with_is_told(
    run: Command, catalogue: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(catalogue)
    at = ("--moment", MOMENT.isoformat(), "--offline")
    chain = (catalogue / "issuer-revoked.chain.pem").read_text().split("-----END CERTIFICATE-----\n")
    text = "".join(f"{each}-----END CERTIFICATE-----\n" for each in chain[1:] if "BEGIN" in each)
    (tmp_path / "between.pem").write_text(text)
    names = ("issuer-revoked.pem", str(tmp_path / "between.pem"), "issuer-revoked.crls.pem")
    ran = run("--lang", "en", "scan", *names, "--trust", "trust.pem", *at)
    assert ran.code == 10
    told = ran.told.rpartition("pkitools ")[2].replace("\\", " ").split()
    again = run(*told, *at, "--json")
    assert again.code == 10, told
    assert '"revocation.status.revoked"' in again.out, told
