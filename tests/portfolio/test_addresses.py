"""A peer of several addresses: each is asked, and what is good at one says nothing of another."""

from __future__ import annotations

from itertools import product

import pytest

from pkitools.findings import Verdict
from pkitools.probing import ProbeError, ProbeFault, chain, fetch_chains
from pkitools.probing.line import Line
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test
from tests.support.chains import MOMENT, end_entity, good_chain

PEER = "host.example.nl:443"
GOOD = good_chain().leaf.der
ENDED = end_entity(
    "host.example.nl", good_chain().tsp, start=MOMENT.replace(year=2000), end=MOMENT.replace(year=2001)
).der
SAID = {
    "good": (GOOD, good_chain().tsp.der, good_chain().domain.der),
    "ended": (ENDED, good_chain().tsp.der, good_chain().domain.der),
    "no way": ProbeError(ProbeFault.CONNECT, PEER, "no route"),
    "silent": ProbeError(ProbeFault.TIMEOUT, PEER),
    "closed": ProbeError(ProbeFault.CLOSED, PEER),
    "not asked": None,
}


@in_one_test
@pytest.mark.parametrize(("first", "second"), [*product(SAID, repeat=2)])
def test_what_is_good_at_one_address_is_not_for_that_good_at_another(first: str, second: str) -> None:
    found = scanned(PEER, fetch=lambda host, port: {"192.0.2.1": SAID[first], "2001:db8::1": SAID[second]})
    told = {first, second}
    assert (Verdict.FAILED in {one.verdict for one in found.judged}) is ("ended" in told)
    answered = told & {"good", "ended"}
    assert len(found.judged) == len(answered)
    assert found.is_whole is (bool(answered) and told <= {"good", "ended", "no way"})
    places = {place.name for one in found.judged for place in one.places}
    if len(answered) == 2:
        assert places == {f"{PEER} (192.0.2.1)", f"{PEER} (2001:db8::1)"}
    else:
        assert places == ({PEER} if answered else set())


@pytest.mark.parametrize("count", [1, 2, chain.MOST_ADDRESSES, chain.MOST_ADDRESSES + 2])
def test_every_address_is_asked_once_and_no_more_than_there_is_room_for(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [f"192.0.2.{number}" for number in range(count)]
    asked = []

    def fetched(line: Line) -> tuple[bytes, ...]:
        asked.append(str(line.address))
        return (line.host.encode(),)

    monkeypatch.setattr(Line, "addresses", lambda _: tuple(known))
    monkeypatch.setattr(chain, "_fetched", fetched)
    found = fetch_chains("host.example.nl", 443)
    assert [*found] == known
    assert asked == known[: chain.MOST_ADDRESSES]
    assert [at for at, one in found.items() if one is None] == known[chain.MOST_ADDRESSES :]
