"""No passphrase on a command line, and none, nor any byte of a key, anywhere but in the key's own file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pkitools.errors import SecretError
from pkitools_cli.main import cli
from pkitools_cli.passphrases import given_passphrase
from tests.support.cases import in_one_test
from tests.support.command import every_command

CANARY = "canary-passphrase-7f3a"
TAKES_NO_VALUE_OF_A_SECRET = {
    *("--passphrase-file", "--passphrase-env", "--no-passphrase"),
    *("--key-passphrase-file", "--key-passphrase-env"),
}


@in_one_test
@pytest.mark.parametrize("path", list(every_command()), ids=" ".join)
def test_no_option_takes_a_passphrase(path: tuple[str, ...]) -> None:
    command: click.Command | None = cli
    for name in path:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    assert command is not None
    options = {name for param in command.params if isinstance(param, click.Option) for name in param.opts}
    secretive = {name for name in options if any(word in name for word in ("pass", "secret", "pin", "pwd"))}
    assert secretive <= TAKES_NO_VALUE_OF_A_SECRET


@pytest.mark.slow
def test_a_passphrase_and_a_key_are_nowhere_but_in_the_key(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "p").write_text(CANARY, encoding="ascii")
    (tmp_path / "p").chmod(0o600)
    lines = [
        [
            *("csr", "create", "--oin", "00000003273229750000", "--organization", "Voorbeeld", "--out", "made"),
            *("--common-name", "a.example.nl", "--profile", "g4-tls", "-e", "production", "--passphrase-env", "SECRET"),
        ],
        ["csr", "check", "made.csr", "--key", "made.key", "--passphrase-file", "p"],
        ["csr", "check", "made.csr", "--key", "made.key", "--passphrase-file", "p", "--json"],
        ["cert", "show", "made.key", "made.csr"],
        ["cert", "show", "made.key", "made.csr", "--json"],
        ["cert", "lint", "made.key"],
        ["csr", "check", "made.csr", "--key", "p", "--passphrase-env", "SECRET"],
        ["csr", "check", "p"],
        ["export", "nginx", "made.key", "--key", "made.key", "--passphrase-file", "p", "--out", "uit"],
        ["export", "pkcs12", "made.csr", "--key", "made.key", "--passphrase-env", "SECRET", "--out", "uit", "--json"],
    ]
    said = b"".join(_output(line, tmp_path) for line in lines)
    key = (tmp_path / "made.key").read_bytes()
    for place in (said, *(p.read_bytes() for p in tmp_path.iterdir() if p.name not in {"p", "made.key"})):
        assert CANARY.encode() not in place
        assert not [line for line in key.splitlines()[1:-1] if line in place]
        assert b"BEGIN PRIVATE" not in place
        assert b"BEGIN ENCRYPTED" not in place
    assert key.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert (tmp_path / "made.key").stat().st_mode & 0o777 == 0o600


def _output(line: list[str], folder: Path) -> bytes:
    # the command line as the system shows it to everybody, while the process runs
    script = (
        "import sys; from pkitools_cli.main import main; "
        "sys.stderr.buffer.write(open('/proc/self/cmdline', 'rb').read()); main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *line],
        cwd=folder,
        env={**os.environ, "SECRET": CANARY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    return done.stdout + done.stderr


LINES = {
    b"secret": b"secret",
    b"secret\n": b"secret",
    b"secret\r\n": b"secret",
    b" se cret \n": b" se cret ",
    b"secret\nother": None,
    b"secret\nother\n": None,
    b"secret\r\nother\r\n": None,
    b"secret\n\n": None,
    b"\nsecret": None,
    b"\n": None,
}


@in_one_test
@pytest.mark.parametrize("content", LINES)
def test_a_passphrase_is_the_only_line_of_its_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "p"
    path.write_bytes(content)
    path.chmod(0o600)
    wanted = LINES[content]
    if wanted is not None:
        assert given_passphrase(str(path), None) == wanted
        return
    with pytest.raises(SecretError) as refused:
        given_passphrase(str(path), None)
    assert refused.value.code.rpartition("_")[2] in {"lines", "empty"}
    assert "secret" not in str(refused.value)
