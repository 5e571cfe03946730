"""How long a command takes before it does anything: against an empty Python and against importing click."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
OIN = "00000003520354760000"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import click'": ["-c", "import click"],
    "import pkitools.oin": ["-c", "import pkitools.oin"],
    "pkitools --version": ["-m", "pkitools_cli", "--version"],
    "pkitools oin check": ["-m", "pkitools_cli", "oin", "check", OIN],
    "pkitools oin check --json": ["-m", "pkitools_cli", "oin", "check", OIN, "--json"],
    "import cryptography.x509 (for comparison)": ["-c", "import cryptography.x509"],
}


def measure(arguments: list[str]) -> float:
    """Return the seconds one process takes."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def run() -> list[tuple[str, str]]:
    """Return the median of each command and its ratio to both yardsticks; the runs are interleaved."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for name, arguments in COMMANDS.items():
        measure(arguments)  # once, so that byte code is there
        times[name].clear()
    for _ in range(ROUNDS):
        for name, arguments in COMMANDS.items():
            times[name].append(measure(arguments))
    median = {name: statistics.median(found) for name, found in times.items()}
    bare, click = median["python -c pass"], median["python -c 'import click'"]
    return [
        (name, f"{value * 1000:6.1f} ms   {value / bare:5.2f} x pass   {value / click:5.2f} x click")
        for name, value in median.items()
    ]
