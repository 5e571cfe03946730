"""Each command names the next: who follows them comes from a system to a tried connection, and walks no circle."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pkitools.trust import get_hierarchy
from tests.journey.test_guides import metadata
from tests.support.command import Command
from tests.support.leaves import KVK_OIN
from tests.support.metadata import EHERKENNING, GDI
from tests.support.peers import TLS, listening
from tests.support.serving import real_time

pytestmark = pytest.mark.slow

_NOW = re.compile(r"^ *Nu:? .*?\n( +pkitools (?:.*\\\n)*.*)$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^ +pkitools (?:.*\\\n)*.*$", re.MULTILINE)
_ORDER = f"--oin {KVK_OIN} --organization Voorbeeld --common-name dienst.voorbeeld.nl --locality Utrecht"
_MADE = (*_ORDER.split(), "--province", "Utrecht", "--key-type", "rsa:3072", "--passphrase-file", "wachtwoord", "--out")
_PRACTICE = ("--trust", "pki", "--offline")
_END = "Niets: de verbinding komt tot stand."
_MOST = 12


@pytest.fixture
def of_pkioverheid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test PKI plays Private G1 itself: no system has to take certificates of a test, and production does not."""
    from pkitools.trust import recognition

    by_name, real = recognition._by_name, get_hierarchy("g1-private")

    def seen(name: str | None, identifier: str | None) -> Any:
        is_ours = name is not None and name.startswith("TRIAL ")
        return by_name("KPN PKIoverheid Private Services CA - G1", None) if is_ours else by_name(name, identifier)

    for looked_up in ("_by_name", "_remembered"):
        monkeypatch.setattr(recognition, looked_up, seen)
    for place in ("pkitools.trust.store", "pkitools.systems.evaluation"):
        monkeypatch.setattr(f"{place}.hierarchy_of_root", lambda _thumbprint: real)


class Follower:
    """Does what the last command said to do next; what is to be filled in there is filled in as whoever practises does.

    Args:
        run: runs a command.
        delivered: how the certificate comes back: ``.pem`` alone, or ``.chain.pem`` with those of its issuers.
        port: where the other side is.
    """

    def __init__(self, run: Command, delivered: str, port: int) -> None:
        self._run, self._delivered, self._port = run, delivered, port
        self.walked: list[tuple[str, ...]] = []

    def follow(self, *words: str) -> Iterator[str]:
        """Run a command and what follows from it; yield what each says."""
        while True:
            assert words not in self.walked, f"a circle: {words}"
            assert len(self.walked) < _MOST
            self.walked.append(words)
            ran = self._run(*self._filled(words))
            assert ran.code == 0, (words, ran.out, ran.err)
            yield ran.out
            words = following(ran.out)
            if not words:
                return

    def _filled(self, words: tuple[str, ...]) -> tuple[str, ...]:
        match words[:2]:
            case ("csr", "create"):
                return (*words, *_MADE, "dienst", *(("--tsp", "kpn") if "--self-signed" not in words else ()))
            case ("cert", "check"):
                return (*self._with(words, self._received()), *_PRACTICE)
            case ("metadata", "check"):
                Path("metadata.xml").write_bytes(_metadata(words))
                return (*self._with(words, "metadata.xml"), *_PRACTICE)
            case ("probe", "HOST:POORT"):
                with_files = self._with(words, *self._client())
                here = ("--trust", "pki", "--allow-net", "127.0.0.0/8", "--passphrase-file", "wachtwoord")
                return ("probe", f"localhost:{self._port}", *with_files[2:], *here, "--revocation", "off")
        return words

    def _received(self) -> str:
        """What the TSP sends: the certificate for the request, made once."""
        if not Path("dienst.pem").exists():
            made = self._run("test-pki", "issue", "pki", "--csr", "dienst.csr", "--out", "dienst")
            assert made.code == 0, made.err
        return f"dienst{self._delivered}"

    def _client(self) -> tuple[str, str]:
        return ("dienst.chain.pem" if Path("dienst.chain.pem").exists() else "dienst.pem", "dienst.key")

    def _with(self, words: tuple[str, ...], *files: str) -> tuple[str, ...]:
        rest = iter(files)
        return tuple(next(rest) if word == "BESTAND" else word for word in words)


def _metadata(words: tuple[str, ...]) -> bytes:
    """Return what whoever connects hands to this system in this environment."""
    index = "9001" if "preproduction" in words else "0001"
    form, uses = (EHERKENNING, (None,)) if "eherkenning" in words else (GDI, ("signing", "encryption"))
    return metadata(Path(), "dienst", form.replace("0001", index), uses)


def following(told: str) -> tuple[str, ...]:
    """Return the command that an answer says to run next, without ``pkitools``."""
    label = re.search(r"^ *Nu:? ", told, re.MULTILINE)
    found = label and _COMMAND.search(told, label.start())
    return tuple(shlex.split(found[0].replace("\\\n", " "))[1:]) if found else ()


@pytest.fixture
def other_side(run: Command, tmp_path: Path) -> Iterator[int]:
    """A test PKI, and a server of it that asks for client certificates: its port."""
    from pkitools_test_pki.folder import open_folder

    (tmp_path / "wachtwoord").write_text("een lang wachtwoord")
    (tmp_path / "wachtwoord").chmod(0o600)
    assert run("test-pki", "create", "pki", "--shape", "g1-private", "--fast").code == 0
    with open_folder("pki", moment=real_time()) as pki:
        server, _ = pki.issue(dns=["localhost"], oin=KVK_OIN)
    with listening(TLS(identity=server, trusts=[server.root])) as port:
        yield port


@pytest.mark.usefixtures("of_pkioverheid")
@pytest.mark.parametrize("delivered", [".pem", ".chain.pem"])
@pytest.mark.parametrize("environment", ["preproduction", "production"])
@pytest.mark.parametrize("system", ["digid-machtigen", "eherkenning"])
def test_who_does_what_comes_next_is_connected(
    run: Command, other_side: int, system: str, environment: str, delivered: str
) -> None:
    follower = Follower(run, delivered, other_side)
    told = list(follower.follow("systems", "show", system, "-e", environment))
    walked = [" ".join(words[:2]) for words in follower.walked]
    completed = ["chain complete"] if delivered == ".pem" else []
    sent = ["export public", "metadata check", "probe HOST:POORT"]
    assert walked == ["systems show", "csr create", "cert check", *completed, *sent], (
        "one road, however it is delivered"
    )
    for words in follower.walked:
        assert {system, environment} <= set(words), "what it is for is lost on no part of the way"
    assert _END in told[-1]
