"""What is told of all together: each real fault, and none of what is done as it should be."""

from __future__ import annotations

import itertools
import json
import pickle
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Outcome, Severity, Status, Verdict
from pkitools.messages import LANGUAGES, Language, outcome_message
from pkitools.portfolio import Gap, HeldCertificate, HeldKey, HeldRequest, Place, Unread
from pkitools.portfolio.risk import CertificateUse, Risks, authorities, by_folder, grouping, risks_of, weighing
from pkitools.reports import Telling
from pkitools.reports.portfolio.across import hanging_line, risk_line
from pkitools.reports.telling.readable import readable, short_day
from pkitools.revocation.rules import REVOKED
from pkitools.systems import get_system
from pkitools.text import DayText
from pkitools.x509.above import Above, AboveRole
from tests.portfolio.support import CHAIN, LEAF, judging, scanned
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.deliveries import pem
from tests.support.effort import examples
from tests.support.portfolios import (
    G1_ISSUER,
    MOMENT,
    OTHER_OIN,
    authority,
    day,
    digest,
    held,
    portfolio,
    private_key,
)

TRIAL: Final[dict[str, Any]] = {"hierarchy": "trial-g4-tls", "environment": Environment.PREPRODUCTION}
G1: Final[dict[str, Any]] = {"hierarchy": "g1-private", "generation": "G1-private", "issuer": G1_ISSUER}
NAME: Final = "C=NL, O=Gemeente A, CN=a"
YEAR: Final = timedelta(days=365)


def risks(*found: HeldCertificate | HeldKey, **given: Any) -> Risks:
    asked = {name: given.pop(name) for name in ("uses", "systems") if name in given}
    return risks_of(portfolio(*found, **given), raise_crashes=True, **asked)


def codes(*found: HeldCertificate | HeldKey, **given: Any) -> dict[str, str]:
    """What was found, each with how much it weighs."""
    return {
        one.outcome.rule.code.removeprefix("risk."): one.severity.name.lower() for one in risks(*found, **given).found
    }


def named(label: str, begin: str, years: float = 1, **changes: Any) -> HeldCertificate:
    """One of the same name as others."""
    start = day(begin)
    end = start + years * YEAR
    return held(label, common_name="a", subject=NAME, not_before=start, not_after=end, **changes)


def revoked(one: HeldCertificate) -> HeldCertificate:
    told = (Outcome(REVOKED, Status.VIOLATED),)
    return replace(one, judgements=(replace(one.judgements[0], told=told, verdict=Verdict.FAILED),))


# --- a renewal is no fault --------------------------------------------------------------------------------------------

MONTHS: Final = ("2026-05-25", "2026-08-01", "2026-11-01", "2026-11-21")


@in_one_test
@pytest.mark.parametrize("begin", MONTHS)
@pytest.mark.parametrize("same_key", [False, True])
def test_an_old_one_and_the_next_are_no_fault(begin: str, same_key: bool) -> None:
    """The old one ends on 24 November; the next was there half a year, or a day, before that."""
    old = named("old", "2025-11-24", key="k")
    new = named("new", begin, key="k" if same_key else "l")
    assert codes(old, new) == ({"key.renewed": "notice"} if same_key else {})


@pytest.mark.parametrize("begin", ["2025-11-24", "2025-12-01", "2026-04-01"])
def test_two_of_one_name_of_which_none_follows_the_other_are_told(begin: str) -> None:
    assert codes(named("old", "2025-11-24"), named("new", begin)) == {"name.twice": "notice"}


def test_who_began_first_follows_nobody() -> None:
    """The one that ends later was there before the other: neither was made to take the other's place."""
    assert codes(named("short", "2026-10-01", 0.25), named("long", "2026-09-15")) == {"name.twice": "notice"}


NO_SECOND: Final[dict[str, Callable[[HeldCertificate], HeldCertificate]]] = {
    "ended": lambda one: replace(one, not_after=MOMENT - timedelta(seconds=1)),
    "revoked": revoked,
    "of another issuer": lambda one: replace(one, issuer="C=NL, CN=Other"),
    "of another name": lambda one: replace(one, subject="C=NL, CN=b"),
    "the same one": lambda one: named("one", "2026-06-01"),
}


@in_one_test
@pytest.mark.parametrize("why", NO_SECOND)
def test_what_is_not_in_use_or_is_something_else_is_no_second(why: str) -> None:
    one, two = named("one", "2026-06-01"), named("two", "2026-06-01")
    assert "name.twice" in codes(one, two)
    other = NO_SECOND[why](two)
    assert codes(*{each.sha256: each for each in (one, other)}.values()) == {}


def test_of_three_two_must_not_lie_side_by_side() -> None:
    chain = [named(str(year), f"{year}-06-01", 1.2) for year in (2024, 2025, 2026)]
    assert codes(*chain) == {}
    assert codes(*chain, named("extra", "2026-06-02", 1.2)) == {"name.twice": "notice"}


@pytest.mark.parametrize(("of_one", "of_other"), [(1, 1), (2, 1), (2, 2)])
def test_what_is_counted_under_one_name_are_services_and_not_renewals(of_one: int, of_other: int) -> None:
    """The one that is followed is no further certificate under that name: it makes room."""
    first = [named(f"a{number}", f"{2026 - number}-08-01", 1.5) for number in range(of_one)]
    other = [named(f"b{number}", f"{2026 - number}-08-02", 1.5) for number in range(of_other)]
    (found,) = [one for one in risks(*first, *other).found if one.outcome.rule.code == "risk.name.twice"]
    assert found.outcome.params["count"] == "2"
    assert set(found.certificates) == {first[0].sha256, other[0].sha256}


# --- a key for two ----------------------------------------------------------------------------------------------------

ENVIRONMENTS: Final = [
    # what the two are, and where they lie → what is told
    ({}, TRIAL, "/srv/a", "/srv/b", {"key.two_environments": "warning"}),
    (TRIAL, TRIAL, "/srv/a", "/srv/b", {}),
    ({}, {}, "/srv/a", "/srv/b", {}),
    ({}, {}, "/srv/prod", "/srv/acceptatie", {"key.two_environments": "notice"}),
    ({}, {}, "/srv/prod", "/srv/prod", {}),
    ({}, {"hierarchy": None}, "/srv/a", "/srv/b", {}),  # of one's own making: nothing says which
    ({}, {"hierarchy": None}, "/srv/prod", "/srv/test", {"key.two_environments": "notice"}),
]


@in_one_test
@pytest.mark.parametrize(("one", "two", "here", "there", "told"), ENVIRONMENTS)
def test_a_key_in_two_environments(one: Any, two: Any, here: str, there: str, told: dict[str, str]) -> None:
    both = held("a", f"{here}/a.pem", key="k", **one), held("b", f"{there}/b.pem", key="k", **two)
    assert codes(*both) == told
    assert codes(*both[::-1]) == told
    apart = replace(both[1], spki_sha256=digest("another"))
    assert codes(both[0], apart) == {}
    ended = [replace(each, not_after=MOMENT - timedelta(days=1)) for each in both]
    assert codes(*ended) == {}
    assert codes(both[0], ended[1]) == told  # the key lay there, and is in use


ORGANIZATIONS: Final = [
    ({"oin": OTHER_OIN, "organization": "Waterschap B"}, {"key.two_organizations": "warning"}),
    ({"oin": OTHER_OIN, "organization": "gemeente a"}, {"key.two_organizations": "notice"}),  # a number for a part
    ({"oin": None, "organization": "Waterschap B"}, {"key.two_organizations": "warning"}),
    ({"oin": None, "organization": "GEMEENTE A"}, {}),
    ({"oin": None, "organization": None}, {}),
    ({}, {}),
]


@in_one_test
@pytest.mark.parametrize(("other", "told"), ORGANIZATIONS)
def test_a_key_for_two_organizations(other: dict[str, Any], told: dict[str, str]) -> None:
    assert codes(held("a", key="k"), held("b", key="k", **other)) == told


def test_of_a_certificate_that_names_nobody_its_file_is_told() -> None:
    nobody = {"oin": OTHER_OIN, "organization": None, "common_name": None, "subject": ""}
    (risk,) = risks(held("a", key="k"), held("b", "/srv/empty.pem", key="k", **nobody)).found
    told = outcome_message(risk.outcome, "en").message
    assert f"/srv/empty.pem ({OTHER_OIN})" in told
    assert digest("b") not in told


@in_one_test
@pytest.mark.parametrize(("many", "length"), list(itertools.product((2, 5, 12, 40), (5, 60, 150))))
def test_no_name_of_several_is_cut_off_and_the_others_are_counted(many: int, length: int) -> None:
    names = [f"{number:02}{'x' * length}" for number in range(many)]
    (risk,) = risks(*(held(name, key="k", organization=name, oin=f"{n:020}") for n, name in enumerate(names))).found
    message = outcome_message(risk.outcome, "en").message
    told = re.findall(r"(\d\dx+) \(\d{20}\)", message)
    more = re.search(r"… \(\+(\d+)\)", message)
    assert told == names[: len(told)] != []
    assert len(told) + int(more[1] if more else 0) == many


@examples(30)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_groups_are_all_that_share_and_nothing_else(pairs: list[tuple[int, int]]) -> None:
    found = [held(str(number), key=str(key), common_name=str(name)) for number, (key, name) in enumerate(pairs)]
    groups = grouping.shared(found, lambda one: (one.spki_sha256,))
    told = sorted(sorted(one.sha256 for one in group.members) for group in groups)
    by_key: dict[str, list[str]] = {}
    for one in found:
        by_key.setdefault(one.spki_sha256, []).append(one.sha256)
    assert told == sorted(sorted(members) for members in by_key.values() if len(members) > 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_what_is_kept_at_a_time_changes_nothing_that_is_told(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty certificates of one key in one environment, and the last in the other; and many groups besides."""
    found = [held(str(number), key="k") for number in range(30)]
    found += [held("last", key="k", **TRIAL), held("other", key="k", oin=OTHER_OIN, organization="Waterschap B")]
    found += [held(f"twin {number} {twin}", key=str(number), **OTHER[twin]) for number in range(7) for twin in (0, 1)]
    monkeypatch.setattr(grouping, "MAX_RISK_GROUPS", limit)
    monkeypatch.setattr(grouping, "MAX_RISK_MEMBERS", limit)
    told = risks(*found).found
    by_code = Counter(one.outcome.rule.code for one in told)
    assert by_code == {"risk.key.two_environments": 1, "risk.key.two_organizations": 8}
    assert {one.outcome.params["count"] for one in told} == {"32", "2"}


OTHER: Final[list[dict[str, Any]]] = [{}, {"oin": OTHER_OIN, "organization": "Waterschap B"}]


def test_more_than_anybody_reads_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "MAX_RISK_MEMBERS", 3)
    monkeypatch.setattr(authorities, "MAX_RISK_MEMBERS", 3)
    keys = [private_key(str(number), f"/srv/{number}/a.key", readable_by_others=True) for number in range(10)]
    found = risks(*keys, *(held(str(number), issuer=f"CN={number}", hierarchy=None) for number in range(10)))
    assert [one.outcome.rule.code for one in found.found] == ["risk.key.readable"] * 3
    (more,) = (one for one in found.outcomes if one.status is Status.NOT_CHECKED)
    assert (more.reason, more.params["detail"]) == ("more_risks", "7")
    assert (len(found.hanging), found.more_authorities) == (3, 7)


# --- private keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"readable_by_others": True}, {"key.readable": "warning"}),
        ({"readable_by_others": True, "encrypted": True, "spki_sha256": None}, {"key.readable": "notice"}),
        ({}, {}),
        ({"readable_by_others": None}, {}),
    ],
)
def test_a_key_that_others_may_read(changes: dict[str, Any], told: dict[str, str]) -> None:
    assert codes(private_key("a", "/srv/a.key", **changes)) == told


BESIDE: Final = [
    # where the certificate lies, where the key does, and whether the one is beside the other
    ("/srv/a.pem", "/srv/a.pem", True),
    ("/srv/a.pem", "/srv/a.key", True),
    ("/srv/a.chain.pem", "/srv/a.key", True),
    ("/srv/host.example.nl.crt", "/srv/host.example.nl.key", True),
    ("/srv/a.pem", "/srv/b.key", False),
    ("/srv/x/a.pem", "/srv/y/a.key", False),
    ("/srv/certs/a.pem", "/srv/private/a.key", True),
    ("/srv/a.pem", "/srv/private/a.key", True),
    ("/srv/certs/cert.pem", "/srv/private/key.pem", False),  # of which of those there
    ("/srv/fullchain.pem", "/srv/privkey.pem", True),
    ("/srv/x/fullchain.pem", "/srv/y/privkey.pem", False),
    ("/srv/server-cert.pem", "/srv/server-key.pem", True),
    ("/srv/cert1.pem", "/srv/privkey2.pem", False),
    ("/srv/a.xml", "/srv/a.key", False),
]


@in_one_test
@pytest.mark.parametrize(("certificate", "key", "beside"), BESIDE)
@pytest.mark.parametrize("fits", [False, True])
def test_a_key_beside_a_certificate(certificate: str, key: str, beside: bool, fits: bool) -> None:
    of_metadata = (Place(certificate, container="xml"),) if certificate.endswith(".xml") else ()
    one = held("a", certificate, key="mine")
    one = replace(one, places=of_metadata or one.places)
    found = codes(one, private_key("mine" if fits else "other", key))
    assert ("key.misfit" in found) == (beside and not fits)


@pytest.mark.parametrize(
    ("configuration", "lines", "told"),
    [
        ("/etc/nginx.conf", (3, 4), True),
        ("/etc/nginx.conf", (3, 60), False),
        ("/etc/list.csv", (3, 4), False),  # in a list each row is by itself
    ],
)
def test_a_configuration_that_names_a_key_and_a_certificate(
    configuration: str, lines: tuple[int, int], told: bool
) -> None:
    named_by = [(f"{configuration}:{line}",) for line in lines]
    one = held("a", places=(Place("/srv/site.pem", named_by=named_by[0]),))
    key = private_key("b", "/srv/private", named_by=named_by[1])
    assert ("key.misfit" in codes(one, key)) == told
    fitting = held("b", places=(Place("/srv/other.pem", named_by=(f"{configuration}:90",)),))
    assert "key.misfit" not in codes(one, fitting, key)  # of another server in the same file


@pytest.mark.parametrize("place", ["/srv/a.csr", "/elsewhere/b.csr"])
def test_a_key_of_an_order_that_is_under_way_is_told_in_the_place_of_another(place: str) -> None:
    request = HeldRequest(Place(place), NAME, "a", None, digest("key of new"))
    found = held("old", "/srv/a.pem"), private_key("new", "/srv/a.key")
    assert "key.misfit" in codes(*found)
    assert "key.misfit" in codes(*found, requests=(request,))


# --- days ------------------------------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [2, 3, 12])
def test_a_day_in_a_sentence_is_as_people_read_it_and_data_have_it_in_iso(count: int, language: Language) -> None:
    """Names of certificates stood with "(2028-10-07)" in Dutch; a name that holds such a text is left as it is."""
    every = [named(str(number), "2026-10-07", 2 + number / 100, key="k") for number in range(count)]
    every += [authority("tsp", not_after=day("2027-01-01"))]
    whole = portfolio(*every)
    found = risks_of(whole, raise_crashes=True)
    assert found.found
    for one in found.found:
        said = risk_line(one, whole, Telling(language))
        assert not re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said), said
    twice = next(one for one in found.found if one.outcome.rule.code == "risk.name.twice")
    assert "a (2028-10-06), a (" in str(twice.outcome.params["value"])
    assert {"nl": "a (6 oktober 2028), a (", "en": "a (6 October 2028), a ("}[language] in risk_line(
        twice, whole, Telling(language)
    )
    assert json.loads(json.dumps(dict(twice.outcome.params)))["value"] == str(twice.outcome.params["value"])
    again = pickle.loads(pickle.dumps(twice.outcome.params["value"]))
    assert (type(again), again, again.parts) == (DayText, twice.outcome.params["value"], again.parts)
    strange = DayText(("a (2028-10-06)", " (", date(2028, 10, 7), ")"))
    assert readable({"value": strange}, language)["value"] != strange
    assert "a (2028-10-06) (7 " in str(readable({"value": strange}, language)["value"])


# --- environments and systems -----------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize(
    ("folder", "environment"),
    [
        ("prod", Environment.PRODUCTION),
        ("web-productie-1", Environment.PRODUCTION),
        ("preprod", Environment.PREPRODUCTION),
        ("pre-prod", Environment.PREPRODUCTION),
        ("non_prod", Environment.PREPRODUCTION),
        ("Acceptatie", Environment.PREPRODUCTION),
        ("product", None),
        ("attest", None),
        ("prod-test", None),
        ("prod/test", Environment.PREPRODUCTION),  # the folder that is nearest says it
        ("test/prod", Environment.PRODUCTION),
    ],
)
def test_what_a_folder_is_called(folder: str, environment: Environment | None) -> None:
    (use,) = by_folder(["/srv"])(f"/srv/{folder}/x/a.pem") or (None,)
    assert (use.environment if use else None) is environment


def test_the_folder_that_all_was_looked_for_in_says_nothing() -> None:
    assert by_folder(["/srv/test"])("/srv/test/a.pem") == ()
    assert by_folder(["/srv/test"])("/elsewhere/prod/a.pem") == ()
    both = by_folder(["/srv/test", "/srv/prod"])
    assert [both(f"/srv/{each}/a.pem")[0].environment for each in ("test", "prod")] == [
        Environment.PREPRODUCTION,
        Environment.PRODUCTION,
    ]
    assert by_folder([])("a.pem") == ()


@pytest.mark.parametrize(
    ("system", "stated", "told"),
    [
        (None, True, "warning"),
        (None, False, "notice"),
        ("digid-machtigen", True, "warning"),  # which asks another one for each environment
        ("digid", True, None),  # which says that one will do
    ],
)
def test_one_certificate_in_both_environments(system: str | None, stated: bool, told: str | None) -> None:
    found = None if system is None else get_system(system)

    def uses(name: str) -> tuple[CertificateUse, ...]:
        return tuple(
            CertificateUse(Environment(each), found, each, stated) for each in Environment if f"/{each}/" in name
        )

    one = held("a", *(f"/srv/{each}/a.pem" for each in Environment))
    assert codes(one, uses=uses) == ({} if told is None else {"certificate.two_environments": told})


@in_one_test
@pytest.mark.parametrize("kind", ["trial-g4-tls", "g4-tls", None])
@pytest.mark.parametrize("folder", ["prod", "preprod", "elsewhere"])
def test_a_certificate_of_a_test_in_production(kind: str | None, folder: str) -> None:
    found = codes(held("a", f"/srv/{folder}/a.pem", hierarchy=kind))
    wrong = kind == "trial-g4-tls" and folder == "prod"
    assert found == ({"certificate.wrong_environment": "notice"} if wrong else {})


@in_one_test
@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("system", ["digid", "digid-machtigen", "fsc"])
def test_more_than_a_system_takes(system: str, count: int) -> None:
    found = [held(str(number), common_name="a") for number in range(count)]
    asks = system == "digid"
    assert ("system.maximum" in codes(*found, systems=[system])) == (asks and count > 2)
    ended = [replace(one, not_after=MOMENT - timedelta(days=1)) for one in found[1:]]
    assert "system.maximum" not in codes(found[0], *ended, systems=[system])
    assert "system.maximum" not in codes(*found)


def test_a_system_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        risks(held("a"), systems=["digit"])


# --- authorities, and G4 ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "told"),
    [("2027-11-01", None), ("2027-12-01", "notice"), ("2028-08-01", "notice"), ("2028-09-01", "warning")],
)
def test_an_authority_that_ends_is_told_a_year_before(moment: str, told: str | None) -> None:
    one = held("a", **G1, not_after=day("2028-11-01"))
    assert codes(one, moment=day(moment)).get("authority.ends") == told


def test_an_authority_of_ones_own_does_not_hide_that_one_of_pkioverheid_ends() -> None:
    one = held("a", **G1, not_after=day("2028-11-01"))
    false = authority("false", subject=G1_ISSUER, not_after=day("2090-01-01"))
    assert codes(one, false, moment=day("2028-09-01")).get("authority.ends") == "warning"
    mine = held("b", issuer="C=NL, CN=Mine", hierarchy=None)
    own = authority("own", subject="C=NL, CN=Mine", hierarchy=None, not_after=day("2027-01-01"))
    assert codes(mine, own).get("authority.ends") == "warning"


def test_what_hangs_on_each_authority() -> None:
    found = risks(
        held("a", **G1),
        held("b", **G1, oin=OTHER_OIN),
        held("c"),
        held("ended", not_after=MOMENT - timedelta(days=1)),
        *(held(f"d{number}", issuer="C=NL, CN=Mine", hierarchy=None) for number in range(12)),
    )
    told = [(one.name, one.count, one.organizations, one.ends and one.ends.year) for one in found.hanging]
    assert told == [
        ("C=NL, CN=Mine", 12, 1, None),
        ("KPN PKIoverheid Private Services CA - G1", 2, 2, 2028),
        ("KPN - G4 PKIo Priv G-TLS SYS - 2025", 1, 1, 2039),
    ]
    assert (len(found.hanging[0].services), found.hanging[0].more_services) == (10, 2)
    assert not {"a", "d1"} & set(codes(held("c")))


@in_one_test
@pytest.mark.parametrize("ends", [(100,), (100, 900), (900, 100), (900, 900), (900, 100, 900)])
def test_authorities_of_one_name_end_each_on_its_own_day(ends: tuple[int, ...]) -> None:
    """One that ended soon stood as the end of all of that name: a false alarm with the first that is issued again."""
    found = []
    for number, days in enumerate(ends):
        issuer = Above("Mine", MOMENT + timedelta(days=days), f"{number:064x}", AboveRole.ISSUER)
        one = held(f"d{number}", issuer="CN=Mine", not_after=MOMENT + timedelta(days=50))
        found.append(replace(one, judgements=(replace(one.judgements[0], path=(issuer,)),)))
    (told,) = risks(*found).hanging
    first, last = (MOMENT + timedelta(days=each) for each in (min(ends), max(ends)))
    assert (told.ends, told.last_end, told.authorities, told.count) == (first, last, len(ends), len(ends))
    line = hanging_line(told, "en")
    assert short_day(first, "en") in line
    assert (f"{len(ends)} authorities have this name" in line) is (len(ends) > 1), "also where they end on one day"
    assert short_day(last, "en") in line


def test_what_ends_first_is_named_first_of_what_hangs_on_an_authority() -> None:
    """Its day stood before the name of another: that of whichever file was read first."""
    ends = {f"d{number:02}": MOMENT + timedelta(days=400 - number) for number in range(30)}
    expected = sorted(ends, key=lambda name: ends[name])[:10]
    for names in (list(ends), list(reversed(ends))):
        (told,) = risks(*(held(name, not_after=ends[name]) for name in names)).hanging
        assert [each.partition(",")[0].split()[-1] for each in told.services] == expected
        assert (told.first_end, told.more_services) == (ends[expected[0]], 20)


def test_the_end_of_an_authority_is_known_wherever_its_certificate_came_from(tmp_path: Path) -> None:
    """Of one that came with --trust or --chain, and that no file holds, it was not known when it ends."""
    chain = good_chain()
    above = (chain.tsp.der, chain.domain.der)
    (tmp_path / "alone.pem").write_bytes(LEAF)
    (alone,) = risks_of(scanned(tmp_path, asked=judging(intermediates=above))).hanging
    (tmp_path / "chain.pem").write_bytes(CHAIN)
    (beside,) = risks_of(scanned(tmp_path)).hanging
    assert alone == beside
    (tmp_path / "chain.pem").write_bytes(pem(chain.tsp.der))
    (half,) = risks_of(scanned(tmp_path, asked=judging(intermediates=above[1:]))).hanging
    assert half.ends == beside.ends


def test_readiness_for_g4() -> None:
    assert codes(held("a", **G1), held("b")) == {"g4.certificates": "notice"}
    root, g4 = authority("g1", "/srv/trust/a.pem"), authority("g4", "/srv/trust/b.pem", generation="G4")
    assert codes(root) == {"g4.trust": "notice"}
    assert codes(root, g4) == {}
    beside_its_own = authority("g1", "/srv/chain.pem"), held("a", "/srv/chain.pem")
    assert codes(*beside_its_own) == {}  # a chain that has its root is no list of what is trusted


# --- the whole --------------------------------------------------------------------------------------------------------


def test_of_a_part_nothing_is_said_to_be_met() -> None:
    unread = Unread("a", Gap.UNREADABLE, "files.error.missing")
    for changes in ({"complete": False}, {"unread": (unread,)}):
        found = risks(held("a"), private_key("a", "/srv/a.key"), **changes)
        assert {one.status for one in found.outcomes} <= {Status.NOT_CHECKED, Status.NOT_APPLICABLE}
    closed = risks(held("a"), private_key("b", "/srv/a.key", encrypted=True, spki_sha256=None))
    assert [(one.rule.code, one.reason) for one in closed.outcomes if one.status is Status.NOT_CHECKED] == [
        ("risk.key.misfit", "keys_closed")
    ]


def test_nothing_found_is_nothing_to_tell() -> None:
    assert (risks().found, risks().hanging, risks().worst) == ((), (), None)


def test_the_worst_stands_first_and_each_has_its_sentences() -> None:
    found = risks(
        held("a", key="k"),
        held("b", key="k", **TRIAL),
        held("c", **G1),
        private_key("x", "/srv/a.key", readable_by_others=True),
    )
    weights = [one.severity for one in found.found]
    assert weights == sorted(weights, reverse=True)
    assert found.worst is Severity.WARNING
    assert {one.outcome.rule.code for one in found.of(digest("a"))} == {"risk.key.two_environments"}
    for one, language in itertools.product(found.found, LANGUAGES):
        said = outcome_message(one.outcome, language)
        assert "{" not in said.title + said.message + said.remedy
        assert said.remedy
