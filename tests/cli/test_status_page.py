"""The page that ``status`` writes: what the terminal says of the same, and what the page of ``pkitools page`` says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES, Language
from tests.connections.support import CHAIN, OTHER_OIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.page import GIVEN, MOMENT, Visitor

OTHER = f'[organization.b]\noin = "{OTHER_OIN}"\nname = "Waterschap <b>B</b>"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Connections of every state, some with nothing there, and one that another shares its certificate with."""
    (tmp_path / "root.pem").write_bytes(pem(good_chain().root.der))
    (tmp_path / "good.pem").write_bytes(certificate() + CHAIN)
    (tmp_path / "ended.pem").write_bytes(certificate(cn="e.nl", end=datetime(2026, 10, 20, tzinfo=UTC)) + CHAIN)
    (tmp_path / "soon.pem").write_bytes(certificate(OTHER_OIN, "s.nl", end=datetime(2026, 12, 20, tzinfo=UTC)) + CHAIN)
    (tmp_path / "torn.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    text = connection(files='["good.pem"]') + OTHER
    text += connection(organization='"b"', files='["soon.pem"]', system='"digikoppeling"', environment='"production"')
    text += connection(files='["ended.pem", "torn.pem"]', system='"digid"', environment='"production"')
    text += connection(system='"fsc"', environment='"production"', live="2027-06-01", files='["gone.pem"]')
    text += connection(system='"mijnoverheid"', environment='"production"')
    written(tmp_path, text)
    return tmp_path


def squeezed(text: str) -> str:
    return " ".join(text.split())


def plain(body: str) -> str:
    """The text of a page, with a space at each line break of its own."""
    return squeezed(unescape(re.sub(r"<[^>]+>", " ", body.partition("<main")[2]))).replace(" )", ")")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_what_the_terminal_says(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.chdir(folder)
    asked = ("status", "--trust", "root.pem", "--revocation", "off", "--moment", MOMENT.isoformat())
    ran = run("--lang", language, *asked, "--report", "status.html")
    body = (folder / "status.html").read_text(encoding="utf-8")
    told, commands = plain(body), [unescape(each) for each in re.findall(r"<pre>(.*?)</pre>", body, re.DOTALL)]
    assert commands == [squeezed(each) for each in re.findall(r" (pkitools .*?[^\\])\n", joined(ran.out))]
    assert len(commands) > 3
    for sentence in sentences(ran.out):
        assert sentence in told, sentence


def joined(text: str) -> str:
    """A text of the terminal with the rows of each command on one line."""
    return re.sub(r" \\\n +", " ", text)


def sentences(text: str) -> list[str]:
    """What a terminal says, a sentence each: on a page its title and its state have a place of their own."""
    paragraphs = re.sub(r"\n +(?! |- )", " ", re.sub(r"\n +pkitools [^\n]*", "", joined(text)))
    lines = [line.strip() for line in paragraphs.splitlines() if line.strip()]
    kept = [line for line in lines[1:] if "status.html" not in line]
    pieces = (re.split(r"^- [^:(]+(?: \([a-z ]+\))?: |^(?:Nu|Now): |  ", line)[-1] for line in kept)
    return [squeezed(each) for piece in pieces for each in re.split(r"(?<=[.!?])  ?", piece) if each]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_written_and_what_is_served_are_one(run: Command, folder: Path, language: Language) -> None:
    """The steps and days of each connection are those of the page in a browser, which has links where this has
    commands."""
    file = folder / "connections.toml"
    given = ("--connections", file, "--trust", folder / "root.pem", "--revocation", "off")
    run("--lang", language, "status", *given, "--moment", MOMENT.isoformat(), "--report", folder / "status.html")
    served = (
        Visitor(replace(GIVEN, connections=str(file), trust=(str(folder / "root.pem"),), language=language))
        .get("/portfolio")
        .body.decode()
    )
    assert steps(served) == steps((folder / "status.html").read_text(encoding="utf-8"))
    assert len(steps(served)) > 30


def steps(body: str) -> list[str]:
    """Title, state and first sentence of each step, and each day, in their order."""
    inside = body.partition('<div id="connections">')[2].partition("</section>")[0]
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>|<div><dt><time.*?</div>", inside, re.DOTALL)
    cut = (re.sub(r'(<br>| <a href="/|<pre>).*', "", each, flags=re.DOTALL) for each in rows)
    return [squeezed(unescape(re.sub(r"<[^>]+>", " ", each))) for each in cut]
