"""Chains that a scan misses: where one is asked of a file, and where a certificate lies alone with its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from pkitools.checking.delivery.checks import COMPLETE
from pkitools.frozen import dataclass
from pkitools.portfolio.model import Standing
from pkitools.text import visible
from pkitools_cli.commands.next_steps import NextStep, chain_place
from pkitools_cli.commands.status.commands import taken
from pkitools_cli.i18n import tr
from pkitools_cli.lines import command_rows, wrapped

if TYPE_CHECKING:
    from pkitools.portfolio import HeldCertificate, Place, Portfolio

_READ: Final = frozenset({"pem", "der"})  # a file from which a chain is written as one
_NO_CHAIN: Final = frozenset({Standing.EXPIRED, Standing.FAILED, Standing.NOT_JUDGED})
"""Where something else is to be done first, or no chain is asked."""
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Unchained:
    """A certificate without its chain.

    Args:
        one: it.
        place: the file that lacks the chain.
        lies: a file with the same certificate and its chain; empty where none is known.
        is_asked: a chain is asked of that file: it is sent as it is, or brings a part of it. Else the key lies there,
            and its chain nowhere.
    """

    one: HeldCertificate
    place: str
    lies: str
    is_asked: bool

    def words(self, given: Mapping[str | None, Sequence[str]]) -> tuple[str, ...]:
        """Return the command that makes its chain.

        Args:
            given: the options of the scan, by the connections that certificates are judged by, and by ``None``.
        """
        judgement = self.one.judgements[0]
        system = ("--for", judgement.systems[0]) if len(judgement.systems) == 1 else ()
        use = (*system, "-e", str(judgement.environment))
        words = ("chain", "complete", self.place, "--out", chain_place(self.place), *use)
        return (*words, *taken(words, given.get(judgement.connection, ())))

    def step(self, given: Mapping[str | None, Sequence[str]]) -> NextStep:
        """Return what to do about it: point to the chain that lies there, or make one."""
        place = visible(self.place)
        if self.lies:
            return NextStep(tr("cli.scan.now.chain_lies", place=place, lies=visible(self.lies)))
        words = self.words(given)
        slug = "incomplete" if self.is_asked else "unchained"
        return NextStep(tr(f"cli.scan.now.{slug}", place=place), words if all(map(_is_visible, words)) else None)


def incomplete(one: HeldCertificate) -> Unchained | None:
    """Return that the chain that a file brings, or is sent with, lacks a link; ``None`` where that is told of none."""
    told = [found for each in one.judgements for found in each.beside if found.rule.code == COMPLETE.code]
    wrong = {seen.value for found in told for seen in found.evidence}
    place = next((place.name for place in one.places if place.name in wrong and place.container in _READ), None)
    if place is None:
        return None
    lies = (place.name for place in one.places if place.with_chain and place.name not in wrong)
    return Unchained(one, place, next(lies, ""), is_asked=True)


def without_chain(portfolio: Portfolio) -> Iterator[Unchained]:
    """Yield the certificates without a chain: where one is asked, and what lies with its key and no chain.

    A folder from which nothing is sent may keep its chains wherever it likes, in a file with authorities alone too.
    """
    keys = {each.spki_sha256 for each in portfolio.keys} - {None}
    authorities = {each.subject for each in portfolio.authorities}
    for standing, one in portfolio.in_order():
        if standing in _NO_CHAIN or one.is_set_aside or one.is_of_provider or one.is_self_issued:
            continue
        if (found := incomplete(one)) is not None:
            yield found
        elif portfolio.complete and one.issuer not in authorities and all(map(_is_bare, one.places)):
            own = next((place for place in one.places if place.with_key), None)
            if own is not None or one.spki_sha256 in keys:
                yield Unchained(one, (own or one.places[0]).name, "", is_asked=False)


def _is_bare(place: Place) -> bool:
    return place.container in _READ and place.entity_id is None and not place.with_chain


def chains_told(portfolio: Portfolio, given: Mapping[str | None, Sequence[str]], now: NextStep) -> Iterator[str]:
    """Yield how to make the first chain of each sort that lacks, and how many more there are.

    Args:
        portfolio: what was found.
        given: as of :meth:`Unchained.words`.
        now: what is told to do first: that is not told twice.
    """
    found: dict[bool, list[Unchained]] = {True: [], False: []}
    for each in without_chain(portfolio):
        found[each.is_asked].append(each)
    for first, *others in filter(None, found.values()):
        step = first.step(given)
        if step == now:
            continue
        more = f" ({tr('cli.scan.more_chains', count=len(others))})" if others else ""
        yield ""
        yield from wrapped(f"{step.sentence}{more}", "")
        if step.words is not None:
            yield from command_rows(step.words, _INDENT)


def _is_visible(word: str) -> bool:
    return visible(word) == word
