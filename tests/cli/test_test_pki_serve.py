"""``pkitools test-pki serve``: one process serves, others work in the same folder, a signal ends it."""

from __future__ import annotations

import json
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pkitools_test_pki.folder import create_folder
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.server.faulty_documents import served_faults
from tests.support.command import Command
from tests.support.effort import PATIENCE
from tests.support.keys import SHARED_KEYS
from tests.support.leaves import KVK_OIN
from tests.support.schemas import assert_valid
from tests.support.serving import get, real_time

pytestmark = pytest.mark.slow

PKITOOLS = [sys.executable, "-m", "pkitools_cli"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A PKI whose addresses are at a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    create_folder(tmp_path / "pki", ["g4-tls", "g3"], moment=real_time(), keys=elliptic_keys, base_url=url)
    return tmp_path / "pki"


class Served:
    """The serving process: what it said at its start, and how it ended."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def lines_until(self, last: str) -> str:
        assert self.process.stdout is not None
        descriptor, said = self.process.stdout.fileno(), b""
        deadline = time.monotonic() + PATIENCE
        while last.encode() not in said:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(descriptor, 65536) if ready else b""
            assert piece, f"no {last!r} in {said!r}"
            said += piece
        return said.decode()

    def document(self) -> Any:
        return json.loads(self.lines_until("\n}\n"))

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        _, complaints = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, complaints.decode()


@contextmanager
def serving(*arguments: object) -> Iterator[Served]:
    command = [*PKITOOLS, "--lang", "en", "test-pki", "serve", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        try:
            yield Served(process)
        finally:
            if process.poll() is None:
                process.kill()


def test_json_says_what_is_where_and_all_of_it_is_there(folder: Path) -> None:
    with serving(folder, "--json", "--huge", 5) as served:
        document = served.document()
        assert_valid(document, "test-pki-serve-v1")
        assert document["reachable"]
        assert document["url"] == document["base_url"]
        for authority in document["authorities"]:
            assert get(authority["certificate"]).headers["content-type"] == "application/pkix-cert"
            for kind in document["crl_kinds"]:
                ending = "" if kind == "full" else f"-{kind}"
                url = authority["crl"].removesuffix(".crl") + f"{ending}.crl"
                assert get(url).headers["content-type"] == "application/pkix-crl"
            assert get(authority["ocsp"], method="POST").headers["content-type"] == "application/ocsp-response"
        code, complaints = served.end()
    assert (code, complaints) == (0, "")


def test_a_signal_at_the_moment_it_begins_to_wait_ends_it_too() -> None:
    program = """
import os, signal, threading
from pkitools_cli.commands.stopping import until_told_to_stop
for number in range(1000):
    with until_told_to_stop() as wait:
        threading.Timer(number / 2e6, os.kill, (os.getpid(), signal.SIGTERM)).start()
        wait()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_who_lets_other_machines_in_is_told(folder: Path, form: tuple[str, ...]) -> None:
    with serving(folder, "--host", "0.0.0.0", *form) as served:
        served.lines_until("\n}\n" if form else "Ctrl-C")
        _, complaints = served.end()
    assert "other machines can reach this server (0.0.0.0)" in complaints


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_frees_the_port(folder: Path, number: int) -> None:
    with serving(folder, "--port", 0) as served:
        said = served.lines_until("Ctrl-C")
        assert f"The test PKI in {folder} is at http://127.0.0.1:" in said
        port = int(said.split("127.0.0.1:")[1].split()[0])
        code, complaints = served.end(number)
    assert code == 0
    assert "Stopped." in complaints
    assert "Mind: the certificates point to" in complaints
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_a_revocation_by_another_command_shows_at_once(folder: Path, run: Command, tmp_path: Path) -> None:
    with serving(folder, "--json") as served:
        document = served.document()
        issued = run("test-pki", "issue", folder, "--out", tmp_path / "leaf", "--json")
        crl = next(a["crl"] for a in document["authorities"] if a["name"] == "g4-tls-tsp")
        before = get(crl).body
        number = issued.document["serial_number"]
        assert run("test-pki", "revoke", folder, number).code == 0
        after = get(crl).body
        assert bytes.fromhex(f"{int(number, 16):040x}") in after
        assert bytes.fromhex(f"{int(number, 16):040x}") not in before
        served.end()
    assert run("test-pki", "verify", folder).code == 0


def test_the_clock_can_be_set_and_runs_on(folder: Path) -> None:
    with serving(folder, "--json", "--moment", "2030-01-01T00:00:00Z") as served:
        served.document()
        port = json.loads(get(f"{_base(folder)}/health").body)["moment"]
        served.end()
    assert "2030-01-01T00:00:00" <= port < "2030-01-01T00:01:00"


def _base(folder: Path) -> str:
    from pkitools_test_pki.folder import open_folder

    with open_folder(folder, moment=real_time()) as opened:
        return next(iter(opened.pki)).base_url


def test_a_fault_is_served_and_named(folder: Path) -> None:
    with serving(folder, "--fault", "N5.503", "--fault", "O3.try-later", "--json") as served:
        document = served.document()
        assert document["faults"] == ["N5.503", "O3.try-later"]
        assert get(document["authorities"][0]["crl"]).status == 503
        served.end()
    with serving(folder, "--fault", "N6") as served:
        assert "Wrong on purpose: N6: An HTML page with status 200" in served.lines_until("Ctrl-C")
        served.end()


def test_the_faults_are_listed_in_both_languages(run: Command) -> None:
    listed = run("test-pki", "serve", "--list-faults", "--json")
    assert_valid(listed.document, "test-pki-faults-v1")
    assert [fault["name"] for fault in listed.document["faults"]] == list(served_faults())
    for language, word in (("nl", "onbekend (timeout)"), ("en", "unknown (timeout)")):
        said = run("--lang", language, "test-pki", "serve", "--list-faults")
        assert said.code == 0
        assert word in said.out
        assert len(said.out.splitlines()) == len(served_faults())


def test_the_rehearsal_tells_the_owner_who_was_refused(tmp_path: Path, run: Command) -> None:
    keys = SHARED_KEYS
    create_folder(tmp_path / "pki", ["g4-tls"], moment=real_time(), keys=keys)
    with serving(tmp_path / "pki", "--port", 0, "--tls", "--for", "digid-machtigen") as served:
        said = served.lines_until("Ctrl-C")
        assert "Rehearse with a client certificate: https://localhost:" in said
        port = int(said.split("https://localhost:")[1].split()[0])
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
                plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
                plain.recv(10)
        _clients(tmp_path, run)
        probe = following(said)
        assert probe[:2] == ["probe", f"localhost:{port}"]
        for name in ("issued", "alone"):
            files = iter((tmp_path / f"{name}.pem", tmp_path / f"{name}.key"))
            ran = run(*(next(files) if word == "FILE" else word for word in probe), "--revocation", "off")
            assert "Do you take theirs?    yes" in ran.out, name  # a rehearsal raises no alarm about itself
        _, complaints = served.end()
    told = " ".join(complaints.split())  # however wide the terminal of who tests is
    assert told.count("once more: Connection refused: the client spoke HTTP without TLS") == 1
    assert told.count("Connection refused: the client spoke HTTP without TLS") == 2
    assert "No readable client certificate was seen." in told
    assert "Connection accepted: TLSv1.3, " in told
    alone = (
        "Connection refused: the client certificate is not right: it is self-signed, and this server does not know it"
    )
    assert told.count(alone) == told.count(f"once more: {alone}") + 1
    assert told.count("--accept FILE") == 1


def _clients(folder: Path, run: Command) -> None:
    """A client of the test PKI, and one that made its own certificate."""
    given = ("--key-type", "rsa:3072", "--no-passphrase", "--oin", KVK_OIN, "--organization", "X")
    asked = ("--common-name", "a.voorbeeld.nl", "-e", "preproduction")
    made = run("csr", "create", "--self-signed", "--for", "digid-machtigen", *given, *asked, "--out", folder / "alone")
    issued = run("test-pki", "issue", folder / "pki", "--out", folder / "own")
    assert (made.code, issued.code) == (0, 0), made.err + issued.err
    (folder / "own.chain.pem").rename(folder / "issued.pem")
    (folder / "own.key").rename(folder / "issued.key")


def following(said: str) -> list[str]:
    """The command that is told to come next."""
    found = said.partition("Now:")[2].replace("\\\n", " ").partition("pkitools ")[2]
    return shlex.split(found.partition("\n")[0])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "Give the folder of a test PKI."),
        (["{folder}", "--tls-port", "9"], 2, "--for, --accept and --tls-port go with --tls."),
        (["{folder}", "--for", "digid"], 2, "--for, --accept and --tls-port go with --tls."),
        (["{folder}", "--fault", "N99"], 2, "N99 is no fault"),
        (["{folder}", "--fault", "C1", "--fault", "C4"], 2, "C1 and C4"),
        (["{folder}/nowhere"], 1, "is not a test PKI"),
        (["{folder}", "--host", "192.0.2.1"], 1, "cannot be listened on"),
        (["{folder}", "--port", "70000"], 2, "0 to 65535"),
    ],
)
def test_what_cannot_be_served(run: Command, folder: Path, arguments: list[str], code: int, said: str) -> None:
    done = run("--lang", "en", "test-pki", "serve", *(text.format(folder=folder) for text in arguments))
    assert done.code == code
    assert said in done.err


def test_a_taken_port_is_one_clear_sentence(run: Command, folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--lang", "nl", "test-pki", "serve", folder, "--port", port)
    assert done.code == 1
    assert f"Poort {port} van 127.0.0.1 is al in gebruik." in done.err


def test_without_cheroot_the_error_says_what_to_install(
    run: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cheroot", None)
    done = run("test-pki", "serve", folder)
    assert done.code == 1
    assert "pip install 'pkitools-nl[serve]'" in done.err
