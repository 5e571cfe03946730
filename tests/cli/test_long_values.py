"""A certificate decides how long its fields are, and not how much of a screen they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkitools.limits import MAX_LINE, MAX_MESSAGE_VALUE
from tests.support.command import Command
from tests.support.der import UTF8, certificate, extension, name, sequence, tlv
from tests.support.requests import request

LONG = 20_000
FILE, GIVEN = "long.pem", "given.pem"
VALUES = {"text": b"A" * LONG, "controls": b"\x1b" * LONG, "wide": "𝔸".encode() * (LONG // 4)}
COMMANDS = {
    "show": ("cert", "show"),
    "check": ("cert", "check", "-e", "preproduction", "--offline"),
    "check for": ("cert", "check", "-e", "preproduction", "--offline", "--for", "digikoppeling"),
    "lint": ("cert", "lint"),
    "csr": ("csr", "check"),
}


def named(value: bytes) -> list[tuple[str, int, bytes]]:
    return [("2.5.4.3", UTF8, value), ("2.5.4.10", UTF8, value), *[("2.5.4.11", UTF8, value[:9000])] * 3]


def written(folder: Path, command: str, value: bytes) -> Path:
    path = folder / "long"
    alternatives = sequence(*[tlv(0x86, b"http://x/" + b"u" * 8000)] * 5)
    der = (
        request(named(value), sequence(tlv(0x06, b"\x55\x1d\x11"), tlv(0x04, alternatives)))
        if command == "csr"
        else certificate(name(*named(value)), extension("2.5.29.17", alternatives), issuer=name(*named(value)))
    )
    path.write_bytes(der)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_shown_is_bounded_and_what_was_cut_off_is_said(
    run: Command, tmp_path: Path, command: str, value: str
) -> None:
    path = written(tmp_path, command, VALUES[value])
    ran = run(*COMMANDS[command], path)
    lines = [*ran.out.split("\n"), *ran.err.split("\n")]
    assert len(ran.out) + len(ran.err) < 200_000
    assert max(map(len, lines)) <= MAX_LINE * len("\\U0001d538") + 40
    if command in {"show", "check", "check for"}:
        assert "… (+" in ran.out


@pytest.mark.slow
def test_json_has_it_whole(run: Command, tmp_path: Path) -> None:
    ran = run("cert", "show", "--json", written(tmp_path, "show", VALUES["text"]))
    assert "A" * LONG in ran.out


NAMING = {
    "a root that is none": ("cert", "check", GIVEN, "-e", "preproduction", "--offline", "--trust", FILE),
    "a chain": ("chain", "complete", FILE, "--offline"),
    "an export": ("export", "chain", FILE, "--out", "out.pem"),
    "a store": ("trust", "diff", FILE),
    "a scan": ("scan", FILE),
    "an end": ("expiry", FILE),
}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("command", NAMING)
def test_a_name_in_a_sentence_is_no_longer_than_a_sentence_has_room_for(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, value: str
) -> None:
    """A refusal, a heading or a row that named a certificate took its name at any length."""
    monkeypatch.chdir(tmp_path)
    Path(FILE).write_bytes(certificate(name(("2.5.4.3", UTF8, VALUES[value]))))
    Path(GIVEN).write_bytes(certificate(name(("2.5.4.3", UTF8, b"a"))))
    ran = run(*NAMING[command])
    room = MAX_MESSAGE_VALUE * {"text": 1, "controls": len("\\x1b"), "wide": len("\\U0001d538")}[value]
    said = [*ran.out.split("\n"), *ran.err.split("\n")]
    assert max(map(len, said)) < room + 600
    assert sum(map(len, said)) < 4 * room + 1000
