"""A command that is told can be run as it is told: nothing is where it writes, however often it was told before."""

from __future__ import annotations

import re
import shlex
import socket
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES, Language, message
from pkitools.systems import System, get_system, systems
from pkitools_cli.remedies import remedy_text
from pkitools_test_pki.pki import build
from tests.cli.test_connections import commands
from tests.connections.support import OIN, connection, written
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.keys import SHARED_KEYS
from tests.support.serving import real_time

KEPT = "--no-passphrase"
USE = ("-e", "preproduction", "--offline", "--trust", "pki")
LINES = {  # what is run, and what it tells to be run next
    "check": (("cert", "check", "a.pem", *USE), "chain complete"),
    "check of several": (("cert", "check", "a.pem", "b.pem", *USE), "chain complete"),
    "check with its key": (("cert", "check", "a.pem", "--key", "a.key", "--for", "fsc", *USE), "chain complete"),
    "check of a chain": (("cert", "check", "c.chain.pem", "--key", "a.key", "--for", "fsc", *USE), "export public"),
    "complete": (("chain", "complete", "a.pem", "--trust", "pki", "--offline"), "chain complete"),
    "complete, by no name": (("chain", "complete", "-", "--trust", "pki", "--offline"), "chain complete"),
    "completed": (("chain", "complete", "a.pem", "--trust", "pki", "--offline", "--out", "{new}.pem"), "export public"),
    "status": (("status", "--trust", "pki"), "export public"),
    "create": (("csr", "create", "--oin", "00000001822477348000", "--organization", "X", "--common-name", "a.nl",
        "--profile", "g4-tls", "-e", "preproduction", KEPT, "--out", "{taken}"), "test-pki issue"),
    "diff": (("trust", "diff", "above.pem", "--hierarchy", "g1-private"), "trust export"),
    "test PKI": (("test-pki", "create", "{new}", "--fast"), "test-pki issue"),
}  # fmt: skip
ENDS = (".pem", ".key", ".csr", ".chain.pem", ".json", ".html", ".txt")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with certificates without their chains, and a connection for which one with its chain is ready."""
    pki = build("g4-tls", moment=real_time(), keys=SHARED_KEYS)
    first, second = (pki.issue(moment=real_time(), oin=OIN, dns=[f"{name}.voorbeeld.nl"]) for name in "ab")
    above = b"".join(link.pem for link in first.path[1:])
    files = {"a.pem": first.pem, "b.pem": second.pem, "a.key": first.key_pem,
             "c.chain.pem": first.chain_pem, "above.pem": above, "pki/certs/above.pem": above,
             "pki/trust.pem": pki.trust_pem()}  # fmt: skip
    crls = {f"pki/crl/{name}.crl": der for name, der in pki.crls(moment=real_time()).items()}
    for name, data in {**files, **crls}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    written(tmp_path, connection(system='"digikoppeling"', files='["c.chain.pem", "a.key"]'))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(run: Command, line: tuple[str, ...], language: Language, number: int) -> list[list[str]]:
    """The commands that a run tells which write something."""
    Path(f"taken{number}.pem").write_bytes(b"")
    words = [word.format(new=f"new{number}", taken=f"taken{number}") for word in line]
    ran = run("--lang", language, *words, stdin=Path("a.pem").read_bytes())
    return [found for found in commands(ran.out + ran.err) if "--out" in found]


def place(words: list[str]) -> str:
    return words[words.index("--out") + 1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LINES)
def test_nothing_is_where_a_told_command_writes(run: Command, folder: Path, name: str, language: Language) -> None:
    line, following = LINES[name]
    seen: set[str] = set()
    for number in range(3):
        found = told(run, line, language, number)
        assert any(shlex.join(words).startswith(following) for words in found), found
        places = [place(words) for words in found]
        assert len(set(places)) == len(places), "each is run beside the others"
        assert not seen & set(places)
        files = [file for each in places for file in (each, *(f"{each}{end}" for end in ENDS))]
        assert not [file for file in files if Path(file).exists()]
        seen |= set(places)
        for file in files:
            Path(file).write_bytes(b"")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chains_of_several_are_completed_as_is_told(run: Command, folder: Path, language: Language) -> None:
    found = told(run, LINES["check of several"][0], language, 0)
    assert len(found) == 2
    for words in found:
        assert run(*words, "--offline").code == 0
        assert Path(place(words)).is_file()


ASKING = {
    "probe": ("probe", "{peer}"),
    "scan": ("scan", "{peer}"),
    "g4 probe": ("g4", "probe", "{peer}"),
    "register": ("oin", "lookup", "00000001822477348000", "--url", "https://{peer}/"),
}
PEERS = {
    "localhost:9": ["127.0.0.1", "::1"],
    "127.0.0.1:9": ["127.0.0.1"],
    "[::1]:9": ["::1"],
    "10.1.2.3:9": ["10.1.2.3"],
}
REFUSED = {"nl": "niet openbaar", "en": "not public"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("name", ASKING)
def test_the_network_that_is_told_is_that_of_the_address(
    run: Command, monkeypatch: pytest.MonkeyPatch, name: str, peer: str, language: Language
) -> None:
    def nobody_listens(*_: object, **__: object) -> socket.socket:
        raise ConnectionRefusedError

    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 9)) for address in PEERS[peer]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", nobody_listens)
    line = [word.format(peer=peer) for word in ASKING[name]]
    ran = run("--lang", language, *line)
    said = " ".join((ran.out + ran.err).split())
    assert REFUSED[language] in said
    allowed = re.findall(r"--allow-net [0-9a-f.:/]*[0-9a-f]", said)
    assert [each.split()[1] for each in allowed] == PEERS[peer]
    ran = run("--lang", language, *line, *(word for each in allowed for word in each.split()))
    assert REFUSED[language] not in ran.out + ran.err


@in_one_test
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("system", systems(), ids=lambda each: each.name)
def test_a_remedy_names_the_system_it_is_about(system: System, language: Language) -> None:
    text = message("system.hierarchy.accepted", {"system": system.title}, language, remedy_text).remedy
    assert text.endswith(f"pkitools systems show {system.name}")
    assert get_system(system.name) is system


NAMING = {
    "site.conf": "server {{\n listen 443 ssl;\n ssl_certificate {file};\n}}\n",
    "een site.conf": "<VirtualHost *:443>\nSSLCertificateFile {file}\n</VirtualHost>\n",
    "haproxy.cfg": "frontend a\n  bind :443 ssl crt {file}\n",
    "dynamic.yml": "tls:\n  certificates:\n    - certFile: {file}\n",
    "lijst.csv": "naam;bestand\nx;{file}\n",
    "lijst.txt": "{file}\n",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "line", [("cert", "check", "{}", "-e", "preproduction"), ("cert", "lint", "{}"), ("cert", "show", "{}")]
)
@pytest.mark.parametrize("name", NAMING)
def test_what_names_certificates_and_is_none_is_for_a_scan(
    run: Command, folder: Path, name: str, line: tuple[str, ...], language: Language
) -> None:
    Path(name).write_text(NAMING[name].format(file=Path("a.pem").absolute()), encoding="utf-8")
    ran = run("--lang", language, *(word.format(name) for word in line))
    said = " ".join((ran.out + ran.err).split())
    assert ran.code == 1
    words = shlex.split(said[said.index("pkitools scan ") :])[1:]
    assert words[:2] == ["scan", name]
    assert "a.pem" in run(*words[:2]).out
    Path(name).write_text("niets\n", encoding="utf-8")
    ran = run("--lang", language, *(word.format(name) for word in line))
    assert "pkitools scan" not in ran.out + ran.err
