"""An OIN with a letter that looks like a digit: every entrance says first which OIN it would be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Final

import pytest

from pkitools.oin import OIN, InvalidOINError
from tests.cli.conftest import pem
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.page import Read, Visitor, with_folder

OINS: Final = ("00000003273229750000", "00000001822477348000")
PLAIN: Final = ("csr", "create", "-e", "preproduction", "--for", "digid", "--no-passphrase")


def misread(oin: str) -> list[str]:
    """An OIN with one letter for a digit at each place, and with all of them."""
    letters = {"0": "O", "1": "I"}
    one_each = [oin[:at] + letters[digit] + oin[at + 1 :] for at, digit in enumerate(oin) if digit in letters]
    return [each for each in (*one_each, oin.replace("0", "O"), oin.replace("1", "L")) if each != oin]


def batch(run: Command, text: str) -> str:
    Path("t.csv").write_text(f"name,oin,organization,common-name\na,{text},A,a.example.nl\n", encoding="utf-8")
    ran = run(*PLAIN, "--from", "t.csv", "--out-dir", "made")
    return f"{ran.out} {ran.err}"


def connections(run: Command, text: str) -> str:
    stated = f'version = 1\n[organization.a]\noin = "{text}"\nname = "A"\n[[connection]]\norganization = "a"\n'
    stated += 'system = "digid"\nenvironment = "preproduction"\nfiles = ["a.pem"]\n'
    Path("c.toml").write_text(stated, encoding="utf-8")
    return run("status", "--connections", "c.toml").err


def alone(run: Command, text: str) -> str:
    ran = run(*PLAIN, "--oin", text, "--organization", "A", "--common-name", "a.example.nl", "--out", "q")
    return ran.out + ran.err


def of_certificate(run: Command, text: str) -> str:
    Path("a.pem").write_bytes(pem("CERTIFICATE", made("g1-server").der))
    ran = run("cert", "check", "a.pem", "-e", "preproduction", "--oin", text, "--offline")
    return ran.out + ran.err


def on_page(_: Command, text: str) -> str:
    return Read(Visitor(with_folder(Path.cwd())).drop([("a.pem", made("g1-server").der)], oin=text)).text


ENTRANCES: Final[dict[str, Callable[[Command, str], str]]] = {
    "oin check": lambda run, text: run("oin", "check", text).out,
    "cert check --oin": of_certificate,
    "csr create --oin": alone,
    "csr create --from": batch,
    "page": on_page,
    "connections": connections,
}
OTHERS: Final = ("RSIN", "KvK number", "eleven-test", "Position", "position")
"""What else might be wrong with it, and is not."""


@pytest.mark.parametrize("entrance", ENTRANCES)
@pytest.mark.parametrize("oin", OINS)
def test_every_entrance_says_first_which_oin_it_would_be(run: Command, tmp_path: Path, entrance: str, oin: str) -> None:
    tmp_path.chmod(0o700)
    for text in dict.fromkeys(misread(oin)):
        with chdir(tmp_path):
            told = " ".join(ENTRANCES[entrance](run, text).split())
        before, found, _ = told.partition(oin)
        assert found, (text, told)
        assert not [word for word in OTHERS if word in before], (text, told)


@pytest.mark.parametrize("oin", OINS)
def test_the_error_says_it_too(oin: str) -> None:
    for text in dict.fromkeys(misread(oin)):
        with pytest.raises(InvalidOINError) as caught:
            OIN.parse(text)
        assert (caught.value.code, caught.value.params["suggestion"]) == ("oin.input.like_digits", oin)


def test_what_digits_do_not_make_an_oin_is_told_by_the_rule_that_it_breaks() -> None:
    for text in ("0000000327322975A000", "0000000O123456789000", "00000003O"):
        with pytest.raises(InvalidOINError) as caught:
            OIN.parse(text)
        assert caught.value.code != "oin.input.like_digits"
