"""A folder that is given as a chain: of a test PKI its authorities, of any other what is a certificate, and no stop."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import Command


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A test PKI with a certificate under it, and a folder with its authorities and all kinds of other files."""
    from pkitools_cli.main import main

    folder = tmp_path_factory.mktemp("chains")
    folder.chmod(0o700)
    owner = ("--oin", "00000099000000001000", "--organization", "Test", "--common-name", "a.example.nl")
    made = ("issue", folder / "pki", *owner, "--dns", "a.example.nl", "--out", folder / "leaf")
    for words in (("create", folder / "pki", "--fast"), made):
        with pytest.raises(SystemExit) as ended:
            main(["test-pki", *map(str, words)])
        assert ended.value.code == 0
    return folder


def of_nss(file: Path) -> None:
    """A database as NSS makes it, without anything in it."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a1, a11)")


OTHERS: dict[str, tuple[Callable[[Path, Path], object], bool]] = {
    # what lies beside the authorities, and whether it may hold a certificate that nobody read
    "nothing": (lambda folder, pki: None, False),
    "an empty file": (lambda folder, pki: (folder / "lock").touch(), False),
    "a note": (lambda folder, pki: (folder / "README.txt").write_text("Zie de wiki.\n"), False),
    "a list": (lambda folder, pki: shutil.copy(next((pki / "crl").iterdir()), folder), False),
    "certificates of Firefox": (lambda folder, pki: of_nss(folder / "cert9.db"), True),
    "a RAR archive": (lambda folder, pki: (folder / "all.rar").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(40)), True),
    "a database": (lambda folder, pki: shutil.copy(pki / "pki.sqlite3", folder / "cert9.db"), False),
    "half a certificate": (
        lambda folder, pki: (folder / "half.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIC"),
        True,
    ),
    "a folder": (lambda folder, pki: (folder / "deeper").mkdir(), False),
}
COMMANDS = {
    "chain complete": ("chain", "complete", "{leaf}", "--offline"),
    "cert check": ("cert", "check", "{leaf}", "-e", "preproduction", "--offline", "--trust", "{pki}"),
    "export chain": ("export", "chain", "{leaf}", "--out", "{out}/c.pem"),
}


def command(name: str, pki: Path, out: Path, *more: object) -> list[object]:
    given = {"leaf": pki.parent / "leaf.pem", "pki": pki, "out": out}
    return [*(word.format(**given) for word in COMMANDS[name]), *more]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_of_a_test_pki_is_its_authorities(run: Command, place: Path, tmp_path: Path, name: str) -> None:
    pki = place / "pki"
    tmp_path.chmod(0o700)
    told = run(*command(name, pki, tmp_path, "--chain", pki))
    assert told.code == 0, told.err
    assert "sqlite" not in told.err + told.out


def test_a_folder_of_a_test_pki_is_its_lists_too(run: Command, place: Path) -> None:
    common = ("-e", "preproduction", "--offline", "--trust", place / "pki" / "trust.pem", "--chain", place / "pki")
    for words in (("cert", "check", place / "leaf.pem"), ("scan", place / "leaf.pem")):
        told = run(*words, *common, "--revocation", "require", "--crl", place / "pki")
        assert (told.code, "sqlite" in told.err + told.out) == (0, False), told


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("kind", OTHERS)
def test_what_lies_beside_the_certificates_of_a_folder_stops_nothing(
    run: Command, place: Path, tmp_path: Path, name: str, kind: str
) -> None:
    """What surely holds no certificate is passed over; of what may hold one it is told that nobody read it."""
    tmp_path.chmod(0o700)
    folder, put = tmp_path / "authorities", OTHERS[kind]
    shutil.copytree(place / "pki" / "certs", folder)
    shutil.copy(place / "pki" / "trust.pem", folder / "root.pem")
    put[0](folder, place / "pki")
    ran = run(*command(name, place / "pki", tmp_path, "--chain", folder))
    assert ran.code == (1 if put[1] else 0), ran.err
    assert name != "export chain" or (tmp_path / "c.pem").exists()
    if kind == "a list" and name == "cert check":
        return  # there it is of use
    names = {path.name for path in folder.iterdir()} - {path.name for path in (place / "pki" / "certs").iterdir()}
    for other in names - {"root.pem", "deeper"}:
        assert other in "".join((ran.err + ran.out).split()), ran.out


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_without_a_certificate_is_refused(run: Command, place: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "lock").touch()
    assert run(*command(name, place / "pki", tmp_path, "--chain", tmp_path)).code in {1, 2}
