"""Walks a page in an empty folder: each line as it is typed there, beside servers on the loopback address."""

from __future__ import annotations

import errno
import os
import random
import re
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.journey.pages import Line, missing
from tests.support.command import Command
from tests.support.effort import PATIENCE

Elsewhere = Mapping[str, Callable[[], bytes]]
_READY = "Stop met Ctrl-C."


class Walker:
    """Who follows a page.

    Args:
        folder: where; empty.
        run: runs a command of pkitools in this process.
        elsewhere: what other software makes: a file → what is in it when a line first names it.

    ``printed`` is what each line gave, with the ports of the page.
    """

    def __init__(self, folder: Path, run: Command, elsewhere: Elsewhere) -> None:
        self.folder, self._run, self._elsewhere = folder, run, elsewhere
        self.printed: dict[str, str] = {}
        # the page's ports may be taken on this machine
        self._ports = {"8080": _free_port(), "8443": _free_port()}
        self._servers: list[subprocess.Popen[bytes]] = []

    def walk(self, line: Line) -> None:
        """Do what a line says, and hold what comes of it to the page."""
        typed = self._here(line.text)
        for name in self._elsewhere:
            if name in typed.split() and not (self.folder / name).exists():
                (self.folder / name).write_bytes(self._elsewhere[name]())
        code, printed = self._serve(typed) if line.beside else self._done(typed)
        assert code == line.code, (line.text, code, printed)
        self._compare(line, printed)

    def _here(self, text: str) -> str:
        if text.startswith("pkitools test-pki create "):
            text += f" --base-url http://127.0.0.1:{self._ports['8080']}"
        return text.replace(" 8080", f" {self._ports['8080']}").replace("8443", self._ports["8443"])

    def _done(self, typed: str) -> tuple[int, str]:
        words = shlex.split(typed)
        if words[0] == "pkitools":
            ran = self._run(*words[1:])
            return ran.code, ran.out + ran.err
        done = subprocess.run(["sh", "-c", typed], cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def _serve(self, typed: str) -> tuple[int, str]:
        """Start it; return what it says when it is ready."""
        words = [sys.executable, "-m", "pkitools_cli", *shlex.split(typed)[1:]]
        server = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)
        self._servers.append(server)
        assert server.stdout is not None
        said, deadline = b"", time.monotonic() + PATIENCE
        while _READY.encode() not in said:
            ready, _, _ = select.select([server.stdout], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(server.stdout.fileno(), 65536) if ready else b""
            assert piece, said
            said += piece
        return 0, said.decode()

    def _compare(self, line: Line, printed: str) -> None:
        for stated, port in self._ports.items():
            printed = re.sub(rf"(?<![0-9A-Fa-f]){port}(?![0-9A-Fa-f])", stated, printed)  # not within a serial number
        self.printed[line.text] = printed
        lacks = missing(line, printed)
        assert not lacks, f"{line.text}\n--- the page shows\n{lacks}\n--- it prints\n{printed}"

    def end(self) -> None:
        """Press Ctrl-C in the second window."""
        for server in self._servers:
            server.send_signal(signal.SIGINT)
            said, _ = server.communicate(timeout=PATIENCE)
            assert server.returncode == 0, said.decode()

    def give_up(self) -> None:
        """Leave nothing running."""
        for server in self._servers:
            if server.poll() is None:
                server.kill()
                server.communicate(timeout=PATIENCE)


def _free_port() -> str:
    """Return a port that is free, and that no connection is given by itself in the meantime."""
    for port in random.sample(range(20000, 32000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return str(port)
    raise OSError(errno.EADDRINUSE, "no port is free")
