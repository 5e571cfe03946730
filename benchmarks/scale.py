"""A scan of many files: distinct leaves in distinct files, full verdicts, the lists in memory."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import cache
from pathlib import Path

from benchmarks.harness import MissingError, Work
from benchmarks.inputs import MOMENT, folder, pool_of, world, written
from benchmarks.verdicts import asked
from pkitools.portfolio import Gathering, Judging, Portfolio, scan
from pkitools.requests.keys import to_pem
from pkitools_test_pki.keys import fresh_keys

SHAPE = "g4-tls"
PEAK = """
import pickle, sys
from pathlib import Path
from pkitools.portfolio import Gathering, scan
question = pickle.loads(Path(sys.argv[2]).read_bytes())
gathering = Gathering([sys.argv[1]], question)
for reading in scan([Path(sys.argv[1])], question):
    gathering.add(reading)
found = len(gathering.portfolio().judged)
# not getrusage: its peak counts the process this one was made from
line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(line.split()[1], found)
"""


@cache
def files(count: int) -> Path:
    """Return a folder with so many leaves, each in a file: each signed anew, all for one key."""
    place = folder() / f"scan-{count}"
    place.mkdir()
    key, of = fresh_keys("rsa:3072"), world(SHAPE)
    for number in range(count):
        der = of.pki.issue(SHAPE, dns=[f"scan{number}.voorbeeld.nl"], key=key).der
        (place / f"{number:06}.pem").write_bytes(to_pem("CERTIFICATE", der))
    return place


def judging() -> Judging:
    """Return the question of the table of verdicts: a system, three lists, required, and the chain."""
    given = asked()
    return Judging(
        moment=MOMENT,
        environment=given["environment"],
        systems=given["systems"],
        intermediates=tuple(given["intermediates"]),
        trust=given["trust"],
        revocation=given["revocation"],
    )


def _scanned(place: Path, question: Judging, executor: Executor | None = None) -> Portfolio:
    gathering = Gathering([str(place)], question)
    for reading in scan([place], question, executor=executor):
        gathering.add(reading)
    return gathering.portfolio()


def scanned(count: int, *, processes: int = 0) -> Work:
    """Scan so many files, from the folder to a portfolio; every certificate is judged to its end."""
    place, question = files(count), judging()
    pool = pool_of(processes) if processes else None

    def work(_: int) -> None:
        found = _scanned(place, question, pool)
        assert found.looked_at == len(found.judged) == count
        first = found.judged[0].judgements[0]
        assert first.has_path
        assert not [each for each in first.told if "revocation" in each.rule.code]

    return work


def bare_reading(count: int) -> Work:
    """Read the same files, and do nothing with them."""
    place = files(count)

    def work(_: int) -> None:
        assert sum(len(path.read_bytes()) > 0 for path in place.iterdir()) == count

    return work


def first_result(count: int) -> Callable[[], float]:
    """Return what measures the milliseconds until a scan of so many files tells of the first."""

    def measured() -> float:
        place, question = files(count), judging()
        started = time.perf_counter()
        readings = scan([place], question)
        assert next(readings).certificates
        return (time.perf_counter() - started) * 1e3

    return measured


def memory(count: int) -> Callable[[], float]:
    """Return what measures the megabytes that a process of its own has at most, which scans so many files."""

    def measured() -> float:
        if not sys.platform.startswith("linux"):
            raise MissingError("the peak of a process is read from /proc")
        command = [sys.executable, "-c", PEAK, str(files(count)), written("question.pickle", pickle.dumps(judging()))]
        peak, found = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
        assert int(found) == count
        return int(peak) / 1024

    return measured
