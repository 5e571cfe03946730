"""How much there is besides, and what could not be looked at of all: told alike in a terminal and a report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.connections.support import CHAIN, certificate
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.page import Read

AT = ("--moment", "2026-11-22T12:00:00Z", "-e", "preproduction")
ROOT = pem(good_chain().root.der)
FILES = {
    "alone": certificate(),
    "whole": certificate() + CHAIN,
    "with its root": certificate() + CHAIN + ROOT,
    "in another order": CHAIN + certificate(),
    "two": certificate() + certificate(cn="other.example.nl") + CHAIN + ROOT,
}
ALSO = {"nl": r"^  Ook +(.*?)(?: \(|$)", "en": r"^  Also +(.*?)(?: \(|$)"}


@pytest.mark.parametrize("tongue", ALSO)
@pytest.mark.parametrize("file", FILES)
def test_a_page_counts_as_a_terminal_does(run: Command, tmp_path: Path, file: str, tongue: str) -> None:
    (tmp_path / "a.pem").write_bytes(FILES[file])
    (tmp_path / "root.crt").write_bytes(ROOT)
    page = tmp_path / "a.html"
    asked = (tmp_path / "a.pem", "--trust", tmp_path / "root.crt", *AT, "--report", page)
    said = re.findall(ALSO[tongue], run("--lang", tongue, "cert", "check", *asked).out, re.MULTILINE)
    said = [each for each in said if re.match(r"\d+ \w", each)]  # of several together the verdicts are counted too
    assert said
    shown = Read(page.read_bytes()).text
    assert all(each in shown for each in said), said


def test_what_was_not_looked_at_is_said_once(run: Command, tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "b.pem").write_bytes(certificate()[:300])
    report = tmp_path / "scan.md"
    out = run("--lang", "en", "scan", tmp_path / "a.pem", tmp_path / "b.pem", *AT, "--report", report).told
    text = report.read_text(encoding="utf-8")
    sentence = "what it would show among the rest is not known"
    assert text.count(sentence) == out.count(sentence) == 1
    assert "risk." not in text.partition("## ")[2].replace("\\", "")


def test_what_one_line_names_and_is_not_there_stands_together(run: Command, tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text("server {\n ssl_certificate no.pem;\n ssl_certificate_key no.key;\n}\n")
    out = run("--lang", "en", "scan", tmp_path, *AT).told
    assert "Pointed to, and not there: 2" in out
    assert "Not looked into" not in out


@pytest.mark.parametrize("file", ["whole", "with its root", "alone"])
def test_what_completes_a_chain_is_told_once_where_it_is_known(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pem").write_bytes(FILES[file])
    (tmp_path / "root.crt").write_bytes(ROOT)
    (tmp_path / "chain.crt").write_bytes(CHAIN)
    asked = ("a.pem", "--trust", "root.crt", *AT, "--revocation", "off")
    known = ("--chain", "chain.crt")
    for more in ((), known):
        ran = run("--lang", "en", "cert", "check", *asked, *more)
        assert ran.told.count("chain complete") == ("delivery.chain.complete" in ran.told), ran.told
