"""Run by :mod:`tests.cli.test_scan_stopped`: the command line, to which a signal comes at a moment that a test chooses.

``python stopped_scan.py SIGNAL WHERE NUMBER WORDS...``: the signal comes to the whole group of processes,
and SIGTERM to this one, after so many readings (``reading``) or so many pieces of a report (``piece``).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any


def main() -> None:
    name, where, number, *words = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may ignore it

    def interrupted(several: Iterator[Any]) -> Iterator[Any]:
        for one in several:
            if next(numbers) == int(number):
                # a terminal sends Ctrl-C to all of them; who asks a process to end asks that one
                (os.kill if name == "SIGTERM" else os.killpg)(os.getpid(), signal.Signals[name])
            yield one

    numbers = count()
    from pkitools import portfolio, reports

    whole: Any = {"reading": portfolio, "piece": reports}[where]
    called = {"reading": "scan", "piece": "report_pieces"}[where]
    plain = getattr(whole, called)
    setattr(whole, called, lambda *given, **named: interrupted(iter(plain(*given, **named))))

    from pkitools_cli.main import main as command

    command(words)


if __name__ == "__main__":  # a worker imports it again
    main()
