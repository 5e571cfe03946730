"""A scan as it runs: the question, the means, the progress that is told, and what is kept when somebody stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from pkitools.frozen import dataclass, replace
from pkitools.limits import MAX_PORTFOLIO_BYTES
from pkitools_cli.commands.given.judging import GivenLists, chain_of, lists_of, trust_of
from pkitools_cli.commands.scan.means import BrokenWorkers, executor_of
from pkitools_cli.debugging import debugging
from pkitools_cli.framework import progress
from pkitools_cli.i18n import tr
from pkitools_cli.inputs import WithUnread, about_input, read_standard_input
from pkitools_cli.options import STANDARD_INPUT
from pkitools_cli.output import complain
from pkitools_cli.own_data import given_data, refuse_unknown
from pkitools_cli.passphrases import given_passphrase

if TYPE_CHECKING:
    from datetime import datetime
    from ipaddress import IPv4Network, IPv6Network

    from pkitools.containers import BadItem
    from pkitools.environment import Environment
    from pkitools.portfolio import Changes, Claim, Earlier, Fetch, Judging, Portfolio, Reading

_TOLD_EVERY: Final = 5.0
"""Seconds between two lines about how far it is."""
_PEER_SECONDS: Final = 15.0
"""For what one peer is asked."""


class GivenScan(GivenLists, Protocol):
    """What was given, as far as a scan asks for it."""

    @property
    def places(self) -> tuple[str, ...]:
        """Files, folders and peers."""

    @property
    def environment(self) -> Environment | None:
        """For which all is judged."""

    @property
    def systems(self) -> tuple[str, ...]:
        """What it is for."""

    @property
    def since(self) -> str | None:
        """An earlier report."""

    @property
    def jobs(self) -> int:
        """Processes."""

    @property
    def dask(self) -> str | None:
        """The scheduler of a cluster whose workers do the work."""

    @property
    def chain(self) -> tuple[str, ...]:
        """Files with authorities."""

    @property
    def passphrase_file(self) -> str | None:
        """A file with a passphrase."""

    @property
    def passphrase_env(self) -> str | None:
        """A variable with one."""

    @property
    def offline(self) -> bool:
        """Open no connection."""

    @property
    def allow_net(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Private networks that may be asked."""

    @property
    def moment(self) -> datetime:
        """When it is judged."""


@dataclass(frozen=True, slots=True)
class Running:
    """One scan, everything read that it needs.

    Args:
        places: what is looked at.
        judging: the question.
        earlier: an earlier portfolio to compare with.
        fetch: the means to ask peers; ``None``: none are asked.
        jobs: how many processes do the work.
        dask: the scheduler of a cluster whose workers do it.
        unread: of what was given beside the places, what could not be read.
    """

    places: tuple[str, ...]
    judging: Judging
    earlier: Earlier | None
    fetch: Fetch | None
    jobs: int
    dask: str | None = None
    unread: tuple[BadItem, ...] = ()

    @classmethod
    def of(cls, options: GivenScan) -> Running:
        """Return the scan that was asked for; everything given beside the places is read now.

        Raises:
            PkitoolsError: what was given beside the places cannot be used.
        """
        earlier = _earlier(options.since, options.moment)  # before a report may take its place
        judging = _judging(options)
        fetch = None if options.offline else _fetch(options.allow_net)
        return cls(options.places, judging.value, earlier, fetch, options.jobs, options.dask, judging.unread)

    def by(self, claims: tuple[Claim, ...]) -> Running:
        """Return the same scan, in which what connections claim is judged by them."""
        return replace(self, judging=replace(self.judging, claims=claims)) if claims else self

    def found(self) -> tuple[Portfolio, Changes | None]:
        """Return what is found, and what changed; when it is stopped, what was found until then."""
        from pkitools.portfolio import Gathering, changes_since, scan

        gathering = Gathering(self.places, self.judging)
        for reading in map(_unread, self.unread):
            gathering.add(reading)
        told, held = Progress(self._places()), self._standard_input()
        complete = True
        try:
            with executor_of(self.jobs, self.dask) as executor:
                for reading in scan(self._places(), self.judging, fetch=self.fetch, executor=executor, contents=held):
                    gathering.add(reading)
                    told.at(gathering.looked_at)
                for reading in scan(gathering.unlooked(), self.judging, executor=executor):
                    gathering.add_outside(reading)
        except KeyboardInterrupt:
            complete = False
            complain(tr("cli.scan.stopped", count=gathering.looked_at))
        except BrokenWorkers:
            complete = False
            complain(tr("cli.scan.worker_lost", count=gathering.looked_at))
        portfolio = gathering.portfolio(complete=complete)
        return portfolio, None if self.earlier is None else changes_since(portfolio, self.earlier)

    def _places(self) -> tuple[str, ...]:
        return tuple(place for place in self.places if place != STANDARD_INPUT)

    def _standard_input(self) -> dict[str, bytes]:
        """Return what came on standard input, where it is one of the places, by what it is called.

        Raises:
            InputError: it is empty, or too large.
        """
        return {str(tr("cli.inputs.stdin")): read_standard_input()} if STANDARD_INPUT in self.places else {}


def _unread(bad: BadItem) -> Reading:
    """Return what could not be read of what was given beside the places: it is not known as what is in these is not."""
    from pkitools.portfolio import Gap, Reading, Unread

    name = bad.error.file or ""
    gap = Unread(name, Gap.UNREADABLE, bad.error.code, bad.error.params, bad.position)
    return Reading(name, unread=(gap,), is_again=True)


class Progress:
    """Tells now and then how far a scan is. How much there is, is counted meanwhile.

    Args:
        places: what is looked at.
        clock: seconds that only go on.
        count: counts what there is.
    """

    def __init__(
        self,
        places: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
        count: Callable[[Sequence[str]], int] | None = None,
    ) -> None:
        self._clock, self._began = clock, clock()
        self._told = self._began
        self._total: int | None = None
        self._places, self._count = places, count
        self._counting: threading.Thread | None = None

    def at(self, done: int) -> None:
        """Tell how many were looked at, if it is time to."""
        now = self._clock()
        if now - self._told < _TOLD_EVERY:
            return
        self._told = now
        if self._counting is None:  # most scans are over before anybody asks how far they are
            self._counting = threading.Thread(target=self._counted, daemon=True)
            self._counting.start()
        progress(self.line(done, now - self._began))

    def line(self, done: int, seconds: float) -> str:
        """Return how far it is, with an estimate where it is known how much there is."""
        total = self._total
        if total is None or total <= done:
            return tr("cli.scan.progress", done=done)
        left = round(seconds / done * (total - done)) if done else 0
        return tr("cli.scan.progress_of", done=done, total=total, left=_span(left))

    def _counted(self) -> None:
        from pkitools.portfolio import count_files

        self._total = (self._count or count_files)(self._places)


def _span(seconds: int) -> str:
    key = "second" if seconds == 1 else "seconds" if seconds < 120 else "minutes"
    return tr(f"cli.scan.{key}", count=seconds if seconds < 120 else round(seconds / 60))


def words_to_check(given: GivenScan) -> tuple[str, ...]:
    """Return the options by which ``cert check`` of one certificate knows what was known of all of them."""
    pairs: list[tuple[str, str | None]] = [("--chain", name) for name in given.chain]
    pairs += [("--trust", name) for name in given.trust]
    pairs += [("--crl", name) for name in given.crls]
    pairs += [("--revocation", given.revocation)]
    pairs += [("--passphrase-file", given.passphrase_file), ("--passphrase-env", given.passphrase_env)]
    return tuple(word for option, value in pairs if value is not None for word in (option, value))


def _earlier(name: str | None, moment: datetime) -> Earlier | None:
    if name is None:
        return None
    from pkitools.files import read_bytes
    from pkitools.portfolio import read_earlier

    with about_input(name):
        return read_earlier(read_bytes(name, limit=MAX_PORTFOLIO_BYTES), name, moment)


def _judging(options: GivenScan) -> WithUnread[Judging, BadItem]:
    from pkitools.portfolio import Judging

    refuse_unknown(options.systems)  # before a file is read
    chain = chain_of(options.chain)
    lists = lists_of(options, chain.value.files)
    judging = Judging(
        moment=options.moment,
        environment=options.environment,
        systems=options.systems,
        trust=trust_of(options.trust),
        intermediates=tuple(chain.value.certificates),
        revocation=lists.value,
        passphrase=given_passphrase(options.passphrase_file, options.passphrase_env),
        data=given_data(),
        raise_crashes=debugging(),
    )
    return WithUnread(judging, (*chain.unread, *lists.unread))


def _fetch(allow_net: Sequence[IPv4Network | IPv6Network]) -> Fetch:
    from pkitools.probing import fetch_chains

    return partial(fetch_chains, allow_net=tuple(allow_net), seconds=_PEER_SECONDS)
