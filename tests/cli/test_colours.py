"""Colour on a real terminal of 80 columns: only the words that say how bad it is, readable on dark and on light."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.certificates import made
from tests.support.deliveries import pem

pty = pytest.importorskip("pty")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

ROOT = Path(__file__).parents[2]
LINE = "cert check a.pem b.pem -e production --for digid --offline --moment 2026-11-22T12:00:00Z"
READABLE = {"31", "32", "35"}  # red, green, magenta: yellow and cyan are lost on white, blue is lost on black
MARKED = re.compile(r"((?:\x1b\[\d+m)+)(.*?)\x1b\[0m")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("colours")
    for name in "ab":
        (folder / f"{name}.pem").write_bytes(pem(made("g1-server").der))
    return folder


def on_a_terminal(folder: Path, line: str, **environment: str) -> str:
    """What a terminal of 80 columns and 24 lines receives."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, (24).to_bytes(2, sys.byteorder) + (80).to_bytes(2, sys.byteorder) + bytes(4))
    path = os.pathsep.join(str(ROOT / each) for each in (".", "cli", "test_pki"))
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    child = subprocess.Popen(
        [sys.executable, "-m", "pkitools_cli", *line.split()],
        cwd=folder, stdin=slave, stdout=slave, stderr=slave,
        env={**kept, "PYTHONPATH": path, "PKITOOLS_LANG": "nl", "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
    )  # fmt: skip
    os.close(slave)
    received = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other side was closed
            break
        if not part:
            break
        received += part
    os.close(master)
    child.wait(60)
    return received.decode().replace("\r\n", "\n")


@pytest.mark.slow
def test_only_the_words_that_say_how_bad_it_is_are_coloured(folder: Path) -> None:
    shown = on_a_terminal(folder, LINE)
    marked = MARKED.findall(shown)
    coloured = {word for codes, word in marked if set(re.findall(r"\d+", codes)) - {"1"}}
    assert {"NIET GESLAAGD", "FOUT"} <= coloured
    assert coloured <= {"NIET GESLAAGD", "GESLAAGD", "NIET TE BEPALEN", "FOUT", "WAARSCHUWING"}
    assert {code for codes, _ in marked for code in re.findall(r"\d+", codes)} <= READABLE | {"1"}
    plain = MARKED.sub(r"\2", shown)
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 80, "as wide as the terminal says it is"


@pytest.mark.slow
def test_the_text_is_the_same_without_colour(folder: Path) -> None:
    shown = on_a_terminal(folder, LINE)
    assert on_a_terminal(folder, LINE, NO_COLOR="1") == MARKED.sub(r"\2", shown)


@pytest.mark.slow
def test_green_is_never_bold(folder: Path) -> None:
    """Many terminals make bold green bright, which white swallows."""
    shown = on_a_terminal(folder, "oin check 00000003273229750000")
    assert "\x1b[32mGESLAAGD\x1b[0m" in shown
