"""A scan of one file tells of its certificate no other than a scan of all places of the connection that claims it."""

from __future__ import annotations

import json
import os
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.conftest import run
from tests.connections.support import CHAIN, OIN, certificate, connection, written
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.portfolios import day as at

__all__ = ["run"]  # a fixture

NAME: Final = "a.example.nl"
TODAY: Final = {"before": "2026-12-01T12:00:00Z", "after": "2026-12-22T12:00:00Z"}
NEXT: Final = {"beside": "new.pem", "in another folder": "sub/new.pem"}
NAMING: Final = {"none": {}, "the next": {"site.conf": "new"}, "the old one": {"site.conf": "old"}}
CASES: Final = [*product(NEXT, (None, "2026-11-10"), NAMING, TODAY)]


def _folder(folder: Path, lies: str | None, live: str | None, naming: str) -> Path:
    (folder / "root.pem").write_bytes(pem(good_chain().root.der))
    place = folder / "a"
    (place / "sub").mkdir(parents=True)
    old = certificate(OIN, NAME, at("2026-12-18"), start=at("2026-01-10")) + CHAIN
    (place / "old.pem").write_bytes(old)
    if lies is not None:
        new = certificate(OIN, NAME, at("2028-03-01"), start=at("2026-10-01")) + CHAIN
        (place / NEXT[lies]).write_bytes(new)
    for file, which in NAMING[naming].items():
        name = "old.pem" if which == "old" else NEXT[lies or "beside"]
        text = f"server {{ listen 443 ssl; ssl_certificate {name}; ssl_certificate_key a.key; }}\n"
        (place / file).write_text(text, encoding="utf-8")
    days = {} if live is None else {"live": live}
    return written(folder, connection(files='["a"]', common_name=f'"{NAME}"', **days))


def _old(run: Command, *words: object) -> tuple[int, dict[str, Any]]:
    ran = run("scan", *words, "--json", "--offline")
    found = json.loads(ran.out)["certificates"]
    return ran.code, next(one for one in found if one["not_after"].startswith("2026-12-18"))


def _told(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("standing", "successor", "set_aside", "verdict", "days_left")}


@pytest.mark.parametrize(("lies", "live", "naming", "when"), CASES)
def test_part_is_told_as_in_the_whole(
    tmp_path: Path, run: Command, lies: str, live: str | None, naming: str, when: str
) -> None:
    file = _folder(tmp_path, lies, live, naming)
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", TODAY[when])
    _, whole = _old(run, *given)
    part = tmp_path / "a" / "old.pem"
    for words in ((part,), (os.path.relpath(part),)):
        code, told = _old(run, *words, *given)
        assert _told(told) == _told(whole)
        # what is in use in its place was not judged here: nothing is known to be good
        assert code == (11 if told["set_aside"] else 10 if told["standing"] == "expired" else 0)
        one = json.loads(run("scan", *words, *given, "--json", "--offline").out)
        assert [each["sha256"] for each in one["certificates"] if not each["authority"]] == [told["sha256"]]
        assert one["looked_at"] == 1


ELSEWHERE: Final = {
    "a unit": ("app.service", "[Service]\nExecStart=/usr/bin/app --cert ../a/old.pem\n"),
    "nginx": ("site.conf", "server { listen 1 ssl; ssl_certificate ../a/old.pem; ssl_certificate_key ../a/a.key; }\n"),
    "an environment": (".env", "TLS_CERT=../a/old.pem\n"),
}


@pytest.mark.parametrize("when", TODAY)
@pytest.mark.parametrize("kind", ELSEWHERE)
def test_what_names_it_at_another_place_counts_in_the_part_too(
    tmp_path: Path, run: Command, kind: str, when: str
) -> None:
    """What raises an alarm in the whole does in the part: nobody is told to clear away what is in use."""
    _folder(tmp_path, "beside", None, "none")
    (tmp_path / "b").mkdir()
    name, text = ELSEWHERE[kind]
    (tmp_path / "b" / name).write_text(text, encoding="utf-8")
    file = written(tmp_path, connection(files='["a", "b"]', common_name=f'"{NAME}"', live="2026-11-10"))
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", TODAY[when], "--offline")
    for part in ((), (tmp_path / "a",), (tmp_path / "a" / "old.pem",)):
        ran = run("--lang", "en", "scan", *part, *given)
        assert "is in use:" not in ran.told, part
        assert (ran.code == 10) is (when == "after"), part


def test_what_a_program_opens_elsewhere_names_no_other_of_that_name(tmp_path: Path, run: Command) -> None:
    file = _folder(tmp_path, "beside", "2026-11-10", "none")
    place = tmp_path / "a" / "sub"
    (place / "old.pem").write_bytes((tmp_path / "a" / "new.pem").read_bytes())
    text = "server { listen 1 ssl; ssl_certificate old.pem; ssl_certificate_key a.key; }\n"
    (place / "site.conf").write_text(text, encoding="utf-8")
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", TODAY["after"], "--offline")
    _, old = _old(run, *given)
    assert old["set_aside"]


@pytest.mark.parametrize("when", TODAY)
@pytest.mark.parametrize("lies", ["a", "a/requests"])
def test_a_request_at_any_place_of_the_connection_is_the_one_to_order_with(
    tmp_path: Path, run: Command, lies: str, when: str
) -> None:
    """Before the end and after it: it may have been sent, and another has another key."""
    file = _folder(tmp_path, None, None, "none")
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", TODAY[when])
    asked = (("scan", tmp_path / "a" / "old.pem", "--offline"), ("scan", "--offline"), ("status",))
    for words in asked:
        assert "next.csr" not in run("--lang", "en", *words, *given).told
    (tmp_path / lies).mkdir(exist_ok=True)
    made = ("csr", "create", "--for", "fsc", "-e", "preproduction", "--oin", OIN, "--organization", "Gemeente A")
    made = (*made, "--common-name", NAME, "--dns", NAME, "--no-passphrase", "--out", tmp_path / lies / "next")
    assert run(*made).code == 0
    for words in asked:
        ran = run("--lang", "en", *words, *given)
        assert "next.csr" in "".join(ran.told.split()), words
        assert "csr create" not in ran.told, words


def test_of_what_is_done_with_alone_it_is_told_to_clear_it_away(tmp_path: Path, run: Command) -> None:
    file = _folder(tmp_path, "beside", "2026-11-10", "the next")
    given = ("--connections", file, "--trust", tmp_path / "root.pem", "--moment", TODAY["after"], "--offline")
    ran = run("--lang", "en", "scan", tmp_path / "a" / "old.pem", *given)
    told = " ".join(ran.told.replace("\\", "").split())
    assert f"Clear {NAME} away" in told
    assert "pkitools status --connections" in told
