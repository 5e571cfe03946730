"""Complete lists and delta CRLs, against a model written from RFC 5280 alone.

The model knows no code of ours: it reads sections 5.2.4 and 6.3.3, and where these leave a choice, the sentence that a
certificate which its issuer states as revoked is revoked, and one that a current list states as on hold too while no
newer list says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations, product
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from pkitools.crl import CertificateRevocationList
from pkitools.findings import Report, Status, Verdict
from pkitools.revocation import RevocationResult, RevocationStatus, StatusKind, check_revocation, read_crl
from pkitools_test_pki import crl as crls
from pkitools_test_pki import der, extensions
from pkitools_test_pki.algorithms import SignatureScheme
from pkitools_test_pki.crl import RevokedEntry
from pkitools_test_pki.faults.crls import idp
from pkitools_test_pki.keys import elliptic_keys
from tests.conftest import LEVEL
from tests.revocation.material import MOMENT, World
from tests.revocation.test_crl import point
from tests.support.effort import in_turn

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REASONS: Final = {"hold": "certificateHold", "revoked": "keyCompromise", "removed": "removeFromCRL"}
NUMBER: Final = 5
"""Of the complete list."""


@dataclass(frozen=True)
class Listing:
    """A list as it is made, and as the model sees it."""

    state: str
    number: int
    base: int | None = None
    damage: str = ""


COMPLETE: Final = [Listing(state, NUMBER) for state in ("good", "hold", "revoked")]
# older than the complete list, as old, newer, newest, and newest with a base that the complete list does not reach
NUMBERS: Final = ((4, 3), (5, 3), (7, 5), (8, 4), (9, 6))
DELTAS: Final = [Listing(state, *numbers) for state in ("good", "hold", "revoked", "removed") for numbers in NUMBERS]
UNTRUE: Final = (
    "sha1",
    "other key",
    "key identifier",
    "bad entry",
    "odd reason",
    "critical entry",
    "critical extension",
)
"""Of such a list nothing is believed."""
CRITICAL: Final = ("critical entry", "critical extension", "bad entry", "odd reason")
"""Such a list is from its issuer and of its time. What its entry means is not known, and so it is not nothing."""
UNFIT: Final = ("scope", "no key identifier", "no number", "certificate issuer", "stale", "not yet")
"""Such a list may be from its issuer, and is not to be combined."""


# --- the model


def model(complete: Sequence[Listing], deltas: Sequence[Listing]) -> StatusKind:
    """What RFC 5280 says of the certificate."""
    told = [each for each in (*complete, *deltas) if each.damage not in UNTRUE]
    if any(each.state == "revoked" for each in told):
        return StatusKind.REVOKED
    results = [result for each in complete if (result := constructed(each, deltas)) is not None]
    ended = max((number for state, number in results if state == "good"), default=-1)
    if any(state == "hold" and number >= ended for state, number in results):
        return StatusKind.REVOKED
    newest = max((number for _, number in results), default=-1)
    for each in told:
        holds = each.state == "hold" and each.damage not in ("stale", "not yet", "certificate issuer")
        if holds and each.number >= newest:
            return StatusKind.REVOKED
    names_it = [
        each
        for each in (*complete, *deltas)
        if (each.damage in CRITICAL and each.state in {"hold", "revoked"})
        or (each.damage == "odd reason" and each.state == "removed")  # the reason cannot be read
    ]
    if any(each.number >= newest for each in names_it):
        return StatusKind.UNKNOWN
    return StatusKind.GOOD if results else StatusKind.UNKNOWN


def constructed(complete: Listing, deltas: Sequence[Listing]) -> tuple[str, int] | None:
    """5.2.4: the state and number of the list made of a complete one and a delta; ``None`` when it is not current."""
    fitting = [delta for delta in deltas if fits(complete, delta)]
    if complete.damage in (*UNTRUE, "not yet", "certificate issuer") or (complete.damage == "stale" and not fitting):
        return None
    number = max((delta.number for delta in fitting), default=complete.number)
    newest = [delta.state for delta in fitting if delta.number == number]
    said = [after(complete.state, state) for state in newest] or [complete.state]
    return max(said, key=["good", "hold", "revoked"].index), number


def after(complete: str, delta: str) -> str:
    """6.3.3 (i) to (k): what the delta lists comes first; a revocation that is no hold is final."""
    if complete == "revoked" or delta == "good":
        return complete
    return "good" if delta == "removed" else delta


def fits(complete: Listing, delta: Listing) -> bool:
    """5.2.4 (a) to (d) and 6.3.3 (c)."""
    assert delta.base is not None
    if delta.damage in (*UNTRUE, "certificate issuer", "stale", "not yet"):
        return False
    parts = ("scope", "no key identifier")
    same = all((complete.damage == part) == (delta.damage == part) for part in parts)
    numbered = "no number" not in (complete.damage, delta.damage)
    return same and numbered and delta.base <= complete.number < delta.number


# --- the lists


class Deck:
    """Each list made once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.leaf = world.plain
        self.path = [self.leaf.der, world.tsp.certificate.der]
        self.other_key = elliptic_keys("rsa:4096")
        self._made: dict[Listing, CertificateRevocationList] = {}

    def list(self, listing: Listing) -> CertificateRevocationList:
        if listing not in self._made:
            self._made[listing] = read_crl(self._make(listing))
        return self._made[listing]

    def _make(self, listing: Listing) -> bytes:
        case, damage = self.world.crl_case(self.leaf), listing.damage
        reason = REASONS.get(listing.state)
        entries = [RevokedEntry(4711, MOMENT - DAY, "superseded"), *([case.entry(reason)] if reason else [])]
        asked: dict[str, Any] = {"number": listing.number, "this_update": MOMENT - (20 - listing.number) * HOUR}
        more = [] if listing.base is None else [crls.delta_indicator(listing.base)]
        if damage == "sha1":
            asked["signature"] = SignatureScheme("ecdsa", "sha1")
        elif damage == "other key":
            asked["signing_key"] = self.other_key
        elif damage == "key identifier":
            more.append(crls.Extension("2.5.29.35", False, der.sequence(der.tlv(0x80, bytes(20)))))
        elif damage == "bad entry":
            rows = [crls.entry(each) for each in entries]
            rows.append(der.sequence(der.tlv(0x02, b"\x00\x01"), der.time(MOMENT - DAY)))
            asked["raw"] = {"revoked_certificates": der.sequence(*rows)}
        elif damage == "odd reason":
            odd = crls.Extension(crls.REASON_CODE, False, b"\x0a\x01\x07")  # RFC 5280 5.3.1: 7 is not used
            unclear = [RevokedEntry(each.serial_number, each.moment, None, (odd,)) for each in entries]
            asked["raw"] = {"revoked_certificates": der.sequence(*map(crls.entry, unclear))}
        elif damage == "critical entry":
            strange = crls.Extension("2.999.1", True, der.NULL)
            entries.append(RevokedEntry(1, MOMENT - DAY, None, (strange,)))
        elif damage == "critical extension":
            more.append(crls.Extension("2.999.1", True, der.NULL))
        elif damage == "scope":
            more.append(idp(der.context(1, b"\xff", constructed=False)))
        elif damage == "no key identifier":
            asked["without"] = ["2.5.29.35"]
        elif damage == "no number":
            asked["without"] = [crls.CRL_NUMBER]
        elif damage == "certificate issuer":
            owner = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, self.world.tsp.subject)))
            entries.append(RevokedEntry(1, MOMENT - DAY, None, (owner,)))
        elif damage == "stale":
            asked["next_update"] = MOMENT - HOUR
        elif damage == "not yet":
            asked["this_update"] = MOMENT + HOUR
        return case.crl(revocations=entries, extensions=more, **asked)

    def ask(self, *lists: Listing) -> RevocationResult:
        found = [self.list(each) for each in lists]
        return check_revocation(self.path, moment=MOMENT, crls=found, raise_crashes=True)

    def status(self, *lists: Listing) -> RevocationStatus:
        return self.ask(*lists).statuses[0]


@pytest.fixture(scope="module")
def deck(world: World) -> Deck:
    return Deck(world)


def held_to_the_model(deck: Deck, complete: Sequence[Listing], deltas: Sequence[Listing]) -> None:
    statuses = {deck.status(*lists) for lists in orders((*complete, *deltas))}
    assert len(statuses) == 1, (complete, deltas, statuses)
    assert statuses.pop().kind is model(complete, deltas), (complete, deltas)


def orders(lists: tuple[Listing, ...]) -> list[tuple[Listing, ...]]:
    """Every order; of three lists, but in a deep run, half of them: in these each list stands first once."""
    every = list(permutations(lists))
    if len(lists) < 3 or LEVEL == "deep":
        return every
    return every[sum(each.number for each in lists) % 2 :: 2]


def sets_of_deltas() -> Iterator[tuple[Listing, ...]]:
    yield ()
    yield from ((one,) for one in DELTAS)
    yield from (
        (one, two) for one, two in product(DELTAS, DELTAS) if (one.number, one.state) <= (two.number, two.state)
    )


@pytest.mark.slow
@pytest.mark.parametrize("complete", COMPLETE, ids=lambda listing: listing.state)
def test_every_state_and_number(deck: Deck, complete: Listing) -> None:
    for deltas in sets_of_deltas():
        held_to_the_model(deck, [complete], deltas)


@pytest.mark.slow
@pytest.mark.parametrize("damage", [*UNTRUE, *UNFIT])
def test_every_damage(deck: Deck, damage: str) -> None:
    """One of the lists is damaged, or a delta and the complete list alike; one of the others beside it, in turn."""
    few = [Listing("hold", 7, 5), Listing("removed", 7, 5), Listing("removed", 8, 5), Listing("good", 9, 6)]
    bad_deltas = [Listing(each.state, each.number, each.base, damage) for each in DELTAS]
    for number, complete in enumerate(COMPLETE):
        bad = Listing(complete.state, complete.number, None, damage)
        for delta in DELTAS:
            held_to_the_model(deck, [bad], [delta])
        for place, delta in enumerate(bad_deltas):
            held_to_the_model(deck, [bad], [delta])
            held_to_the_model(deck, [complete], [delta])
            for other in in_turn(few, number, place):
                held_to_the_model(deck, [complete], [delta, other])


@pytest.mark.slow
def test_two_complete_lists(deck: Deck) -> None:
    for one, other, delta in product(COMPLETE, COMPLETE, DELTAS):
        held_to_the_model(deck, [one, Listing(other.state, 6)], [delta])


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["", *UNTRUE])
def test_a_newer_list_that_cannot_be_used_and_names_the_certificate(deck: Deck, damage: str) -> None:
    """Beside a good complete list: a complete list or a delta, older and newer, whatever it says and what is wrong."""
    states = ("good", "hold", "revoked", "removed")
    for state, number in product(states, (4, 5, 6)):
        bases = [number - 1] if state == "removed" else [None, number - 1]
        for base in bases:
            other = Listing(state, number, base, damage)
            complete, deltas = ([other], []) if base is None else ([], [other])
            held_to_the_model(deck, [Listing("good", 5), *complete], deltas)


def test_such_a_list_is_told(deck: Deck) -> None:
    for base, damage in product((None, 5), CRITICAL):
        found = deck.ask(Listing("good", 5), Listing("revoked", 6, base, damage))
        report = Report("leaf", found.outcomes, MOMENT)
        code = "crl.scope" if damage.startswith("critical") else "source.readable"
        assert {f"revocation.{code}", "revocation.status.unknown"} <= report.codes(Status.VIOLATED)
        without = deck.ask(Listing("good", 5), Listing("good", 6, base, damage))
        assert Report("leaf", without.outcomes, MOMENT).verdict is Verdict.PASSED


def test_the_model_knows_all_three_answers() -> None:
    named = Listing("revoked", 6, None, "critical entry")
    assert model([Listing("good", 5), named], []) is StatusKind.UNKNOWN
    assert model([Listing("good", 7), named], []) is StatusKind.GOOD
    assert model([Listing("hold", 5), Listing("good", 6)], []) is StatusKind.GOOD
    found = {model([complete], deltas) for complete in COMPLETE for deltas in sets_of_deltas()}
    assert found == {StatusKind.GOOD, StatusKind.REVOKED}
    assert model([Listing("good", 5, None, "sha1")], []) is StatusKind.UNKNOWN
    assert model([Listing("hold", 5)], [Listing("removed", 7, 5)]) is StatusKind.GOOD


# --- what is told


HELD, LIFTED = Listing("hold", 5), Listing("removed", 7, 5)


def told(deck: Deck, *lists: Listing) -> dict[str, str]:
    """Code and particulars of each attempt."""
    return {attempt.code or "used": attempt.detail for attempt in deck.ask(*lists).attempts}


@pytest.mark.parametrize(
    ("delta", "why"),
    [
        (Listing("removed", 4, 3), "number 4 is not newer than the complete list, number 5"),
        (Listing("removed", 5, 3), "number 5 is not newer than the complete list, number 5"),
        (Listing("removed", 9, 6), "it builds on number 6, and the complete list is number 5"),
        (Listing("removed", 7, 5, "scope"), "another issuingDistributionPoint than the complete list"),
        (Listing("removed", 7, 5, "no key identifier"), "another authorityKeyIdentifier than the complete list"),
        (Listing("removed", 7, 5, "no number"), "the delta CRL or the complete list has no cRLNumber"),
    ],
    ids=lambda value: value.damage or str(value.number) if isinstance(value, Listing) else "",
)
def test_a_delta_that_does_not_fit_says_why(deck: Deck, delta: Listing, why: str) -> None:
    for lists in ((HELD, delta), (delta, HELD)):
        found = deck.ask(*lists)
        assert {a.code: a.detail for a in found.attempts}["delta"] == why
        assert "revocation.crl.delta" in {o.rule.code for o in found.outcomes if o.status == "violated"}
        assert found.statuses[0].kind is StatusKind.REVOKED


@pytest.mark.parametrize(
    ("damage", "code"),
    [("sha1", "crl-signature"), ("bad entry", "malformed"), ("critical entry", "scope"), ("stale", "stale")],
)
def test_a_delta_that_is_not_believed_says_why(deck: Deck, damage: str, code: str) -> None:
    bad = Listing("removed", 7, 5, damage)
    assert code in told(deck, HELD, bad)
    assert deck.status(HELD, bad).kind is StatusKind.REVOKED


def test_a_delta_without_its_complete_list_asks_for_that(deck: Deck) -> None:
    assert told(deck, LIFTED) == {"scope": "delta CRL"}


def test_a_hold_that_was_lifted_is_told_as_used(deck: Deck) -> None:
    found = deck.ask(HELD, LIFTED)
    assert found.statuses[0].is_good
    assert [attempt.code for attempt in found.attempts] == ["", ""]
    assert "brought up to date by the delta CRL with number 7" in {attempt.detail for attempt in found.attempts}
    report = Report("leaf", found.outcomes, MOMENT)
    assert report.verdict is Verdict.PASSED
    assert "revocation.crl.delta" in report.codes(Status.MET)
    assert not report.findings


def test_a_stale_list_that_a_delta_brings_up_to_date(deck: Deck) -> None:
    """6.3.3 (a)(1)(i): what comes of it has the times of the delta."""
    found = deck.ask(Listing("good", 5, None, "stale"), Listing("good", 7, 5))
    assert found.statuses[0].is_good
    assert {attempt.code for attempt in found.attempts} == {""}
    assert {attempt.expires for attempt in found.attempts} == {MOMENT + DAY, MOMENT - HOUR}


def test_the_reason_is_that_of_the_newest_word(deck: Deck) -> None:
    assert deck.status(HELD, Listing("revoked", 7, 5)).reason == "keyCompromise"
    assert deck.status(Listing("good", 5), Listing("hold", 7, 5)).reason == "certificateHold"


def test_a_delta_from_before_its_complete_list_is_not_newer_whatever_its_number(world: World) -> None:
    """Numbers only go up (5.2.3): one that contradicts the times lifts nothing."""
    case = world.crl_case(world.plain)
    held = case.crl(number=5, revocations=[case.entry("certificateHold")])
    lifted = case.crl(
        number=7,
        this_update=MOMENT - 9 * HOUR,
        revocations=[case.entry("removeFromCRL")],
        extensions=[crls.delta_indicator(5)],
    )
    assert world.check(world.plain, crls=[held, lifted]).statuses[0].kind is StatusKind.REVOKED


@pytest.mark.parametrize(
    ("damage", "code"), [("sha1", "crl-signature"), ("bad entry", "malformed"), ("critical entry", "scope")]
)
def test_no_delta_mends_a_complete_list_that_is_not_believed(deck: Deck, damage: str, code: str) -> None:
    bad = Listing("good", 5, None, damage)
    for delta in (Listing("good", 7, 5), Listing("removed", 7, 5)):
        assert deck.status(bad, delta).kind is StatusKind.UNKNOWN
        assert code in told(deck, bad, delta)


# --- each of these once gave "passed"

COMPLETE_9: Final = Listing("hold", 9)
FALSE_GOODS: Final = {
    "an older delta played back": ((COMPLETE_9, Listing("removed", 6, 5)), "revoked"),
    "an older delta beside a newer one": (
        (COMPLETE_9, Listing("removed", 6, 5), Listing("hold", 10, 5)),
        "revoked",
    ),
    "lists signed with SHA-1": ((Listing("good", 5, None, "sha1"), Listing("good", 7, 5)), "unknown"),
    "a list with one bad entry": ((Listing("hold", 5, None, "bad entry"), Listing("good", 7, 5)), "unknown"),
    "an unknown critical entry extension": (
        (Listing("good", 5, None, "critical entry"), Listing("good", 7, 5)),
        "unknown",
    ),
    "a hold that stands in the delta alone": ((Listing("good", 5), Listing("hold", 7, 5)), "revoked"),
}


@pytest.mark.parametrize("name", FALSE_GOODS)
def test_it_does_not_pass_in_any_order(deck: Deck, name: str) -> None:
    lists, expected = FALSE_GOODS[name]
    for order in permutations(lists):
        found = deck.ask(*order)
        assert found.statuses[0].kind == expected
        assert Report("leaf", found.outcomes, MOMENT).verdict is Verdict.FAILED


# --- the full engine is given what passed our tests, and no delta makes good there


class Keeper:
    """Another authority keeps the list of the leaf: an indirect one, which is the full engine's work."""

    def __init__(self, world: World, **deviation: Any) -> None:
        name = der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), der.string("Keeper of lists"))))
        deviation.setdefault("key_usage", ("cRLSign",))
        self.world = world
        self.keeper = world.domain.create_subordinate(
            world.tsp.spec, moment=MOMENT - 40 * DAY, subject=name, **deviation
        )
        url = extensions.uri("http://crl.example/list.crl")
        self.leaf = world.leaf(extensions=[point(url, issuer=der.context(4, self.keeper.subject))])
        self._scope = idp(der.context(0, der.context(0, url)), der.context(4, b"\xff", constructed=False))

    def list(self, state: str, number: int, base: int | None = None, **deviation: Any) -> bytes:
        owner = crls.Extension(crls.CERTIFICATE_ISSUER, True, der.sequence(der.context(4, self.world.tsp.subject)))
        entries = [RevokedEntry(99, MOMENT - DAY, "superseded", (owner,))]
        if state in REASONS:
            entries.append(RevokedEntry(self.leaf.serial_number, MOMENT - DAY, REASONS[state], (owner,)))
        deltas = [] if base is None else [crls.delta_indicator(base)]
        deviation.setdefault("extensions", [self._scope, *deltas])
        deviation.setdefault("revocations", entries)
        case = self.world.crl_case(self.leaf, self.keeper)
        return case.crl(number=number, **deviation)

    def status(self, *lists: bytes) -> RevocationStatus:
        others = [self.keeper.certificate.der]
        (status,) = {
            self.world.check(self.leaf, crls=order, other_certificates=others).statuses[0]
            for order in permutations(lists)
        }
        return status


@pytest.fixture(scope="module")
def keeper(world: World) -> Keeper:
    return Keeper(world)


def test_the_engine_knows_the_indirect_list_and_spells_reasons_as_we_do(keeper: Keeper) -> None:
    assert keeper.status(keeper.list("good", 5)).is_good
    found = keeper.status(keeper.list("revoked", 5))
    assert (found.kind, found.reason) == (StatusKind.REVOKED, "keyCompromise")


@pytest.mark.slow
@pytest.mark.parametrize("state", ["good", "hold", "revoked", "removed"])
@pytest.mark.parametrize(("number", "base"), NUMBERS)
def test_no_delta_makes_an_indirect_list_better(keeper: Keeper, state: str, number: int, base: int) -> None:
    delta = keeper.list(state, number, base)
    for complete in ("hold", "revoked"):
        assert keeper.status(keeper.list(complete, 5), delta).kind is StatusKind.REVOKED
    found = keeper.status(keeper.list("good", 5), delta)
    assert not found.is_good or state in ("good", "removed")


BAD_LISTS: Final[dict[str, dict[str, Any]]] = {
    "SHA-1": {"signature": SignatureScheme("ecdsa", "sha1")},
    "a bad entry": {
        "raw": {"revoked_certificates": der.sequence(der.sequence(der.tlv(0x02, b"\x00\x01"), der.time(MOMENT - DAY)))}
    },
    "a critical entry extension": {
        "revocations": [RevokedEntry(1, MOMENT - DAY, None, (crls.Extension("2.999.1", True, der.NULL),))]
    },
    "stale": {"next_update": MOMENT - HOUR},
}


@pytest.mark.parametrize("fault", BAD_LISTS)
def test_the_engine_is_not_given_what_we_would_not_believe(keeper: Keeper, fault: str) -> None:
    assert keeper.status(keeper.list("good", 5, **BAD_LISTS[fault])).kind is StatusKind.UNKNOWN
    # a delta of that kind is as if it were not there
    assert keeper.status(keeper.list("good", 5), keeper.list("good", 7, 5, **BAD_LISTS[fault])).is_good


def test_who_signs_an_indirect_list_must_be_sound(world: World) -> None:
    """A key of 1024 bits, and a certificate that is itself signed with SHA-1."""
    key, scheme = rsa.generate_private_key(65537, 1024), SignatureScheme("pkcs1", "sha256")
    short = Keeper(world, key=key)
    assert short.status(short.list("good", 5, signing_key=key, signature=scheme)).kind is StatusKind.UNKNOWN
    old = Keeper(world, signature=SignatureScheme("ecdsa", "sha1"))
    assert old.status(old.list("good", 5)).kind is StatusKind.UNKNOWN
