"""A checker says of every certificate what a check that remembers nothing says, whatever it was asked before.

The law is one comparison over many certificates: the catalogue of broken ones, x509-limbo, mutants of a good one, each
judged the plain way, where every path is walked to its root and every list is asked anew, and by one memory that all
share, in any order, twice; in a deep run in another order as well.
"""

from __future__ import annotations

import multiprocessing
import pickle
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache

import pytest

from pkitools.checking import Checker, CheckResult, Revocation, check, elsewhere
from pkitools.checking.judgement import Memory, judged
from pkitools.checking.question import Question, question
from pkitools.checking.workers import Unknown
from pkitools.environment import Environment
from pkitools.errors import InputError, PkitoolsError
from pkitools.findings import Report, Verdict
from pkitools.profiles import profiles
from pkitools.revocation import CertificateRevocationList, RevocationOptions, read_crl
from pkitools.trust import TrustStore
from pkitools.validation import PolicyInput
from pkitools.validation.remembered import Remembered
from pkitools.x509.path_certificate import load
from pkitools_test_pki.defects import Laboratory
from pkitools_test_pki.issued import IssuedCertificate, pem
from tests.checking.test_mutants import between, bodies, signed, trust
from tests.conformance import limbo
from tests.conftest import LEVEL
from tests.support.broken import Catalogue, laboratory
from tests.support.chains import MOMENT
from tests.support.effort import budget
from tests.support.mutation import mutants
from tests.support.shared import shared

Asked = tuple[bytes, Question]

PROFILES = [profile.name for profile in profiles()]
_YEAR = timedelta(days=365)
_TICK = timedelta(seconds=1)
_CHANCE = random.Random(20261126)


@cache
def own() -> Laboratory:
    """A laboratory in which an authority is revoked: of nobody else."""
    return laboratory(MOMENT - timedelta(seconds=4711))


@cache
def leaf() -> IssuedCertificate:
    return own().leaf()


def told(result: CheckResult | PkitoolsError) -> tuple[object, ...]:
    """All that a result says, to be compared; a proof compares by what it proves."""
    if isinstance(result, PkitoolsError):
        return result.code, dict(result.params)
    assert_told_is_what_the_outcomes_say(result.report)
    path = result.path
    proof = path and (path.certificates, path.engine, path.moment, path.purpose, path.policies)
    rest = result.facts, result.oin, result.hierarchy, result.recognition, result.engine, result.revocation
    return result.report, result.verdict, result.report.findings, proof, rest


def assert_told_is_what_the_outcomes_say(report: Report) -> None:
    """What is told is known before an outcome is made: it must be what they say when they are."""
    plain = Report(report.subject, report.outcomes, report.moment, report.environment, report.system)
    assert plain == report
    assert (plain.verdict, plain.findings, plain.not_checked) == (report.verdict, report.findings, report.not_checked)
    assert (plain.worst, plain.codes(), plain.told) == (report.worst, report.codes(), list(report.told))


def said(asked: Asked, memory: Memory | None) -> tuple[object, ...]:
    try:
        return told(judged(*asked, memory))
    except PkitoolsError as error:
        return told(error)


def assert_remembering_changes_nothing(
    cases: Sequence[Asked], make: Callable[[], Memory] = Memory, plain: Sequence[tuple[object, ...]] | None = None
) -> None:
    chance = random.Random(20261126)
    if plain is None:
        plain = [said(asked, None) for asked in cases]
    for memory in (make(), make()) if LEVEL == "deep" or make is not Memory else (make(),):
        order = [*range(len(cases))] * 2
        chance.shuffle(order)
        for number in order:
            assert said(cases[number], memory) == plain[number]


# --- every ingredient of a question, changed by itself


@cache
def lists() -> tuple[bytes, ...]:
    return tuple(authority.crl() for authority in (own().tsp, own().domain, own().root))


@cache
def with_authority_revoked() -> tuple[bytes, ...]:
    """The lists of another day, on which the domain revokes the authority that issued the end entity."""
    own().domain.revoke(leaf().path[1].serial_number, moment=MOMENT - timedelta(days=1))
    return tuple(authority.crl() for authority in (own().tsp, own().domain, own().root))


def base(**other: object) -> Question:
    given: dict[str, object] = {
        "moment": MOMENT,
        "environment": Environment.PREPRODUCTION,
        "systems": "digid-machtigen",
        "intermediates": [link.der for link in leaf().intermediates],
        "trust": leaf().root.der,
        "revocation": Revocation(policy="require", crls=lists()),
    }
    return question(**{**given, **other})  # type: ignore[arg-type]  # every case is a question that check takes


def required(crls: Sequence[object], **options: object) -> Revocation:
    return Revocation(
        policy="require",
        crls=crls,  # type: ignore[arg-type]  # lists in every form
        options=RevocationOptions(**options),  # type: ignore[arg-type]  # one option each time
    )


@cache
def ingredients() -> list[Asked]:
    """The same certificate, and each part of the question changed by itself."""
    one, issuer = leaf(), leaf().path[1]
    lists_before = lists()  # before the authority is revoked
    as_pem = [pem("X509 CRL", crl) for crl in lists_before]
    day = timedelta(days=1)
    ends = load(issuer.der).not_after
    next_update = min(update for crl in lists_before if (update := read_crl(crl).next_update))
    changed: list[dict[str, object]] = [
        {},
        {"environment": Environment.PRODUCTION},
        {"systems": ()},
        {"systems": ["digid", "eherkenning", "fsc"]},
        {"intermediates": ()},
        {"intermediates": [link.der for link in reversed(one.intermediates)]},
        {"trust": None},
        {"trust": laboratory(MOMENT).root.certificate.der},
        {"entity_id": "urn:nl-eid-gdi:1.0:DV:00000003123456780000:entities:0001"},
        {"profile": PROFILES[0]},
        {"host": "elders.voorbeeld.nl"},
        {"strict": True},
        {"cross_check": True},
        {"policies": PolicyInput(frozenset({"1.2.3"}), explicit_policy=True)},
        {"revocation": None},
        {"revocation": Revocation(policy="off")},
        {"revocation": required(lists_before[:-1])},
        {"revocation": required(lists_before[1:])},
        {"revocation": required(as_pem)},
        {"revocation": required(list(map(read_crl, lists_before)))},
        {"revocation": required((*lists_before, *lists_before))},
        {"revocation": required(with_authority_revoked())},
        {"revocation": required((*with_authority_revoked(), *lists_before))},
        {"revocation": required(lists_before, skew=timedelta(0))},
    ]
    moments = [
        *(MOMENT + step for step in (-4000 * day, -day, -timedelta(minutes=6), day, 400 * day, 4000 * day)),
        *(edge + step for edge in (next_update, ends) for step in (timedelta(0), _TICK, -_TICK, timedelta(minutes=5))),
    ]
    changed += [{"moment": moment} for moment in moments]
    changed += [
        {"moment": next_update + timedelta(minutes=2), "revocation": required(lists_before, skew=skew)}
        for skew in (timedelta(0), timedelta(minutes=5))
    ]
    return [*((one.der, base(**each)) for each in changed), *of_other_authorities()]


@cache
def plainly() -> list[tuple[object, ...]]:
    """What is said of each of these by a check that remembers nothing."""
    return [said(asked, None) for asked in ingredients()]


def of_other_authorities() -> Iterator[Asked]:
    """Authorities that differ in one thing: in when they end, in which of them is revoked, in the root above."""
    authority = own().authority(not_after=MOMENT + timedelta(days=10))
    ends_early = own().leaf(issuer=authority, not_after=MOMENT + timedelta(days=90))
    above = [link.der for link in ends_early.intermediates]
    for moment in (MOMENT, MOMENT + timedelta(days=20)):
        yield ends_early.der, base(intermediates=above, moment=moment, revocation=Revocation(policy="off"))
    crls = with_authority_revoked()
    yield ends_early.der, base(intermediates=above, revocation=required(crls))
    roots = [own().other_root(), own().other_root(not_before=MOMENT - _YEAR, not_after=MOMENT - timedelta(days=1))]
    below = own().leaf(issuer=own().below(roots[0]))
    for root in roots:
        trust, between = root.certificate.der, [link.der for link in below.intermediates]
        yield below.der, base(intermediates=between, trust=trust, revocation=Revocation(policy="off"))


@pytest.mark.slow
def test_every_ingredient_of_a_question_counts() -> None:
    assert_remembering_changes_nothing(ingredients(), plain=plainly())


def test_the_good_certificate_of_these_is_remembered() -> None:
    """Else the comparisons above would compare the plain way with itself."""
    memory = Memory()
    first, second = (judged(leaf().der, base(), memory) for _ in range(2))
    assert first.verdict is Verdict.PASSED
    assert len(memory.standing) == 1
    assert len(memory.statuses) == 2
    assert [each.steps is not None for each in memory.answered._kept.values()] == [True]
    assert told(first) == told(second) == said((leaf().der, base()), None)


class _Careless(Remembered[object]):
    """A memory with a fault: it leaves an ingredient out of its questions, or its answers hold for ever."""

    def __init__(self, *, without: int | None = None, timeless: bool = False) -> None:
        super().__init__()
        self._without, self._timeless = without, timeless

    def _asked(self, question: tuple[object, ...]) -> tuple[object, ...]:
        if self._without is None:
            return question
        left_out = self._without % len(question)
        return tuple(part for place, part in enumerate(question) if place != left_out)

    def find(self, question: object, moment: datetime) -> object:
        return super().find(self._asked(question), MOMENT if self._timeless else moment)  # type: ignore[arg-type]  # all our questions are tuples

    def keep(self, question: object, moment: datetime, changes: Iterable[datetime], answer: object) -> object:
        edges = () if self._timeless else changes
        return super().keep(self._asked(question), MOMENT if self._timeless else moment, edges, answer)  # type: ignore[arg-type]  # the same


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("standing", {"timeless": True}),
        ("standing", {"without": -1}),
        ("statuses", {"timeless": True}),
        ("statuses", {"without": 0}),
        ("statuses", {"without": 3}),
        ("statuses", {"without": 4}),
    ],
)
def test_a_memory_with_a_fault_does_not_pass(part: str, fault: dict[str, int]) -> None:
    """The comparison is only worth something when it sees an ingredient that is left out."""

    def careless() -> Memory:
        memory = Memory()
        setattr(memory, part, _Careless(**fault))  # type: ignore[arg-type]  # a place, or a flag
        return memory

    with pytest.raises(AssertionError):
        assert_remembering_changes_nothing(ingredients(), careless, plainly())


# --- what it is asked by


def test_a_checker_says_what_check_says() -> None:
    given = {"environment": "preproduction", "systems": ["digid-machtigen", "digid"], "trust": leaf().root.der}
    between = [link.der for link in leaf().intermediates]
    revocation = Revocation(policy="require", crls=lists())
    checker = Checker(moment=MOMENT, intermediates=between, revocation=revocation, **given)  # type: ignore[arg-type]  # as check takes it
    plain = check(leaf().der, moment=MOMENT, intermediates=between, revocation=revocation, **given)  # type: ignore[arg-type]  # the same
    assert told(checker.check(leaf().der)) == told(plain)
    later = MOMENT + timedelta(days=300)
    plain = check(leaf().der, moment=later, intermediates=between, revocation=revocation, **given)  # type: ignore[arg-type]  # the same
    assert told(checker.check(leaf().der, moment=later)) == told(plain)


def test_what_came_with_one_certificate_is_of_no_use_to_the_next() -> None:
    checker = Checker(moment=MOMENT, environment="preproduction", trust=leaf().root.der)
    alone = checker.check(leaf().der)
    assert alone.path is None
    assert checker.check(leaf().der, intermediates=[link.der for link in leaf().intermediates]).path is not None
    assert told(checker.check(leaf().der)) == told(alone)


def test_many_are_judged_in_their_order_and_none_is_read_ahead() -> None:
    taken = []

    def each() -> Iterator[bytes]:
        for number, der in enumerate((leaf().der, b"no certificate", leaf().der)):
            taken.append(number)
            yield der

    checker = Checker(moment=MOMENT, environment="preproduction", trust=leaf().root.der)
    results = checker.check_many(each())
    assert taken == []
    first = next(results)
    assert taken == [0]
    assert isinstance(first, CheckResult)
    second, third = results
    assert isinstance(second, InputError)
    assert isinstance(third, CheckResult)
    assert told(third) == told(first)


def test_lists_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[bytes] = []

    def counted(crl: bytes) -> CertificateRevocationList:
        reads.append(crl)
        return read_crl(crl)

    monkeypatch.setattr("pkitools.checking.checker.read_crl", counted)
    monkeypatch.setattr("pkitools.revocation.check.read_crl", counted)
    checker = Checker(
        moment=MOMENT, environment="preproduction", trust=leaf().root.der, revocation=Revocation(crls=lists())
    )
    for _ in range(3):
        checker.check(leaf().der, intermediates=[link.der for link in leaf().intermediates])
    assert sorted(reads) == sorted(lists())


# --- by others


def checker() -> Checker:
    return Checker(
        moment=MOMENT,
        environment="preproduction",
        systems=["digid-machtigen", "digid"],
        intermediates=[link.der for link in leaf().intermediates],
        trust=leaf().root.der,
        revocation=Revocation(policy="require", crls=[lists()[0], *map(read_crl, lists()[1:])]),
    )


def many() -> list[bytes]:
    """Enough for several tasks, with what is no certificate and what no path leads from among them."""
    return [leaf().der] * 20 + [b"no certificate"] + [leaf().root.der, leaf().der] * 10


def said_of(results: Iterable[CheckResult | InputError]) -> list[tuple[object, ...]]:
    return [told(result) for result in results]


def test_threads_say_what_one_thread_says() -> None:
    asked = checker()
    with ThreadPoolExecutor(2) as executor:
        found = said_of(asked.check_many(many(), executor=executor))
    assert found == said_of(asked.check_many(many()))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_processes_say_what_this_one_says(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    asked = checker()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as executor:
        list(executor.map(abs, range(8)))  # the workers are there before the question is
        found = list(asked.check_many(many(), executor=executor))
    plain = list(asked.check_many(many()))
    for one, other in zip(found, plain, strict=True):
        if isinstance(one, CheckResult) and isinstance(other, CheckResult):
            assert (one.verdict, one.report.findings) == (other.verdict, other.report.findings)
            assert one.report.not_checked == other.report.not_checked
            assert repr(one) == repr(other)
    assert said_of(found) == said_of(plain)


def test_little_comes_back_from_another_process() -> None:
    """Verdict and findings, without the certificates and the rules that are met."""
    asked = checker()
    token = -1, b""  # of a process that is not this one
    assert isinstance(elsewhere._work(token, False, None, []), Unknown)
    elsewhere._CHECKERS.made_here(token, asked)
    answer = elsewhere._work(token, False, None, [leaf().der])
    whole = elsewhere._work(token, True, None, [leaf().der])
    assert not isinstance(answer, Unknown)
    assert not isinstance(whole, Unknown)
    assert len(pickle.dumps(answer)) < 4096
    assert answer
    assert whole
    assert isinstance(answer[0], elsewhere._Told)
    assert isinstance(whole[0], CheckResult)
    assert list(answer[0].told) == list(whole[0].report.told)


def test_a_question_travels_with_its_lists_as_they_came() -> None:
    as_pem = pem("X509 CRL", lists()[0])
    asked = Checker(
        moment=MOMENT, environment="preproduction", revocation=Revocation(crls=[as_pem, lists()[1], b"no list"])
    )._asked
    sent = pickle.loads(pickle.dumps(elsewhere._to_send(asked)))
    read = [read_crl(crl) for crl in sent.material.crls[:2]]
    assert [crl.was_pem for crl in read] == [True, False]
    assert [crl.der for crl in read] == list(lists()[:2])
    assert sent.material.crls[2] == b"no list"


# --- the memory itself


def test_a_memory_is_bounded() -> None:
    memory: Remembered[int] = Remembered(3)
    for number in range(10):
        memory.keep(number, MOMENT, (), number + 1)
    assert len(memory) == 3
    assert [memory.find(number, MOMENT) for number in (6, 7, 8, 9)] == [None, 8, 9, 10]


def test_nothing_outlives_what_it_rests_on() -> None:
    memory: Remembered[str] = Remembered()
    begins, ends = MOMENT - timedelta(hours=1), MOMENT + timedelta(hours=1)
    memory.keep("x", MOMENT, (begins, ends, ends + timedelta(days=1)), "it")
    assert [memory.find("x", at) for at in (begins, begins + _TICK, MOMENT, ends - _TICK, ends)] == [
        None,
        "it",
        "it",
        "it",
        None,
    ]
    memory.keep("x", ends, (begins, ends), "on the edge")
    assert [memory.find("x", at) for at in (ends - _TICK, ends, ends + _TICK)] == [None, "on the edge", None]


# --- the law, over everything that can be wrong with a certificate


def of_catalogue() -> Iterator[Asked]:
    for made in Catalogue(MOMENT).values():
        context = made.defect.context
        asked = question(
            moment=made.moment,
            environment=context.environment,
            systems=context.systems,
            intermediates=made.chain,
            trust=made.trust_anchors,
            entity_id=context.entity_id,
            host=context.host,
            revocation=Revocation(policy=context.revocation, crls=made.crls),
        )
        yield made.certificate.der, asked


def of_limbo() -> Iterator[Asked]:
    for case in limbo.cases():
        try:
            trust = TrustStore.from_der(case.anchors)
        except PkitoolsError:
            continue  # a case without a root that could be trusted here: there is no question to ask
        yield (
            case.leaf,
            question(
                moment=case.moment,
                environment=Environment.PREPRODUCTION,
                intermediates=case.intermediates,
                trust=trust,
                host=case.host,
                strict=True,
                revocation=Revocation(crls=case.crls),
            ),
        )


def of_mutants(count: int, seed: int) -> Iterator[Asked]:
    asked = question(
        moment=MOMENT,
        environment=Environment.PREPRODUCTION,
        systems="digikoppeling",
        intermediates=between(),
        trust=trust(),
    )
    for body in mutants(bodies(), random.Random(seed), count):
        yield signed(body), asked


@pytest.mark.slow
def test_of_every_broken_certificate_a_memory_says_the_same() -> None:
    assert_remembering_changes_nothing(list(of_catalogue()))


@pytest.mark.slow
def test_of_limbo_a_memory_says_the_same() -> None:
    shared("conformance/limbo.json")
    assert_remembering_changes_nothing(list(of_limbo()))


@pytest.mark.slow
def test_of_mutants_a_memory_says_the_same() -> None:
    count = budget("PKITOOLS_CHECKER_MUTANTS", 150)
    assert_remembering_changes_nothing(list(of_mutants(count, budget("PKITOOLS_FUZZ_SEED", 20261126))))
