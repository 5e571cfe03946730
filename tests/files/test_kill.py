"""A kill or a full disk at any system call: nothing half-written, and the same command works again."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STRACE = shutil.which("strace")
PROGRAM = """
import sys
from pkitools.files import Output, write_set
folder, data, overwrite = sys.argv[1], sys.argv[2].encode(), sys.argv[3] == "overwrite"
outputs = [Output(folder + "/x.key", b"key" + data, secret=True)]
outputs += [Output(folder + "/x.csr", b"csr" + data, secret=False)]
write_set(outputs, overwrite=overwrite)
"""
CALLS = "write,fsync,fchmod,link,linkat,rename,renameat,unlink,unlinkat,flock"
OLD, NEW = {"x.key": b"keyold", "x.csr": b"csrold"}, {"x.key": b"keynew", "x.csr": b"csrnew"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.interop,
    pytest.mark.skipif(STRACE is None, reason="strace is not installed: crash points cannot be enumerated"),
]


def write(folder: Path, data: str, how: str = "new", *strace: str) -> subprocess.CompletedProcess[str]:
    command = [*strace, sys.executable, "-IB", "-c", PROGRAM, str(folder), data, how]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def named(folder: Path) -> dict[str, bytes]:
    """Return what stands under the final names."""
    return {name: data for name, data in content(folder).items() if name in NEW}


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """Return how often each call is made, by a new set and by an overwriting one."""
    found: dict[str, dict[str, int]] = {}
    for how in ("new", "overwrite"):
        folder = tmp_path_factory.mktemp("counted")
        if how == "overwrite":
            write(folder, "old")
        log = folder / "log"
        done = write(folder, "new", how, str(STRACE), "-f", "-e", f"trace={CALLS}", "-o", str(log))
        if done.returncode:
            pytest.skip(f"strace does not work here: {done.stderr.strip()[-200:]}")
        names = re.findall(r"^\d+ +(\w+)\(", log.read_text(encoding="utf-8"), re.MULTILINE)
        found[how] = {name: names.count(name) for name in set(names)}
    return found


def points(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(call, when) for call, count in sorted(counts.items()) for when in range(1, count + 1)]


def inject(call: str, when: int, what: str) -> tuple[str, ...]:
    # of an error alone, no other call has to be stopped at, which is most of what strace costs
    quick = ("--seccomp-bpf",) if what.startswith("error=") else ()
    asked = ("-e", f"trace={call}", "-e", f"inject={call}:{what}:when={when}")
    return (str(STRACE), "-f", *quick, "-o", "/dev/null", *asked)


def test_a_kill_at_any_call_leaves_all_or_a_set_that_can_be_made_again(
    tmp_path: Path, counts: dict[str, dict[str, int]]
) -> None:
    assert {"write", "fsync", "fchmod"} <= counts["new"].keys()
    for call, when in points(counts["new"]):
        folder = tmp_path / f"{call}-{when}"
        folder.mkdir()
        killed = write(folder, "new", "new", *inject(call, when, "signal=KILL"))
        assert killed.returncode != 0, (call, when)
        left = named(folder)
        # never half a file, and never a request without its key
        assert left in ({}, {"x.key": b"keynew"}, NEW), (call, when)
        again = write(folder, "new")
        if left == NEW:
            assert "FileError" in again.stderr, (call, when)
        else:
            assert again.returncode == 0, (call, when, again.stderr)
        assert named(folder) == NEW, (call, when)
        assert content(folder).keys() - NEW.keys() <= {"x.key.bak-1"}, (call, when)
        assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir() if ".key" in path.name)


def test_a_kill_while_overwriting_never_pairs_a_key_with_the_request_of_another(
    tmp_path: Path, counts: dict[str, dict[str, int]]
) -> None:
    for call, when in points(counts["overwrite"]):
        folder = tmp_path / f"{call}-{when}"
        folder.mkdir()
        write(folder, "old")
        write(folder, "new", "overwrite", *inject(call, when, "signal=KILL"))
        left = named(folder)
        assert left in (OLD, NEW, {"x.key": b"keyold"}, {"x.key": b"keynew"}), (call, when)
        assert b"keyold" in content(folder).values(), "the old key is never lost"
        again = write(folder, "new", "overwrite")
        assert again.returncode == 0, (call, when, again.stderr)
        assert named(folder) == NEW, (call, when)
        assert not [name for name in content(folder) if name.endswith(".partial")]


@pytest.mark.parametrize("how", ["new", "overwrite"])
def test_a_full_disk_at_any_call_leaves_what_was(tmp_path: Path, counts: dict[str, dict[str, int]], how: str) -> None:
    for call, when in points(counts[how]):
        if call.startswith(("unlink", "flock", "fchmod")):
            continue  # these do not fail for lack of room
        folder = tmp_path / f"{call}-{when}"
        folder.mkdir()
        if how == "overwrite":
            write(folder, "old")
        full = write(folder, "new", how, *inject(call, when, "error=ENOSPC"))
        assert "FileError" in full.stderr, (call, when)
        assert content(folder) == (OLD if how == "overwrite" else {}), (call, when)
        again = write(folder, "new", how)
        assert again.returncode == 0, (call, when, again.stderr)
        assert named(folder) == NEW
