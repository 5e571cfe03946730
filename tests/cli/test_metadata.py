"""``pkitools metadata``: the answer first, in both languages and within the width; a file cannot act on a terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.metadata import consumer, descriptor, entity, good, holder, jwk, jwks, role, signed
from tests.support.shared import shared

META = ("--for", "digid-machtigen", "-e", "preproduction", "--offline", "--moment", "2026-11-22T12:00:00Z")
WORDS = {"nl": ("NIET GESLAAGD", "Waarom", "Nu", "Van"), "en": ("FAILED", "Why", "Now", "From")}
FILES = ("metadata.xml", "tampered.xml", "jwks.json", "cpa.xml")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("file", FILES)
def test_no_line_is_wider_than_the_terminal(
    run: Command, world: Path, monkeypatch: pytest.MonkeyPatch, file: str, language: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(world)
    for more in ((), ("--verbose",)):
        ran = run("--lang", language, "metadata", "check", file, *META, *more)
        assert [line for line in ran.out.splitlines() if len(line) > 80 and " " in line.strip()] == []


@pytest.mark.parametrize("language", WORDS)
def test_the_answer_comes_first(run: Command, world: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.chdir(world)
    ran = run("--lang", language, "metadata", "check", "tampered.xml", *META)
    verdict, *labels = WORDS[language]
    first, *rest = ran.out.splitlines()
    assert first.startswith(verdict)
    assert "tampered.xml" in first
    told = [line.split()[0] for line in rest[:14] if line.startswith("  ") and line[2:3].strip()]
    assert [label for label in told if label in labels] == labels
    assert ran.code == 10


def test_what_passed_names_the_next_step(run: Command, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Preproduction of DigiD Machtigen takes a certificate that its holder signed."""
    monkeypatch.chdir(world)
    ran = run("metadata", "check", "metadata.xml", *META)
    assert ran.code == 0
    assert ran.out.startswith("PASSED for DigiD Machtigen")
    assert "signature is good" in ran.told


def test_a_comparison_ends_with_the_command_that_checks(run: Command, world: Path) -> None:
    ran = run("metadata", "diff", world / "metadata.xml", world / "renewed.xml")
    assert ran.code == 0
    assert "2 changes" in ran.told
    assert "metadata check" in ran.told
    assert holder(1).name.upper() in ran.told.replace(":", "")


def test_of_two_files_that_say_the_same_nothing_is_told(run: Command, world: Path) -> None:
    ran = run("metadata", "diff", world / "cpa.xml", world / "cpa.xml")
    assert ran.code == 0
    assert ran.told.startswith("Nothing changed")


HOSTILE = ("a\x1b[2Jb", "a\x9b31mb", "a\u202eb", "a\u2028b", "a\nPASSED")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_file_acts_on_the_terminal(run: Command, tmp_path: Path, text: str) -> None:
    shown = text.replace("\x1b", "\ue000")  # XML has no escapes; JSON does
    made = entity(
        entity_id=shown,
        attributes=f'validUntil="{shown}"',
        roles=role(keys=descriptor(name=shown, use=shown), endpoints=consumer(shown, shown, f'index="{shown}"')),
    )
    files = {"m.xml": signed(made), "k.json": jwks(jwk(kid=text, x5u=text, x5c=None))}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / f"other-{name}").write_bytes(good() if name == "m.xml" else jwks())
        for ran in (
            run("metadata", "check", tmp_path / name, *META, "--verbose"),
            run("metadata", "diff", tmp_path / name, tmp_path / f"other-{name}"),
        ):
            assert not set(ran.out + ran.err) & set("\x1b\x9b\u202e\u2028\x07")
            assert not any(line.startswith("PASSED") for line in ran.out.splitlines())


def test_standard_input_is_read(run: Command) -> None:
    ran = run("metadata", "check", "-", *META, stdin=good())
    assert ran.code == 0
    assert "standard input" in ran.told
    twice = run("metadata", "diff", "-", "-", stdin=good())
    assert twice.code == 2


@in_one_test
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("metadata check {world}/metadata.xml -e production", 2),
        ("metadata check {world}/metadata.xml --for nobody -e production", 2),
        ("metadata check {world}/metadata.xml --for digid", 2),
        ("metadata check {world}/huge --for digid -e production", 1),
        ("metadata check {world}/empty --for digid -e production", 1),
        ("metadata check {world}/folder --for digid -e production", 1),
        ("metadata check {world}/leaf.pem --for digid -e production", 1),
        ("metadata check {world}/absent --for digid -e production", 1),
        ("metadata diff {world}/metadata.xml {world}/jwks.json", 1),
        ("metadata diff {world}/metadata.xml {world}/doctype.xml", 1),
    ],
)
def test_what_is_no_metadata_is_refused_in_a_sentence(run: Command, world: Path, line: str, code: int) -> None:
    ran = run(*(word.format(world=world) for word in line.split()))
    assert ran.code == code
    assert ran.out == ""
    assert ran.err.strip()


def test_without_the_extra_its_name_is_told(run: Command, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "signxml", None)
    ran = run("metadata", "check", world / "metadata.xml", *META)
    assert ran.code == 11
    assert "pip install 'pkitools-nl[metadata]'" in ran.told


def test_nobody_is_told_to_order_a_certificate_for_where_people_sign_in(run: Command) -> None:
    file = str(shared("samples/metadata/digid-metadata_pp1_2023.xml"))
    for language, own in (("nl", "uw eigen metadata"), ("en", "your own metadata")):
        asked = ("metadata", "check", file, "--for", "digid", "-e", "preproduction", "--offline")
        told = run("--lang", language, *asked, "--moment", "2026-11-26T12:00:00Z")
        assert told.code == 10
        assert own in told.out
        assert "csr create" not in told.out


def test_what_was_found_of_the_certificates_is_counted_too(run: Command, tmp_path: Path) -> None:
    file = tmp_path / "sp.xml"
    keys = descriptor() + descriptor(use="encryption")
    file.write_bytes(good(roles=role(keys=keys)))
    ran = run("--lang", "en", "metadata", "check", file, *META)
    document = run("metadata", "check", file, *META, "--json").document
    reports = [document["report"], *(each["report"] for each in document["certificates"])]
    warnings = [{f["code"] for f in report["findings"] if f["severity"] == "warning"} for report in reports]
    assert sum(map(len, warnings[1:])) > 0
    counted = sum(map(len, warnings))
    assert f"{counted} warning{'s' if counted > 1 else ''}" in ran.told


def test_names_of_keys_that_stay_are_no_change(run: Command, tmp_path: Path) -> None:
    """Only the certificate behind it is another, which signs too; what comes next is of the system and environment."""
    for name, number in (("old", 0), ("new", 1)):
        held = holder(number)
        keys = descriptor(held, name="k0")
        made = entity(role(keys=keys), entity_id="urn:nl-eid-gdi:1.0:DV:00000003273229750000:entities:9001")
        (tmp_path / f"{name}.xml").write_bytes(signed(made, held))
    ran = run("--lang", "en", "metadata", "diff", tmp_path / "old.xml", tmp_path / "new.xml")
    assert ran.code == 0, ran.err
    assert ran.told.startswith("3 changes from ")
    assert "metadata check" in ran.told
    assert "--for digid -e preproduction" in " ".join(ran.out.replace("\\\n", " ").split())
