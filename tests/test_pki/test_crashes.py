"""kill -9 and a full disk at the points where it can hurt: every system call that changes something on disk.

strace kills the process at the K-th call of a kind; after each kill the folder must be whole, or absent and creatable.
The points are sampled evenly; PKITOOLS_CRASH_POINTS=0 takes them all.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from pkitools_test_pki.audit import audit_folder
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.keys import elliptic_keys
from tests.support.effort import budget
from tests.support.judges import judge
from tests.test_pki.conftest import MOMENT

pytestmark = [pytest.mark.interop, pytest.mark.slow]

POINTS = budget("PKITOOLS_CRASH_POINTS", 6)
CALLS = ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "link", "linkat", "rename", "unlink", "mkdir")

PRELUDE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from pkitools.errors import PkitoolsError
from pkitools_test_pki.folder import create_folder, open_folder
from pkitools_test_pki.keys import elliptic_keys
folder, moment = Path(sys.argv[1]), datetime(2026, 11, 22, 12, tzinfo=UTC)
def opened():
    return open_folder(folder, moment=moment, keys=elliptic_keys)
def acknowledge(issued):
    try:
        (folder.parent / "acknowledged").write_text(f"{{issued.serial_number}}")
    except OSError:
        pass  # this file is the test's own
try:
    {action}
except PkitoolsError as error:
    sys.exit(3)
"""
CREATE = 'create_folder(folder, ["g4-tls"], moment=moment, keys=elliptic_keys)'
ISSUE = """
    with opened() as pki:
        issued, _, _ = pki.issue_to(folder.parent / "leaf", "g4-tls", dns=["a.nl"])
    acknowledge(issued)
"""
REVOKE = """
    with opened() as pki:
        serial = int((folder.parent / "serial").read_text())
        pki.revoke(serial, "superseded", moment=moment)
"""


STRACE = ("-f", "-qq")
QUICK = "--seccomp-bpf"  # stops at no other call, which is most of what strace costs; it gives errors, and no signals


def run(action: str, folder: Path, call: str = "", how: str = "") -> subprocess.CompletedProcess[str]:
    """Run it; ``how`` is what strace does at that call."""
    command = [sys.executable, "-B", "-c", PRELUDE.format(action=action), str(folder)]
    if call:
        asked = ("-e", f"trace={call}", "-e", f"inject={call}:{how}")
        command = [judge("strace"), *STRACE, *([QUICK] if "error=" in how else []), "-o", "/dev/null", *asked, *command]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def count_calls(action: str, folder: Path, log: Path) -> Counter[str]:
    """Run once whole; return how often each call was made. Interpreter start-up makes none of them."""
    script = PRELUDE.format(action=action)
    command = [judge("strace"), *STRACE, QUICK, "-o", str(log), "-e", f"trace={','.join(CALLS)}"]
    subprocess.run([*command, sys.executable, "-B", "-c", script, str(folder)], check=True, capture_output=True)
    return Counter(m[1] for m in re.finditer(r"^\d+ +(\w+)\(", log.read_text(), re.M))


def points(calls: Counter[str]) -> list[tuple[str, int]]:
    every = [(call, number) for call in CALLS for number in range(1, calls[call] + 1)]
    assert len(every) > 10, "strace saw nothing: the test would prove nothing"
    if not POINTS:
        return every
    step = max(1, len(every) // POINTS)
    return every[len(every) % step :: step]


def whole(folder: Path) -> None:
    with open_folder(folder, moment=MOMENT) as pki:
        audit = audit_folder(pki)
    assert not audit.problems


def test_a_killed_creation_leaves_a_whole_pki_or_none(tmp_path: Path) -> None:
    (tmp_path / "0").mkdir()
    calls = count_calls(CREATE, tmp_path / "0" / "pki", tmp_path / "log")
    outcomes = Counter[str]()
    for position, (call, number) in enumerate(points(calls), 1):
        folder = tmp_path / str(position) / "pki"
        folder.parent.mkdir()
        done = run(CREATE, folder, call, f"signal=KILL:when={number}")
        outcomes["there" if folder.exists() else "not there"] += 1
        assert done.returncode != 0, (call, number)
        if not folder.exists():
            create_folder(folder, ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
        whole(folder)
        assert [p.name for p in folder.parent.iterdir()] == ["pki"], "what the kill left is cleared up"
    assert outcomes["not there"] > outcomes["there"]


def leaf_files(folder: Path) -> set[str]:
    return {p.name for p in folder.parent.iterdir() if p.name.startswith("leaf.")}


def test_a_killed_issue_loses_nothing_acknowledged(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    create_folder(template / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    copied = iter(range(10_000))

    def copy() -> Path:
        target = tmp_path / f"copy-{next(copied)}"
        subprocess.run(["cp", "-a", str(template), str(target)], check=True)
        return target / "pki"

    calls = count_calls(ISSUE, copy(), tmp_path / "log")
    for call, number in points(calls):
        folder = copy()
        run(ISSUE, folder, call, f"signal=KILL:when={number}")
        whole(folder)
        with open_folder(folder, moment=MOMENT) as pki:
            issued = {row.serial_number: row.der for row in pki.store.certificates() if row.profile == "g4-tls"}
            lost = [row for row in pki.store.certificates() if row.state == "lost"]
        assert len(issued) + len(lost) <= 1
        acknowledged = folder.parent / "acknowledged"
        if acknowledged.exists() and acknowledged.read_text():
            assert int(acknowledged.read_text()) in issued
        if leaf_files(folder) != {"leaf.key", "leaf.pem", "leaf.chain.pem"}:
            assert run(ISSUE, folder).returncode == 0, "the same command succeeds afterwards"
        assert leaf_files(folder) >= {"leaf.key", "leaf.pem", "leaf.chain.pem"}
        assert (folder.parent / "leaf.key").stat().st_mode & 0o777 == 0o600


def test_a_killed_revocation_is_done_or_not_and_can_be_finished(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    create_folder(template / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    with open_folder(template / "pki", moment=MOMENT, keys=elliptic_keys) as pki:
        serial = pki.pki.issue("g4-tls").serial_number
    (template / "serial").write_text(str(serial))
    numbers = iter(range(10_000))

    def copy() -> Path:
        target = tmp_path / f"copy-{next(numbers)}"
        subprocess.run(["cp", "-a", str(template), str(target)], check=True)
        return target / "pki"

    calls = count_calls(REVOKE, copy(), tmp_path / "log")
    for call, number in points(calls):
        folder = copy()
        run(REVOKE, folder, call, f"signal=KILL:when={number}")
        whole(folder)
        with open_folder(folder, moment=MOMENT) as pki:
            state, _ = pki.pki["g4-tls-tsp"].status(serial)
            if state == "good":
                pki.revoke(serial, "superseded", moment=MOMENT)
            else:
                pki.publish_crls(moment=MOMENT)
            audit = audit_folder(pki)
            assert not audit.problems
            assert not audit.notes
            published = [row.number for row in pki.store.crls() if row.authority == "g4-tls-tsp"]
        assert published == list(range(1, len(published) + 1))


@pytest.mark.parametrize(("name", "action"), [("create", CREATE), ("issue", ISSUE)])
def test_a_full_disk_is_one_sentence_and_passes(tmp_path: Path, name: str, action: str) -> None:
    template = tmp_path / "template"
    template.mkdir()
    if name == "issue":
        create_folder(template / "pki", ["g4-tls"], moment=MOMENT, keys=elliptic_keys)
    numbers = iter(range(10_000))

    def copy() -> Path:
        target = tmp_path / f"copy-{next(numbers)}"
        subprocess.run(["cp", "-a", str(template), str(target)], check=True)
        return target / "pki"

    calls = count_calls(action, copy(), tmp_path / "log")
    seen = []
    writes = [(call, number) for call, number in points(calls) if call in {"write", "pwrite64", "fsync", "ftruncate"}]
    for call, number in writes:
        folder = copy()
        done = run(action, folder, call, f"error=ENOSPC:when={number}+")
        seen.append((call, number, done.returncode, done.stderr.strip().splitlines()[-1:]))
        if done.returncode:
            assert done.returncode == 3, seen[-1]
        if name == "create" and done.returncode:
            assert list(folder.parent.iterdir()) == []
        if name == "issue":
            whole(folder)
            assert leaf_files(folder) in (set(), {"leaf.key", "leaf.pem", "leaf.chain.pem"})
        if not leaf_files(folder) and not (name == "create" and folder.exists()):
            again = run(action, folder)
            assert again.returncode == 0, again.stderr
        whole(folder)
    assert any(code for _, _, code, _ in seen), json.dumps(seen)
