"""``pkitools test-pki broken``: what it writes is what ``cert check`` then refuses, by the rules of the index."""

from __future__ import annotations

import json
import shlex
import stat
from pathlib import Path
from typing import Any

import pytest

from pkitools_test_pki.defects import defects
from pkitools_test_pki.defects.catalogue import NOTICED, write_catalogue
from tests.support.broken import laboratory
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.schemas import assert_valid
from tests.test_pki.conftest import MOMENT

WHEN = "--moment", "2026-11-22T12:00:00Z"
BROKEN = "test-pki", "broken"
LAYERS = {
    "nl": {"tls": "TLS", "revocation": "CRL/OCSP", "application": "toepassing", "check": "cert check"},
    "en": {"tls": "TLS", "revocation": "CRL/OCSP", "application": "application", "check": "cert check"},
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue") / "out"
    write_catalogue(folder, laboratory(MOMENT))
    return folder


@pytest.fixture
def where(run: Command, tmp_path: Path) -> Path:
    assert run("test-pki", "create", tmp_path / "pki", "--fast", *WHEN).code == 0
    return tmp_path / "pki"


def index_of(folder: Path) -> Any:
    return json.loads((folder / "index.json").read_text(encoding="utf-8"))


def shown_by(run: Command, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Give the command in the folder; return the rules of severity WARNING and above it says are violated."""
    monkeypatch.chdir(folder)
    program, *arguments = shlex.split(command)
    assert program == "pkitools"
    ran = run(*arguments, "--json")
    assert ran.code in {0, 10, 11}, ran.err
    certificate, *issuers = ran.document["certificates"]
    for issuer in issuers:  # one that is no authority is an end entity of the file, and judged too
        assert certificate["certificate"]["issuer"] == issuer["certificate"]["subject"], command
    return {
        outcome["code"] for outcome in certificate["report"]["findings"] if outcome["severity"] in {"warning", "error"}
    } - {"system.hierarchy.unconfirmed"}


@pytest.mark.slow
def test_every_command_of_the_index_shows_its_defect(
    run: Command, catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = index_of(catalogue)
    assert len(index["defects"]) == len(defects())
    differing = {
        row["name"]: (codes, row["codes"])
        for row in index["defects"]
        if (codes := shown_by(run, catalogue, row["command"], monkeypatch)) != set(row["codes"])
    }
    assert not differing
    assert shown_by(run, catalogue, index["sound"]["command"], monkeypatch) == set()


@pytest.mark.slow
def test_the_index_is_by_its_schema_and_every_file_is_there(catalogue: Path) -> None:
    index = index_of(catalogue)
    assert_valid(index, "test-pki-broken-v1")
    named = {name for row in [index["sound"], *index["defects"]] for name in row["files"].values() if name}
    assert named | {"index.json", "index.md", "trust.pem"} == {path.name for path in catalogue.iterdir()}
    for path in catalogue.glob("*.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.slow
def test_the_markdown_has_every_defect_and_nothing_that_acts_on_a_terminal(catalogue: Path) -> None:
    text = (catalogue / "index.md").read_text(encoding="utf-8")
    for found in defects():
        start = text.index(f"### {found.name}\n\n{found.description}\n*{found.description_nl}*\n")
        assert f"Noticed by: {NOTICED[found.layer]}\n" in text[start : text.index("    pkitools cert check", start)]
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.slow
def test_some_of_an_existing_test_pki(run: Command, where: Path, tmp_path: Path) -> None:
    ran = run(*BROKEN, where, "--out", tmp_path / "out", "--only", "revoked", "--only", "two-oins", *WHEN, "--json")
    assert ran.code == 0
    assert_valid(ran.document, "test-pki-broken-v1")
    assert [row["name"] for row in ran.document["defects"]] == ["revoked", "two-oins"]
    assert (tmp_path / "out" / "trust.pem").read_bytes() == (where / "trust.pem").read_bytes()
    assert (tmp_path / "out" / "revoked.crls.pem").exists()
    # the revoked one stands in the database, so that its server says so too; the others do not
    listed = run("test-pki", "list", where, "--json").document["certificates"]
    assert [row["state"] for row in listed if row["profile"] == "g4-tls"] == ["revoked"]
    assert run("test-pki", "verify", where).code == 0


@pytest.mark.slow
def test_the_defects_of_an_existing_test_pki_raise_the_same_rules(
    run: Command, where: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(*BROKEN, where, "--out", tmp_path / "out", *WHEN).code == 0
    topics = {"chain", "revocation", "environment"}
    rows = [row for row in index_of(tmp_path / "out")["defects"] if row["topic"] in topics]
    assert {row["topic"] for row in rows} == topics
    for row in rows:
        assert shown_by(run, tmp_path / "out", row["command"], monkeypatch) == set(row["codes"]), row["name"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_list_describes_in_the_language_asked(run: Command, lang: str) -> None:
    ran = run("--lang", lang, *BROKEN, "--list")
    assert ran.code == 0
    for found in defects():
        assert f"{found.name} " in ran.out
        described = found.description_nl if lang == "nl" else found.description
        (line,) = (line for line in ran.out.splitlines() if line.endswith(described))
        assert line.split()[1:][0] in LAYERS[lang][found.layer]
    assert "cli.test_pki_broken" not in ran.out


def test_list_as_data(run: Command) -> None:
    document = run(*BROKEN, "--list", "--json").document
    assert_valid(document, "test-pki-defects-v1")
    assert [row["name"] for row in document["defects"]] == [found.name for found in defects()]


@pytest.mark.slow
def test_what_it_wrote_is_told(run: Command, tmp_path: Path) -> None:
    ran = run(*BROKEN, "--out", tmp_path / "out", "--only", "expired", *WHEN)
    assert ran.code == 0
    assert str(tmp_path / "out" / "index.md") in ran.out
    assert "Making RSA keys" in ran.err


def test_nothing_is_overwritten(run: Command, tmp_path: Path) -> None:
    (tmp_path / "note").write_text("mine")
    ran = run(*BROKEN, "--out", tmp_path, "--only", "expired")
    assert ran.code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


@pytest.mark.slow
def test_an_empty_folder_is_taken(run: Command, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run(*BROKEN, "--out", tmp_path / "out", "--only", "expired").code == 0
    assert not list(tmp_path.glob(".*"))


@pytest.mark.slow
def test_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pkitools_test_pki.defects.catalogue.write_public", failing)
    with pytest.raises(Exception, match="no space left on the disk"):
        write_catalogue(tmp_path / "out", laboratory(MOMENT), [defects()[0]])
    assert not list(tmp_path.iterdir())


@in_one_test
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--list", "--only", "expird"], 2, "expired"),
        ([], 2, "--out"),
        (["/nonexistent", "--out", "OUT"], 1, "/nonexistent"),
        (["--out", "/nonexistent/x/y"], 1, "/nonexistent"),
        (["--out", "nul\0"], 1, "null"),
    ],
)
def test_what_goes_wrong_is_told_in_one_sentence(
    run: Command, tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    ran = run(*BROKEN, *[str(tmp_path / "out") if a == "OUT" else a for a in arguments])
    assert ran.code == code
    assert says in ran.err


@pytest.mark.slow
def test_a_pki_of_another_shape_is_refused(run: Command, tmp_path: Path) -> None:
    assert run("test-pki", "create", tmp_path / "pki", "--fast", "--shape", "g1-private", *WHEN).code == 0
    ran = run(*BROKEN, tmp_path / "pki", "--out", tmp_path / "out", *WHEN)
    assert ran.code == 2
    assert "g4-tls-root" in ran.err
    assert not (tmp_path / "out").exists()
