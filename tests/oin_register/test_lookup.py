"""The register on the loopback address: what it says, and every way in which it says nothing."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from pkitools.errors import InputError, InvalidValueError
from pkitools.fetching import Fetched, FetchRequest, HttpFetcher
from pkitools.oin_register import (
    Query,
    QueryKind,
    Register,
    RegisterAnswer,
    RegisterError,
    RegisterStatus,
    Snapshot,
    lookup,
    open_register,
    read_snapshot,
    register_places,
    take_snapshot,
    write_snapshot,
)
from pkitools_test_pki.faults.http import BEHAVIOURS
from tests.support.cases import in_one_test
from tests.support.fault_server import FaultServer
from tests.support.register_server import GONE, MAIN, SUB, Answer, Change, serve_api, serve_list

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOWHERE = "00000003273229750000"


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def register(
    server: FaultServer, url: str, *, way: str = "api", key: str | None = None, seconds: float = 30
) -> Register:
    loopback = (ip_network("127.0.0.0/8"),)
    fetcher = HttpFetcher(allow_net=loopback, allow_ports=frozenset({server.port}), total_seconds=seconds)
    return open_register(fetcher, way=way, url=url, key=key, pause=0)


def asked(server: FaultServer, text: str, change: Change = lambda answer: answer, **how: object) -> RegisterAnswer:
    url = serve_api(server, change, **how)  # type: ignore[arg-type]  # records
    return lookup(text, moment=NOW, register=register(server, url))


# --- what it says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "status", "found"),
    [
        (MAIN, "registered", [MAIN]),
        ("0000 0001 8224 7734 8000", "registered", [MAIN]),
        (GONE, "withdrawn", [GONE]),
        ("27373207", "registered", [MAIN]),
        ("Digilevering", "registered", [SUB]),
        (NOWHERE, "not-registered", []),
        ("12345678", "not-registered", []),
        ("Nergens", "not-registered", []),
    ],
)
def test_the_register_answers_by_oin_number_and_name(
    server: FaultServer, text: str, status: str, found: list[str]
) -> None:
    answer = asked(server, text)
    assert (answer.status, [one.oin for one in answer.organizations]) == (status, found)
    assert (answer.source, answer.dated, answer.from_snapshot) == (f"{server.base_url}/api/v1", NOW, False)
    assert answer.reason is None


def test_what_stands_in_a_record_is_read(server: FaultServer) -> None:
    one = asked(server, SUB).organizations[0]
    assert one.main_oin == MAIN
    assert one.issued == datetime(2017, 8, 23, 22, tzinfo=UTC)
    assert [note.code for note in asked(server, SUB).notes] == ["oin_register.note.sub_oin_age"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (NOWHERE, "special"),
        ("00000004194049712000", "always"),
        ("00000099000000001000", "never"),
        ("00000009900003800000", "never"),
        ("98765432000000001000", "unknown_prefix"),
        ("Nergens", "search"),
    ],
)
def test_absent_says_why_that_is_not_invalid(server: FaultServer, text: str, code: str) -> None:
    answer = asked(server, text)
    assert answer.status is RegisterStatus.NOT_REGISTERED
    assert answer.notes[0].code == f"oin_register.absent.{code}"


@pytest.mark.parametrize("pair", [("status", "status"), ("Status", "status")])
@pytest.mark.parametrize("words", [("Ingetrokken", "Actief"), ("Actief", "Ingetrokken")])
def test_what_is_said_twice_and_differently_is_not_known(
    server: FaultServer, pair: tuple[str, str], words: tuple[str, str]
) -> None:
    """Python keeps the last of two fields with one name, another reader the first."""

    def twice(answer: Answer) -> Answer:
        both = ", ".join(f'"{name}": "{word}"' for name, word in zip(pair, words, strict=True))
        answer.body = answer.body.replace(b'"status": "Actief"', both.encode())
        return answer

    assert asked(server, MAIN, change=twice).status is RegisterStatus.UNKNOWN


def shout(answer: Answer) -> Answer:
    """Every name in capitals, as another version of the register writes one of them."""

    def capitals(found: object) -> object:
        if isinstance(found, dict):
            return {key.upper(): capitals(value) for key, value in found.items()}
        return [capitals(each) for each in found] if isinstance(found, list) else found

    answer.body = json.dumps(capitals(json.loads(answer.body))).encode()
    return answer


def embedded(answer: Answer) -> Answer:
    answer.body = json.dumps({"_embedded": {"organisaties": json.loads(answer.body)["organisaties"]}}).encode()
    return answer


def plain(answer: Answer) -> Answer:
    answer.body, answer.kind = json.dumps(json.loads(answer.body)["organisaties"]).encode(), "text/plain"
    return answer


def uncounted(answer: Answer) -> Answer:
    answer.headers.clear()
    return answer


@pytest.mark.parametrize("change", [shout, embedded, plain, uncounted])
@pytest.mark.parametrize(("text", "status"), [(MAIN, "registered"), (GONE, "withdrawn"), (NOWHERE, "not-registered")])
def test_odd_forms_of_an_answer_are_read(server: FaultServer, change: Change, text: str, status: str) -> None:
    assert asked(server, text, change).status == status


@pytest.mark.parametrize(
    ("main", "note"),
    [
        ([{"oin": MAIN, "naam": "Logius", "status": "Actief"}], []),
        ([{"oin": MAIN, "naam": "Logius", "status": "Ingetrokken"}], ["main_withdrawn"]),
        ([{"oin": MAIN, "naam": "Logius", "status": "Bevroren"}], ["main_unknown"]),
        ([], ["main_unknown"]),
    ],
)
def test_a_sub_oin_lapses_with_its_main_oin(server: FaultServer, main: list[object], note: list[str]) -> None:
    below = {"oin": SUB, "naam": "x", "status": "Actief", "afgifteDatum": "2026-01-01", "hoofdOIN": {"oin": MAIN}}
    answer = asked(server, SUB, records=[below, *main])
    assert answer.status is RegisterStatus.REGISTERED
    assert [one.code.rpartition(".")[2] for one in answer.notes] == note


# --- what says nothing -----------------------------------------------------------------------------------------------


def saying(status: int, body: bytes, kind: str) -> Change:
    def change(answer: Answer) -> Answer:
        answer.status, answer.body, answer.kind = status, body, kind
        return answer

    return change


def counting(total: str) -> Change:
    def change(answer: Answer) -> Answer:
        answer.headers["X-Total-Count"] = total
        return answer

    return change


def plainly(body: bytes) -> Change:
    """Say it in the body, and nothing in headers."""
    return lambda answer: saying(200, body, "application/json")(uncounted(answer))


HTML = b"<!doctype html><title>Portaal</title>"
PROBLEM = json.dumps({"type": "about:blank", "title": "Niet te vinden", "status": 404}).encode()
SILENT: dict[str, tuple[Change, str]] = {
    "html": (saying(200, HTML, "text/html"), "not_json"),
    "html-called-json": (saying(200, HTML, "application/json"), "not_json"),
    "empty": (saying(200, b"", "application/json"), "not_json"),
    "deep": (saying(200, b"[" * 200_000, "application/json"), "not_json"),
    "a-number": (saying(200, b"12", "application/json"), "no_list"),
    "no-list": (saying(200, b'{"organisaties": null}', "application/json"), "no_list"),
    "problem": (saying(200, PROBLEM, "application/problem+json"), "problem"),
    "401": (saying(401, b'{"message": "No API key found"}', "application/json"), "key"),
    "403": (saying(403, b"", "text/plain"), "key"),
    "404-html": (saying(404, HTML, "text/html"), "status"),
    "404-nothing-else": (saying(404, PROBLEM, "application/problem+json"), "status"),
    "500": (saying(500, b"", "text/plain"), "status"),
    "503": (saying(503, PROBLEM, "application/problem+json"), "status"),
    "too-large": (saying(200, b" " * (10 << 20), "application/json"), "fetch"),
    "counts-more": (counting("7"), "count"),
    "numbers-as-oin": (saying(200, b'[{"oin": 3273229750000}]', "application/json"), "unreadable"),
    "fails-beside-a-list": (saying(200, b'{"status": 500, "results": []}', "application/json"), "problem"),
    "code-beside-a-list": (saying(200, b'{"statusCode": 503, "results": []}', "application/json"), "problem"),
    "word-beside-a-list": (saying(200, b'{"status": "error", "results": []}', "application/json"), "problem"),
    "sentence-beside-a-list": (
        saying(200, b'{"message": "Tijdelijk niet beschikbaar", "results": []}', "application/json"),
        "problem",
    ),
    "error-beside-a-list": (saying(200, b'{"error": "backend", "results": []}', "application/json"), "problem"),
    "says-more": (plainly(b'{"results": [], "_links": {"self": {}, "next": {"href": "y"}}}'), "more"),
    "says-a-total": (plainly(b'{"results": [], "total": 5}'), "count"),
    "says-a-total-of-pages": (plainly(b'{"results": [], "page": {"totalElements": 5}}'), "count"),
    "not-objects": (saying(200, b"[1, null, []]", "application/json"), "unreadable"),
}


@pytest.mark.parametrize("name", SILENT)
def test_could_not_ask_is_unknown_and_never_absent(server: FaultServer, name: str) -> None:
    change, slug = SILENT[name]
    answer = asked(server, NOWHERE, change)
    assert (answer.status, answer.organizations) == (RegisterStatus.UNKNOWN, ())
    assert answer.reason is not None
    assert answer.reason.code == f"oin_register.error.{slug}", answer.reason
    assert str(answer.reason)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(BEHAVIOURS))
def test_no_fault_of_a_server_says_anything_of_a_number(server: FaultServer, name: str) -> None:
    whole = json.dumps([{"oin": MAIN, "naam": "Logius", "status": "Actief"}]).encode()
    came: list[bytes] = []

    class Watching(HttpFetcher):
        def fetch(self, request: FetchRequest) -> Fetched:
            fetched = super().fetch(request)
            came.append(fetched.body)
            return fetched

    server.serve("/api/v1/organisaties", BEHAVIOURS[name], whole, "application/json")
    ports = frozenset({server.port})
    fetcher = Watching(allow_net=(ip_network("127.0.0.0/8"),), allow_ports=ports, total_seconds=0.5)
    answer = lookup(NOWHERE, moment=NOW, register=open_register(fetcher, url=f"{server.base_url}/api/v1", pause=0))
    assert (answer.status is RegisterStatus.NOT_REGISTERED) == (came == [whole])


def test_a_404_that_a_register_gives_means_that_it_has_none(server: FaultServer) -> None:
    """Who lists organisations when asked for all, and none of this number, has answered."""

    def change(answer: Answer) -> Answer:
        return saying(404, PROBLEM, "application/problem+json")(answer) if "oin" in answer.parameters else answer

    assert asked(server, NOWHERE, change).status is RegisterStatus.NOT_REGISTERED


def test_a_register_that_is_empty_says_nothing_of_a_number(server: FaultServer) -> None:
    public = register(server, serve_list(server, 0), way="public")
    answer = lookup(NOWHERE, moment=NOW, register=public)
    assert answer.status is RegisterStatus.UNKNOWN
    assert answer.reason is not None
    assert answer.reason.code == "oin_register.error.empty"


def test_a_list_goes_on_while_it_says_so(server: FaultServer) -> None:
    """A page may be shorter than the ones before it and not be the last."""
    pages = {"1": [MAIN], "2": [GONE]}

    def change(answer: Answer) -> Answer:
        number = answer.parameters["pagina"]
        rows = [{"oin": oin, "naam": "x", "status": "Actief"} for oin in pages.get(number, [])]
        links = {"self": {}, **({"next": {"href": "y"}} if number == "1" else {})}
        answer.headers = {"X-Pagination-Limit": "30"}
        answer.body = json.dumps({"_links": links, "organisaties": rows}).encode()
        return answer

    assert asked(server, GONE, change).status is RegisterStatus.REGISTERED
    assert asked(server, NOWHERE, change).status is RegisterStatus.NOT_REGISTERED


def test_an_oin_in_groups_is_that_oin(server: FaultServer) -> None:
    for written in ("0000 0001 8224 7734 8000", "00000001.822477348.000", f" {MAIN} "):
        body = json.dumps([{"oin": written, "naam": "Logius", "status": "Actief"}]).encode()
        assert asked(server, MAIN, plainly(body)).status is RegisterStatus.REGISTERED


def test_a_register_that_does_not_search_is_gone_through(server: FaultServer) -> None:
    """Who passes over the question gives everything: the record of another is no answer."""
    everything = [{"oin": f"{number:020d}", "naam": "x", "status": "Actief"} for number in range(5)]

    def change(answer: Answer) -> Answer:
        start = 2 * (int(answer.parameters["pagina"]) - 1)
        answer.headers["X-Total-Count"] = "5"
        answer.body = json.dumps(everything[start : start + 2]).encode()
        return answer

    assert asked(server, NOWHERE, change).status is RegisterStatus.NOT_REGISTERED
    assert [one.oin for one in asked(server, "0" * 19 + "4", change).organizations] == ["0" * 19 + "4"]


def test_a_word_that_is_not_known_is_not_guessed(server: FaultServer) -> None:
    answer = asked(server, MAIN, records=[{"oin": MAIN, "naam": "Logius", "status": "Bevroren"}])
    assert answer.status is RegisterStatus.UNKNOWN
    assert answer.organizations[0].status_text == "Bevroren"


WITHDRAWN = {
    "2020-01-01": "unknown",
    "2026-11-22": "unknown",  # today
    "2026-11-22T11:59:59Z": "unknown",
    "yesterday": "unknown",
    "0000-00-00": "unknown",
    20200101: "unknown",
    "2026-11-22T12:00:01Z": "registered",  # it is to come
    "2030-01-01": "registered",
    "": "registered",
    None: "registered",
}


@pytest.mark.parametrize("name", ["intrekDatum", "deactivationDate"])
@pytest.mark.parametrize("given", WITHDRAWN)
def test_what_is_active_and_withdrawn_is_neither(server: FaultServer, tmp_path: Path, given: object, name: str) -> None:
    """Also of a copy, and when a name is asked for; what it was called is shown as it is."""
    records = [{"oin": MAIN, "naam": "Logius", "status": "Actief", name: given}]
    there = register(server, serve_api(server, records=records))
    write_snapshot(tmp_path / "copy", take_snapshot(there, NOW))
    copied = lookup(MAIN, moment=NOW, snapshot=read_snapshot(tmp_path / "copy"))
    for answer in (copied, *(lookup(text, moment=NOW, register=there) for text in (MAIN, "Logius"))):
        assert (answer.status, answer.organizations[0].status_text) == (WITHDRAWN[given], "Actief")
        assert answer.organizations[0].status == answer.status
        code = answer.reason.code if answer.reason is not None else None
        assert code == ("oin_register.error.withdrawal" if answer.status == "unknown" else None)
    gone = [{**records[0], "status": "Ingetrokken"}]
    assert asked(server, MAIN, records=gone).status == "withdrawn"


LISTS = ("organisaties", "Organisaties", "organisations", "organizations", "items", "results")


def test_of_two_lists_none_is_the_register(server: FaultServer) -> None:
    """What is not in the one may be in the other."""
    record = {"oin": MAIN, "naam": "Logius", "status": "Actief"}

    def under(name: str, records: list[object]) -> dict[str, object]:
        return {name: {"organisaties": records} if name == "_embedded" else records}

    for one, other in itertools.permutations((*LISTS, "_embedded"), 2):
        body = json.dumps({**under(one, []), **under(other, [record])}).encode()

        def change(answer: Answer, body: bytes = body) -> Answer:
            answer.body = body
            return answer

        answer = asked(server, MAIN, change)
        assert answer.status == "unknown", (one, other)
        assert answer.reason is not None
        assert answer.reason.code == "oin_register.error.several_lists"


DIFFERENCES: list[dict[str, object]] = [
    {"status": "Ingetrokken"},
    {"status": "Actief", "naam": "Ander"},
    {"status": "Bevroren"},
    {"status": "Actief", "kvkNummer": "12345678"},
]


@pytest.mark.parametrize("other", DIFFERENCES)
@pytest.mark.parametrize("turned", [False, True])
def test_records_that_contradict_each_other_are_both_shown_and_none_is_believed(
    server: FaultServer, other: dict[str, object], turned: bool
) -> None:
    one = {"oin": MAIN, "naam": "Logius", "status": "Actief"}
    records = [one, one | other][:: -1 if turned else 1]
    answer = asked(server, MAIN, records=records)
    assert (answer.status, len(answer.organizations)) == ("unknown", 2)
    assert answer.reason is not None
    assert answer.reason.code == "oin_register.error.contradiction"
    assert asked(server, MAIN, records=[one, one]).status == "registered", "the same twice is no contradiction"


def test_a_list_that_contradicts_itself_is_no_copy(server: FaultServer) -> None:
    def change(answer: Answer) -> Answer:
        records = json.loads(answer.body)
        found = records if isinstance(records, list) else next(v for v in records.values() if isinstance(v, list))
        found[1] = {**found[0], "status": "Bevroren"}
        answer.body = json.dumps(records).encode()
        return answer

    with pytest.raises(RegisterError) as refused:
        take_snapshot(register(server, serve_list(server, 5, change), way="public"), NOW)
    assert refused.value.code == "oin_register.error.contradiction"


# --- paging ----------------------------------------------------------------------------------------------------------


def test_a_list_of_several_pages_is_gone_through(server: FaultServer) -> None:
    found = register(server, serve_list(server, 250), way="public").everything()
    assert (len(found.organizations), found.gap) == (250, None)
    assert len(server.requests) == 3


def first_page_for_ever(answer: Answer) -> Answer:
    answer.headers.pop("X-Total-Count", None)
    answer.body = json.dumps([{"oin": f"{number:020d}", "name": "x"} for number in range(100)]).encode()
    return answer


def never_ending(answer: Answer) -> Answer:
    start = int(answer.parameters["page"]) * 100
    answer.headers["X-Total-Count"] = "99999999"
    answer.body = json.dumps([{"oin": f"{start + number:020d}", "name": "x"} for number in range(100)]).encode()
    return answer


def changing_total(answer: Answer) -> Answer:
    answer.headers["X-Total-Count"] = str(200 + int(answer.parameters["page"]))
    return answer


@pytest.mark.parametrize(
    ("change", "slug", "most"),
    [
        (first_page_for_ever, "loop", 2),
        (counting("300"), "count", 4),
        (counting("10"), "count", 1),
        (changing_total, "count", 4),
        pytest.param(never_ending, "count", 1100, marks=pytest.mark.slow),
    ],
)
def test_a_list_that_is_not_certain_to_be_whole_is_no_copy(
    server: FaultServer, change: Callable[[Answer], Answer], slug: str, most: int
) -> None:
    public = register(server, serve_list(server, 201, change), way="public")
    with pytest.raises(RegisterError) as refused:
        take_snapshot(public, NOW)
    assert refused.value.code == f"oin_register.error.{slug}"
    assert len(server.requests) <= most


# --- copies ----------------------------------------------------------------------------------------------------------


def copy(server: FaultServer) -> Snapshot:
    return take_snapshot(register(server, serve_list(server, 5), way="public"), NOW)


def test_a_copy_is_what_the_register_was(server: FaultServer, tmp_path: Path) -> None:
    taken = copy(server)
    write_snapshot(tmp_path / "copy.sqlite", taken)
    assert read_snapshot(tmp_path / "copy.sqlite") == taken
    for text, status in (
        ("00000003000000010000", "registered"),
        ("00000002", "withdrawn"),
        (NOWHERE, "not-registered"),
    ):
        answer = lookup(text, moment=NOW + timedelta(days=90), snapshot=taken)
        assert (answer.status, answer.dated, answer.from_snapshot) == (status, NOW, True)
        assert answer.notes[0].code == "oin_register.note.old_snapshot"


def test_a_copy_stands_for_its_own_register_for_a_day(server: FaultServer) -> None:
    url = serve_list(server, 5)
    public = register(server, url, way="public")
    taken = take_snapshot(public, NOW)
    before = len(server.requests)
    lookup(NOWHERE, moment=NOW + timedelta(hours=23), register=public, snapshot=taken)
    assert len(server.requests) == before
    for moment, url_of in ((NOW + timedelta(hours=25), url), (NOW - timedelta(hours=1), url), (NOW, "https://other")):
        asked_now = lookup(NOWHERE, moment=moment, register=public, snapshot=Snapshot(url_of, NOW, ()))
        assert not asked_now.from_snapshot
    assert len(server.requests) == before + 3


def test_a_copy_that_is_none_is_refused_and_never_replaced(server: FaultServer, tmp_path: Path) -> None:
    whole = tmp_path / "whole.sqlite"
    write_snapshot(whole, copy(server))
    data = whole.read_bytes()
    broken = [b"letter to my mother", data[:5000], data[:16] + bytes(200), data[:100] + b"\xff" * (len(data) - 100)]
    for number, content in enumerate(broken):
        path = tmp_path / f"{number}"
        path.write_bytes(content)
        with pytest.raises(InputError):
            read_snapshot(path)
        with pytest.raises(InputError):
            write_snapshot(path, copy(server))
        assert path.read_bytes() == content


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
ORGANIZATION = "oin, name, status, status_text, kvk, kind, issued, changed, withdrawn, main_oin"
FOREIGN = {
    "view": f"DROP TABLE organization; CREATE VIEW organization({ORGANIZATION}) AS {ENDLESS} {'i,' * 9} i FROM n",
    "view of about": f"DROP TABLE about; CREATE VIEW about(name, value) AS {ENDLESS} i, i FROM n",
    "generated": "ALTER TABLE organization ADD COLUMN x AS (hex(zeroblob(1000000)))",
    "trigger": "CREATE TRIGGER t AFTER INSERT ON about BEGIN DELETE FROM organization; END",
    "index": "CREATE INDEX i ON organization (hex(name))",
    "another table": "CREATE TABLE more (x)",
}


@pytest.mark.parametrize("change", FOREIGN)
def test_what_is_not_of_our_making_in_a_copy_is_not_run(server: FaultServer, tmp_path: Path, change: str) -> None:
    path = tmp_path / "copy.sqlite"
    write_snapshot(path, copy(server))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FOREIGN[change])
        connection.commit()
    with pytest.raises(InputError) as refused:
        read_snapshot(path)
    assert refused.value.code == "oin_register.error.snapshot"


def test_a_copy_of_tomorrow_says_so(server: FaultServer) -> None:
    taken = copy(server)
    for hours, told in ((-1, True), (1, False)):
        answer = lookup(NOWHERE, moment=NOW + timedelta(hours=hours), snapshot=taken)
        codes = [note.code for note in answer.notes]
        assert ("oin_register.note.future_snapshot" in codes) is told


def test_without_means_nothing_is_asked() -> None:
    answer = lookup(MAIN, moment=NOW)
    assert (answer.status, answer.dated) == (RegisterStatus.UNKNOWN, None)


# --- questions, addresses, keys --------------------------------------------------------------------------------------


@in_one_test
@pytest.mark.parametrize("text", ["", " ", "x", "1" * 9, "12", "a\x1b[31m", "x" * 201, "123456789 "])
def test_what_is_no_question_is_sent_nowhere(text: str) -> None:
    with pytest.raises(InvalidValueError):
        Query.parse(text)


def test_a_question_knows_its_kind() -> None:
    assert Query.parse("0000.0003.2732.2975.0000") == Query(QueryKind.OIN, NOWHERE)
    assert Query.parse(" 27373207 ").kind is QueryKind.KVK
    assert Query.parse("Gemeente 's-Hertogenbosch").kind is QueryKind.NAME


@in_one_test
@pytest.mark.parametrize(
    "url", ["ftp://a", "https://", "https://u:p@a/", "https://a/?x=1", "https://a/#x", "a", "http://["]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidValueError):
        open_register(HttpFetcher(), url=url)


def test_a_key_is_sent_to_the_register_and_to_nobody_else(server: FaultServer) -> None:
    from pkitools_test_pki.faults.http import redirect

    url = serve_api(server)
    api = register(server, url, key="canary-key")
    assert lookup(MAIN, moment=NOW, register=api).status is RegisterStatus.REGISTERED
    assert b"apikey: canary-key" in server.requests[-1]
    assert "canary" not in repr(vars(api))
    with FaultServer() as other:
        there = serve_api(other)
        server.serve("/api/v1/organisaties", redirect(f"{there}/organisaties?pagina=1"))
        fetcher = HttpFetcher(allow_net=(ip_network("127.0.0.0/8"),), allow_ports=frozenset({server.port, other.port}))
        lookup(MAIN, moment=NOW, register=open_register(fetcher, url=url, key="canary-key"))
        assert other.requests
        assert not any(b"canary" in request for request in other.requests)


def test_a_key_does_not_go_where_others_read_along(server: FaultServer) -> None:
    with pytest.raises(InvalidValueError):
        open_register(HttpFetcher(), url="http://register.example.nl/api/v1", key="canary-key")
    with pytest.raises(InvalidValueError) as refused:
        lookup(MAIN, moment=NOW, register=register(server, serve_api(server), key="a\r\nX: canary"))
    assert not server.requests
    assert "canary" not in str(refused.value)


def test_both_ways_say_how_well_they_are_known() -> None:
    assert [place.name for place in register_places()] == ["api", "public"]
    assert {str(place.certainty) for place in register_places()} == {"inferred", "third_party"}
    with pytest.raises(InvalidValueError):
        open_register(HttpFetcher(), way="fax")
