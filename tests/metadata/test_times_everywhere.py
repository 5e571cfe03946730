"""Until when metadata may be used is told alike by whoever is handed them: one rule and one weight."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkitools.checking import check_file
from pkitools.containers import read_source
from pkitools.containers.agreed import agreements_in
from pkitools.findings import Outcome, Severity, Status
from pkitools.metadata import check_metadata
from pkitools.metadata.agreements import AGREEMENT, read_agreement
from pkitools.metadata.xml_tree import parse_xml
from pkitools.reports import describe
from pkitools.reports.showing.attention import attention
from tests.cli.conftest import run
from tests.portfolio.support import scanned
from tests.support.cases import in_one_test
from tests.support.command import Command
from tests.support.metadata import MOMENT, cpa, descriptor, entities, entity, role

__all__ = ["run"]  # a fixture

FORMS: Final[Mapping[str, str]] = {
    "2027-01-01T00:00:00Z": "good",
    "2027-01-01T00:00:00.5+01:00": "good",
    "2027-01-01T00:00:00": "good",
    "2027-01-01T00:00:00.1234567890123Z": "good",
    "2026-11-22T24:00:00Z": "good",
    "2026-11-21T24:00:00Z": "over",
    "2026-11-22T12:00:00Z": "over",
    "2025-01-01T24:00:00Z": "over",
    "2025-01-01T24:00:01Z": "none",
    "2025-01-01": "none",
    "2027-01-01": "none",
    "01-01-2027": "none",
    "2027-01-01 00:00:00": "none",
    "1798761600": "none",
    "volgend jaar": "none",
    "": "none",
}
"""What a time that stands somewhere is on the moment of the tests."""

_AT: Final = 'validUntil="{}"'
_WORDS: Final = 'AuthnRequestsSigned="true" WantAssertionsSigned="true"'
KINDS: dict[str, Callable[[str], bytes]] = {
    "entity": lambda until: entity(attributes=_AT.format(until)).encode(),
    "list": lambda until: entities(entity(), attributes=_AT.format(until)).encode(),
    "list in a list": lambda until: entities(entities(entity(), attributes=_AT.format(until))).encode(),
    "entity in a list": lambda until: entities(entity(attributes=_AT.format(until))).encode(),
    "role": lambda until: entity(role(attributes=f"{_WORDS} {_AT.format(until)}")).encode(),
    "cpa": lambda until: cpa(end=until),
    "cpa, after a comment": lambda until: cpa(end=f"<!-- tot {until} -->{until}").replace(
        b"<tp:End>", b"<!-- <tp:End>2099-01-01T00:00:00Z</tp:End> --><tp:End>"
    ),
    "cpa, with spaces": lambda until: cpa(end=f"\n  {until}\n{' ' * 100}"),
    "cpa, with an instruction": lambda until: cpa(end=f"<?a b>?>{until}"),
    "cpa, with an attribute": lambda until: cpa(end=until).replace(b"<tp:End>", b"<tp:End a='x>y'>"),
    "cpa, another before it": lambda until: cpa(end=until).replace(
        b"<tp:End>", b"<tp:End>2099-01-01T00:00:00Z</tp:End><tp:End>"
    ),
    "cpa, another behind it": lambda until: cpa(end=until).replace(
        b"</tp:End>", b"</tp:End><tp:End>2099-01-01T00:00:00Z</tp:End>"
    ),
    "cpa, of another name": lambda until: cpa(end=until).replace(
        b"<tp:Start>", b"<q:End xmlns:q='urn:q'>2099-01-01T00:00:00Z</q:End><tp:Start>"
    ),
    "cpa, deeper": lambda until: cpa(end=until).replace(
        b"<tp:Start>", b"<q:x xmlns:q='urn:q'><q:End>2099-01-01T00:00:00Z</q:End></q:x><tp:Start>"
    ),
}
for _where, _other in {  # what is no end of the agreement, whatever it says
    "of another name": b"<q:End xmlns:q='urn:q'>%b</q:End>",
    "of another namespace by default": b"<x xmlns='urn:q'><End>%b</End></x>",
    "deeper": b"<q:x xmlns:q='urn:q'><tp:End>%b</tp:End></q:x>",
    "in a comment": b"<!-- <tp:End>%b</tp:End> -->",
    "in CDATA": b"<q:x xmlns:q='u'><![CDATA[<tp:End>%b</tp:End>]]></q:x>",
}.items():
    KINDS[f"cpa, another that ended {_where}"] = lambda until, other=_other: cpa(end=until).replace(
        b"<tp:Start>", other.replace(b"%b", b"2020-01-01T00:00:00Z") + b"<tp:Start>"
    )
SPELT: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "long prefixes": lambda data: re.sub(rb"(?<=[\s</:])(md|tp|ds)(?=[:=])", rb"\1" + b"p" * 70, data),
    "longer prefixes": lambda data: re.sub(rb"(?<=[\s</:])(md|tp|ds)(?=[:=])", rb"\1" + b"p" * 4000, data),
    "names that are not ASCII": lambda data: re.sub(rb"(?<=[\s</:])(md|tp|ds)(?=[:=])", "\\1ë".encode(), data),
}
"""Other prefixes for the same, which say the same (Namespaces in XML 1.0, 4)."""
TITLES: Final = (
    "The validity of the metadata is over",
    "Until when the metadata is valid",
    "The CPA does not hold now",
)
TIMED: Final = frozenset(
    {"file.metadata.expired", "file.metadata.until", "metadata.cpa.validity", "metadata.validity.form"}
)


def _wrong(outcomes: tuple[Outcome, ...]) -> dict[str, Severity]:
    """What the rules about time say, by code."""
    return {o.rule.code: o.rule.severity for o in outcomes if o.rule.code in TIMED and o.status is Status.VIOLATED}


def _by_metadata_check(data: bytes) -> dict[str, Severity]:
    found = check_metadata(data, system="digikoppeling", environment="production", moment=MOMENT)
    told = tuple(one for report in found.reports for one in report.outcomes)
    codes = [one.rule.code for one in told if one.rule.code in TIMED and one.status is Status.VIOLATED]
    assert len(codes) == len(set(codes)), "nothing is told twice"
    return _wrong(told)


def _by_cert_check(data: bytes) -> dict[str, Severity]:
    return _wrong(check_file(data, name="f.xml", environment="production", moment=MOMENT).report.outcomes)


def _by_scan(folder: Path, kind: str) -> dict[str, dict[str, Severity]]:
    """What a scan of all forms together says of each."""
    names = {form: str(folder / f"{number}.xml") for number, form in enumerate(FORMS)}
    for form, name in names.items():
        Path(name).write_bytes(KINDS[kind](form))
    told = [one for held in scanned(folder).certificates for judged in held.judgements for one in judged.told]
    return {
        form: _wrong(tuple(one for one in told if any(seen.value == name for seen in one.evidence)))
        for form, name in names.items()
    }


@in_one_test
@pytest.mark.parametrize("kind", KINDS)
def test_a_time_is_told_alike_by_all_who_are_handed_it(tmp_path: Path, kind: str) -> None:
    by_scan = _by_scan(tmp_path, kind)
    for form, is_what in FORMS.items():
        told = _by_metadata_check(KINDS[kind](form))
        rule = {"good": None, "over": "file.metadata.expired", "none": "file.metadata.until"}[is_what]
        if kind.startswith("cpa") and rule is not None:
            rule = "metadata.cpa.validity"
        assert told == ({} if rule is None else {rule: Severity.ERROR}), form
        assert _by_cert_check(KINDS[kind](form)) == told, form
        assert by_scan[form] == told, form


@pytest.mark.parametrize("spelt", SPELT)
@pytest.mark.parametrize("kind", ["entity", "list", "role", "cpa", "cpa, deeper"])
def test_whatever_its_prefixes_are(kind: str, spelt: str) -> None:
    for form in ("2027-01-01T00:00:00Z", "2025-01-01T00:00:00Z", "gisteren"):
        data = SPELT[spelt](KINDS[kind](form))
        assert b"<md:" not in data
        assert b"<tp:" not in data
        told = _by_metadata_check(KINDS[kind](form))
        assert _by_metadata_check(data) == _by_cert_check(data) == told, form
        assert len(read_source(data, "f.xml").certificates) == len(read_source(KINDS[kind](form), "f.xml").certificates)


_NAMES: Final = st.sampled_from(["tp:End", "q:End", "End", "tp:Start", "q:x", "x", "tp:PartyInfo"])
_SPACES: Final = st.sampled_from(
    ["", " xmlns='urn:q'", f" xmlns='{AGREEMENT}'", f" xmlns:q='{AGREEMENT}'", " xmlns:q='u'"]
)
_TIMES: Final = st.sampled_from(
    ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "morgen", "", "<!-- -->", "<![CDATA[x]]>"]
)
_PIECES: Final = st.recursive(
    st.tuples(_NAMES, _SPACES, _TIMES).map(lambda one: f"<{one[0]}{one[1]}>{one[2]}</{one[0]}>")
    | st.tuples(_NAMES, _SPACES).map(lambda one: f"<{one[0]}{one[1]}/>"),
    lambda inner: st.tuples(st.sampled_from(["q:x", "x", "tp:y"]), _SPACES, st.lists(inner, max_size=3)).map(
        lambda one: f"<{one[0]}{one[1]}>{''.join(one[2])}</{one[0]}>"
    ),
    max_leaves=6,
)


@given(st.lists(_PIECES, max_size=4), st.sampled_from(["tp:", "q:", ""]), st.booleans())
def test_the_times_of_an_agreement_are_what_a_parser_finds(pieces: list[str], prefix: str, is_inside: bool) -> None:
    spaces = f'xmlns{":" if prefix else ""}{prefix[:-1]}="{AGREEMENT}"'
    others = " ".join(f"xmlns:{other}='urn:{other}'" for other in ("tp", "q") if other != prefix[:-1])
    name = f"{prefix}CollaborationProtocolAgreement"
    outside, inside = (f" {others}", "") if is_inside else ("", f" {others}")
    text = f"<all{outside}><{name} {spaces}{inside} cpaid='a'>{''.join(pieces)}</{name}></all>".encode()
    (root,) = parse_xml(text, "a").children
    parsed = read_agreement(root)
    (found,) = agreements_in(text)
    assert (found.name, found.start, found.end) == (parsed.id, parsed.start, parsed.end)


@pytest.mark.parametrize("break_", ["<x>", "</x>", "<q:x></q:y>"])
def test_where_tags_do_not_pair_each_time_counts(break_: str) -> None:
    """No parser reads it, and what stands in the agreement itself nobody can tell: what ended is not passed over."""
    data = cpa(more=f"{break_}<x><tp:End>2020-01-01T00:00:00Z</tp:End></x>")
    assert [one.end[:4] for one in agreements_in(data)] == ["2020"]
    assert [one.end[:4] for one in agreements_in(data.partition(b"</tp:CollaborationProtocolAgreement>")[0])] == [
        "2020"
    ]


@pytest.mark.parametrize("is_told", [True, False])
def test_so_is_what_holds_no_certificate(is_told: bool) -> None:
    """Metadata with no more than the name of a key are judged by who is handed metadata alone."""
    bare = entity(
        role(descriptor(info=" ")), attributes=_AT.format("2020-01-01T00:00:00Z" if is_told else "2027-01-01T00:00:00Z")
    )
    assert _by_metadata_check(bare.encode()) == ({"file.metadata.expired": Severity.ERROR} if is_told else {})


@pytest.mark.parametrize("start", ["2027-01-01T00:00:00Z", "01-01-2026", ""])
def test_a_cpa_that_has_not_begun_does_not_hold(start: str) -> None:
    data = cpa().replace(b"2026-01-01T00:00:00Z", start.encode())
    assert _by_cert_check(data) == _by_metadata_check(data) == {"metadata.cpa.validity": Severity.ERROR}


def test_each_agreement_of_a_file_is_told() -> None:
    over = cpa(end="2020-01-01T00:00:00Z").replace(b"cpa-1", b"cpa-2")
    read = read_source(b"<all>" + cpa() + over + b"</all>", "f.xml")
    assert [(one.name, one.end[:4]) for one in read.agreements] == [("cpa-1", "2027"), ("cpa-2", "2020")]


def test_who_shows_a_cpa_says_first_that_it_ended() -> None:
    for end, expected in (("2026-01-01T00:00:00Z", ["metadata.expired"]), ("2027-01-01T00:00:00Z", [])):
        file = describe("f.xml", read_source(cpa(end=end), "f.xml"))
        assert [one.code for one in attention(file, MOMENT) if one.code.startswith("metadata")] == expected


@pytest.mark.parametrize("kind", ["entity", "cpa"])
@pytest.mark.parametrize(
    ("until", "is_good"), [("2027-01-01T00:00:00Z", True), ("2025-01-01T00:00:00Z", False), ("gisteren", False)]
)
def test_no_command_passes_what_another_fails(
    tmp_path: Path, run: Command, kind: str, until: str, *, is_good: bool
) -> None:
    """The certificates in it are of nobody's root: whether it is the time that fails, the code says."""
    (tmp_path / "f.xml").write_bytes(KINDS[kind](until))
    at = ("--moment", "2026-11-22T12:00:00Z", "--verbose")
    use = ("--for", "digikoppeling", "-e", "production")
    for words in (("metadata", "check"), ("cert", "check")):
        ran = run("--lang", "en", *words, tmp_path / "f.xml", *use, *at)
        assert any(title in ran.told for title in TITLES) is not is_good, (words, ran.told)
        assert is_good or ran.code == 10, words
    assert is_good or run("scan", "--offline", tmp_path / "f.xml", *use, *at).code == 10
