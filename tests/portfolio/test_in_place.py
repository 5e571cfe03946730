"""What lies in the place of a copy came after it, however late or early it was made; and what is told of either."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Final

import pytest

from pkitools.findings import Severity
from pkitools.messages import LANGUAGES
from pkitools.portfolio import HeldCertificate, Portfolio
from pkitools.portfolio.risk import risks_of
from pkitools.reports.expiry import Expiry, Nagios, nagios_line
from pkitools.reports.portfolio.telling import renewal_told
from tests.cli.conftest import run
from tests.portfolio.support import judging, scanned
from tests.portfolio.test_copies import AFTER, COPIES, NAMING, is_silent, laid, made
from tests.support.cases import in_one_test
from tests.support.chains import good_chain
from tests.support.command import Command
from tests.support.deliveries import pem
from tests.support.effort import in_turn
from tests.support.portfolios import day

__all__ = ["run"]  # a fixture

SPANS: Final = {  # the old one and the next
    "renewed late": (("2025-06-01", "2026-06-01"), ("2026-12-01", "2027-12-01")),
    "renewed years later": (("2020-06-01", "2021-06-01"), ("2026-12-01", "2027-12-01")),
    "renewed early": (("2026-01-14", "2027-01-14"), ("2026-02-01", "2027-12-01")),
}


def at(folder: Path, moment: str = "") -> Portfolio:
    return scanned(folder, asked=judging(moment=day(moment) if moment else AFTER))


def first_to_end(found: Portfolio) -> HeldCertificate:
    return min(found.judged, key=lambda one: one.not_after)


def told(one: HeldCertificate, found: Portfolio) -> list[str]:
    return [renewal_told(one, found, language, None) for language in LANGUAGES]


def has_advice(one: HeldCertificate) -> bool:
    found = [each for each in one.findings if each.rule.code == "advice.validity.order_now"]
    assert all(each.rule.severity >= Severity.WARNING for each in found)
    return bool(found)


@in_one_test
@pytest.mark.slow
@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize(("old", "new"), COPIES.items())
def test_when_the_next_was_made_says_nothing_of_a_copy(
    tmp_path: Path, old: str, new: tuple[str, ...], span: str
) -> None:
    first, second = SPANS[span]
    pairs = made(*first, 2), made(*second, 3)
    assert is_silent(at(laid(tmp_path / "a", old, new, pairs=pairs)))
    named = [{"named": each} for each in NAMING]
    turn = in_turn(named, list(COPIES).index(old), list(SPANS).index(span))
    for number, options in enumerate(({"next_key": False}, *turn)):
        assert not is_silent(at(laid(tmp_path / str(number), old, new, pairs=pairs, **options))), options  # type: ignore[arg-type]  # of either type


def test_a_file_that_is_no_copy_is_told_also_where_the_next_was_made_when_it_had_ended(tmp_path: Path) -> None:
    for number, (name, span) in enumerate(SPANS.items()):
        found = at(laid(tmp_path / str(number), "a.pem", ("b.pem",), pairs=(made(*span[0], 2), made(*span[1], 3))))
        assert not is_silent(found)
        successor = first_to_end(found).successor
        assert (successor is None) is (name == "renewed early")
        assert successor is None or not (successor.has_replaced or successor.is_live)


@pytest.mark.parametrize("linked", [1, 2, 3])
def test_what_certbots_link_leads_to_is_what_is_in_use(tmp_path: Path, linked: int) -> None:
    """Three generations that are valid together: the first two were made long before their ends."""
    spans = ("2026-01-14", "2027-01-14"), ("2026-03-01", "2027-03-01"), ("2026-04-01", "2027-12-01")
    for number, span in enumerate(spans, 1):
        pair = made(*span, number)
        for name, content in zip(("cert", "privkey"), pair, strict=True):
            file = tmp_path / "archive" / "a" / f"{name}{number}.pem"
            file.parent.mkdir(exist_ok=True, parents=True)
            file.write_bytes(content)
            file.chmod(0o600)
    link = tmp_path / "live" / "a" / "cert.pem"
    link.parent.mkdir(parents=True)
    link.symlink_to(f"../../archive/a/cert{linked}.pem")
    for moment in ("2027-01-01", "2027-02-20", "2027-04-01"):
        found = at(tmp_path, moment)
        by_number = sorted(found.judged, key=lambda one: one.not_before)
        for one in by_number[: linked - 1]:
            if by_number[linked - 1].not_after < found.moment:
                break  # what is in place has ended as well
            assert one.successor is not None
            assert (one.successor.place, one.successor.is_in_place) == (str(link), True)
            assert one.is_set_aside is (one.not_after < found.moment)
            assert all("archive" not in each.replace(str(tmp_path), "") for each in told(one, found)), told(one, found)
        for one in by_number[linked - 1 :]:
            assert not one.is_set_aside
        together = {each.outcome.rule.code for each in risks_of(found).found}
        if linked == 3:
            assert "risk.name.twice" not in together, "a copy is followed by what is in its place"


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize("old", ["a.pem", "a.pem.bak"])
def test_a_name_that_the_next_lacks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, is_named: bool
) -> None:
    pairs = (
        made("2026-01-14", "2027-01-14", 2, "www.example.nl", "mail.example.nl"),
        made("2026-12-01", "2027-12-01", 3),
    )
    new = ("next.pem",) if old == "a.pem" else ("a.pem",)
    monkeypatch.chdir(tmp_path)
    folder = laid(Path("a"), old, new, pairs=pairs, named="nginx.conf" if is_named else "")
    for moment in ("2026-12-20", "2027-01-20"):
        found = at(folder, moment)
        one = first_to_end(found)
        is_copy = old != "a.pem" and not is_named and one.not_after < found.moment
        assert one.is_set_aside is is_copy
        assert (one.successor is None) is not is_copy
        for each in told(one, found):
            assert "www.example.nl, mail.example.nl" in each
            assert str(folder / new[0]) in each
        assert has_advice(one) is (one.not_after >= found.moment), "the next is still to be ordered"


@pytest.mark.parametrize("old", ["a.pem.bak", "archive/a.pem"])
def test_what_names_a_copy_is_told_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str) -> None:
    monkeypatch.chdir(tmp_path)
    folder = laid(Path("a"), old, COPIES[old])
    names = [f"{number}-{'x' * 150}.sh" for number in range(7)]
    for number, name in enumerate(names, 1):
        (folder / name).write_text(f"#!/bin/sh\n\nserve {old}\n")
        found = at(folder)
        one = first_to_end(found)
        for each in told(one, found):
            assert [each.count(f"{other}:3") for other in names] == [number > at and at < 5 for at in range(7)], each
            assert str(folder / "a.pem") in each
            assert (f" {number - 5} more)" in each or f"nog {number - 5})" in each) is (number > 5)

        assert f"{names[0]}:3" in nagios_line(Expiry.of(found, 90, 30))
    assert not is_silent(found)


@pytest.mark.parametrize("moment", ["2026-12-10", "2027-01-13"])  # 35 days, and a day, before the end
def test_a_next_one_without_its_key_ends_no_advice(tmp_path: Path, moment: str) -> None:
    for number, (own_key, next_key, next_named) in enumerate(product((True, False), repeat=3)):
        options = {"own_key": own_key, "next_key": next_key, "next_named": next_named}
        found = at(laid(tmp_path / str(number), "server.pem", ("next.pem",), **options), moment)
        (old,) = (one for one in found.judged if one.successor)
        lacks_key = own_key and not next_key
        is_late = lacks_key and not next_named and moment != "2026-12-10"
        assert has_advice(old) is is_late, options
        expiry = Expiry.of(found, 60, 30)
        assert (expiry.state(old) is Nagios.CRITICAL) is (moment != "2026-12-10")
        line = nagios_line(expiry)
        assert ("without its key" in line) is lacks_key, options
        words = dict.fromkeys(LANGUAGES, lacks_key)
        said = dict(zip(LANGUAGES, told(old, found), strict=True))
        assert {each: ("sleutel" in text or "private key" in text) for each, text in said.items()} == words


def test_every_form_says_of_a_next_one_without_its_key_what_the_scan_says(run: Command, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.write_bytes(pem(good_chain().root.der))
    for number, next_key in enumerate((True, False)):
        folder = laid(tmp_path / str(number), "server.pem", ("next.pem",), next_key=next_key)
        reports = {end: tmp_path / f"{number}.{end}" for end in ("json", "sarif")}
        asked = folder, "--trust", root, "--moment", "2027-01-13T12:00:00Z", "--fail-on", "warning"
        written = (word for report in reports.values() for word in ("--report", report))
        scan = run("scan", *asked, "-e", "pre", *written)
        text = {end: report.read_text(encoding="utf-8") for end, report in reports.items()}
        is_told = not next_key
        for end in reports:
            assert ("advice.validity.order_now" in text[end]) is is_told, end
        levels = {
            each["level"]
            for each in json.loads(text["sarif"])["runs"][0]["results"]
            if each["ruleId"] == "advice.validity.order_now"
        }
        assert levels == ({"warning"} if is_told else set())
        assert ("private key of what comes after" in " ".join(scan.told.split())) is is_told
        expiry = run("expiry", *asked)
        assert expiry.code == 12
        assert ("private key of what comes after" in " ".join(expiry.told.split())) is is_told
        assert run("expiry", *asked[:-2], "--nagios").code == 2
        if is_told:
            assert scan.code == 12


def test_what_lacks_a_name_hides_no_other_that_has_it(tmp_path: Path) -> None:
    names = "www.example.nl", "mail.example.nl"
    pairs = made("2026-01-14", "2027-01-14", 2, *names), made("2026-12-01", "2027-12-01", 3)
    folder = laid(tmp_path / "a", "a.pem.bak", ("a.pem",), pairs=pairs, named="nginx.conf")
    whole, key = made("2026-11-01", "2027-11-01", 4, *names)
    (folder / "b.pem").write_bytes(whole)
    (folder / "b.key").write_bytes(key)
    one = first_to_end(at(folder))
    assert one.successor is not None
    assert (one.successor.place, one.is_set_aside, one.partial) == (str(folder / "b.pem"), False, None)
