"""Who does the work of a scan: this process, more of them, or the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pkitools.errors import NetworkError, brought_by
from pkitools.text import visible
from pkitools_cli.i18n import tr

if TYPE_CHECKING:
    from concurrent.futures import Executor

_DASK_SECONDS = 15
"""For the scheduler of a cluster to answer."""


class BrokenWorkers(Exception):  # noqa: N818  no fault of what was asked: the scan ends as one that is stopped
    """A process that did the work has ended, and what it had is not known."""


def refuse_together(jobs: int, dask: str | None, *, offline: bool) -> None:
    """Refuse a cluster beside processes of our own, or where no connection is to be opened.

    Raises:
        click.UsageError: both were given.
    """
    if dask is not None and (jobs > 1 or offline):
        raise click.UsageError(tr("cli.scan.dask_alone", option="--offline" if offline else "--jobs"))


@contextmanager
def executor_of(jobs: int, dask: str | None) -> Iterator[Executor | None]:
    """Give the means to work in several processes; none for one. Whoever stops the scan stops them as well.

    Raises:
        BrokenWorkers: one of the processes has ended.
        MissingExtraError: the extra ``pkitools-nl[dask]`` is not installed.
        NetworkError: no scheduler answers at the address.
    """
    if dask is not None:
        with _cluster(dask) as cluster:
            yield cluster
    elif jobs == 1:
        yield None
    else:
        with _processes(jobs) as pool:
            yield pool


@contextmanager
def _processes(jobs: int) -> Iterator[Executor]:
    from concurrent.futures.process import BrokenProcessPool

    from pkitools_cli.commands.scan.processes import Processes

    pool = Processes(jobs)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise BrokenWorkers from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    """Give the workers of a cluster as an executor; they end their work, and stay."""
    with brought_by("dask"):
        from distributed import Client
    from distributed.scheduler import KilledWorker

    try:
        client = Client(address, timeout=_DASK_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise NetworkError("portfolio.error.no_cluster", address=visible(address)) from error
    try:
        yield client.get_executor()
    except KilledWorker as error:
        raise BrokenWorkers from error
    finally:
        client.close()
