"""Run by :mod:`tests.cli.test_scan_dask`: a local cluster of two processes, and the command line asked to use it."""

from __future__ import annotations

import sys


def main() -> int:
    from distributed import LocalCluster

    from pkitools_cli.main import main as command

    with LocalCluster(2, processes=True, threads_per_worker=1, dashboard_address=None) as cluster:
        given = [cluster.scheduler_address if word == "ADDRESS" else word for word in sys.argv[1:]]
        try:
            command(given)
        except SystemExit as ended:
            return int(ended.code or 0)
    return 0


if __name__ == "__main__":  # the workers import it again
    sys.exit(main())
