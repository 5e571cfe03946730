"""``--report FILE.html``: a page says what the terminal says, and a file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES
from pkitools.requests.keys import wrap_key
from tests.portfolio.support import LEAF, WHOLE
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import corrupt, pem
from tests.support.pages import frame, parsed, words
from tests.support.shown import rsa_key

AT = ("--moment", "2026-11-22T12:00:00Z")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "leaf.pem").write_bytes(WHOLE)
    (tmp_path / "alone.pem").write_bytes(LEAF)
    (tmp_path / "torn.pem").write_bytes(corrupt())
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    return tmp_path


def check(folder: Path, *files: str, environment: str = "preproduction") -> tuple[object, ...]:
    given = [folder / name for name in files or ("found/leaf.pem",)]
    return ("cert", "check", *given, "--trust", folder / "root.pem", "-e", environment, "--offline", *AT)


def page_at(path: Path) -> str:
    """What somebody reads on a page, all of it."""
    text = path.read_text(encoding="utf-8")
    assert frame(text)
    return words(parsed(text).find("body"))


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_terminal_says(run: Command, folder: Path, language: str) -> None:
    for number, files in enumerate((("found/leaf.pem",), ("alone.pem",), ("found/leaf.pem", "alone.pem", "torn.pem"))):
        out = folder / f"{number}.html"
        usual = run("--lang", language, *check(folder, *files))
        ran = run("--lang", language, *check(folder, *files), "--report", out)
        assert ran.code == usual.code
        told, page = words_of(ran.out), page_at(out)
        assert str(out) in told
        verdict = usual.out.split("  ")[0].split(" for ")[0].split(" voor ")[0].partition(":")[0].partition(" (")[0]
        assert page.partition(verdict)[1], verdict
        now = {"nl": "Nu", "en": "Now"}[language]
        steps = [part for part in usual.out.split(f"\n  {now}")[1:] if len(files) == 1]
        for step in steps:
            sentence = " ".join(step.split("\n  ")[0].split())
            assert sentence.partition("pkitools ")[0].strip() in page


def test_a_page_says_to_mend_a_key_that_does_not_fit_its_certificate(run: Command, folder: Path) -> None:
    key = folder / "found" / "leaf.key"
    key.write_bytes(wrap_key(rsa_key(), made_here=True).pem(None))
    key.chmod(0o600)
    ran = run(*check(folder, "found/leaf.pem", "found/leaf.key"), "--report", folder / "a.html")
    assert ran.code == 10
    page = page_at(folder / "a.html").partition("The certificate ")[0]
    for said in ("FAILED for preproduction", "Put the key that it was requested with beside the certificate in"):
        assert said in words_of(ran.out), said
        assert said in page, said
    assert "PASSED" not in page


def words_of(text: str) -> str:
    return " ".join(text.split())


def test_a_page_holds_the_command_to_go_on_with_and_not_itself(run: Command, folder: Path) -> None:
    ran = run(*check(folder), "--revocation", "require", "--report", folder / "a.html")
    assert ran.code == 11
    (command,) = parsed((folder / "a.html").read_text(encoding="utf-8")).iter("pre")
    assert (command.text or "").startswith(f"pkitools cert check {folder / 'found' / 'leaf.pem'}")
    assert "--report" not in (command.text or "")


def test_what_cannot_be_read_and_what_failed_is_on_the_page_too(run: Command, folder: Path) -> None:
    ran = run(*check(folder, "found/leaf.pem", "torn.pem", environment="production"), "--report", folder / "a.html")
    assert ran.code == 10
    page = page_at(folder / "a.html")
    assert page.index("FAILED") < page.index("Each certificate")
    assert "torn.pem" in page
    assert str(folder) not in page.replace(f"pkitools cert check {folder}", "")  # a page is sent to others


@pytest.mark.parametrize(
    ("name", "why", "code"),
    [("a.pdf", ".html", 2), ("there.html", "--force", 1), ("nowhere/a.html", "nowhere", 1), ("found", ".html", 2)],
)
def test_a_page_that_cannot_be_written_is_refused_before_a_file_is_read(
    run: Command, folder: Path, name: str, why: str, code: int
) -> None:
    (folder / "there.html").write_text("mine")
    ran = run(*check(folder, "is-not-there.pem"), "--report", folder / "b.html", "--report", folder / name)
    assert ran.code == code
    assert why in ran.err
    assert "is-not-there" not in ran.err
    assert (folder / "there.html").read_text() == "mine"
    assert not (folder / "b.html").exists()


def test_several_pages_are_written_at_once_and_over_others_when_that_is_asked(run: Command, folder: Path) -> None:
    (folder / "a.html").write_text("mine")
    ran = run(*check(folder), "--report", folder / "a.html", "--report", folder / "b.html", "--force", "--json")
    assert ran.code == 0
    assert ran.document["verdict"] == "passed"
    assert (folder / "a.html").read_bytes() == (folder / "b.html").read_bytes()
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_a_scan_says_on_its_page_what_to_do_first_as_the_terminal_does(run: Command, folder: Path) -> None:
    ran = run("scan", folder, "--trust", folder / "root.pem", "--offline", *AT, "--report", folder / "a.html")
    now = words_of(ran.out.partition("Now: ")[2])
    assert now
    page = page_at(folder / "a.html")
    assert f"Now: {now}" in page
    assert page.count("torn.pem") == 1
