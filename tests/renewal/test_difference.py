"""What changes from one certificate to the next, and who must be told what."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pkitools.environment import Environment
from pkitools.errors import InvalidValueError
from pkitools.findings import Certainty, Severity, Status
from pkitools.frozen import replace
from pkitools.messages import LANGUAGES, Language
from pkitools.renewal import Counterpart, Part, Phase, RenewalDifference, compare_certificates, counterparts
from pkitools.systems import get_system, systems
from pkitools.x509 import CertificateFacts
from tests.support.cases import in_one_test
from tests.support.certificates import (
    CLIENT,
    EKU,
    ISSUED,
    KU,
    MOMENT,
    POLICIES,
    Change,
    Parts,
    alternative,
    giving,
    made,
    named_bits,
    policies,
    purposes,
    putting,
    rsa_key,
    setting,
)
from tests.support.der import UTF8, tlv

NEW_KEY = setting("key", rsa_key(3072, even=True))
LATER = setting("not_after", ISSUED + timedelta(days=700))
TLS = "2.16.528.1.1003.1.2.44.15.35.11"

CHANGES: dict[Part, tuple[Change, frozenset[Part]]] = {
    Part.OIN: (giving("serialNumber", "00000001001516814000"), frozenset()),
    Part.SUBJECT: (giving("CN", "elders.voorbeeld.nl"), frozenset()),
    Part.NAMES: (alternative(tlv(0x82, b"elders.voorbeeld.nl")), frozenset()),
    Part.KEY: (NEW_KEY, frozenset()),
    Part.KEY_KIND: (setting("key", rsa_key(4096)), frozenset({Part.KEY})),
    Part.ISSUER: (lambda parts: parts.issuer.append(("2.5.4.11", UTF8, b"Afdeling")), frozenset()),
    Part.PROFILE: (putting(POLICIES, policies("1.2.3.4")), frozenset({Part.POLICIES, Part.HIERARCHY})),
    Part.POLICIES: (putting(POLICIES, policies(TLS)), frozenset()),
    Part.HIERARCHY: (
        putting(POLICIES, policies("2.16.528.1.1003.1.2.8.6")),
        frozenset({Part.POLICIES, Part.PROFILE}),
    ),
    Part.KEY_USAGE: (putting(KU, named_bits("digitalSignature"), critical=True), frozenset()),
    Part.EXTENDED_KEY_USAGE: (putting(EKU, purposes(CLIENT)), frozenset()),
    Part.VALIDITY: (LATER, frozenset()),
}
"""A change of each part, and which parts cannot but change with it."""


def compared(*changes: Change, asked: tuple[str, ...] = (), profile: str = "g4-tls") -> RenewalDifference:
    return compare_certificates(made("g4-tls"), made(profile, *changes), moment=MOMENT, systems=asked)


@in_one_test
@pytest.mark.parametrize("part", CHANGES)
def test_a_part_that_changes_is_told_and_no_other(part: Part) -> None:
    change, along = CHANGES[part]
    found = compared(change)
    assert found.differing == {Part.CERTIFICATE, part, *along}
    assert [one.part for one in found.changes] == sorted((o.part for o in found.changes), key=list(Part).index)


def test_every_part_but_the_signature_has_its_change_here() -> None:
    assert set(Part) - set(CHANGES) == {
        Part.CERTIFICATE,
        Part.SIGNATURE,
    }  # of the signature: the G1 beside the G4 below
    assert Part.SIGNATURE in compare_certificates(made("g1-server"), made("g4-tls"), moment=MOMENT).differing


def test_old_and_new_change_places() -> None:
    for change, _ in CHANGES.values():
        there = compare_certificates(made("g4-tls"), made("g4-tls", change), moment=MOMENT)
        back = compare_certificates(made("g4-tls", change), made("g4-tls"), moment=MOMENT)
        assert {(o.part, o.attribute, o.old, o.new) for o in there.changes} == {
            (o.part, o.attribute, o.new, o.old) for o in back.changes
        }


def test_a_good_renewal_raises_no_alarm() -> None:
    found = compared(NEW_KEY, LATER)
    assert not found.report.findings
    assert not found.report.not_checked
    assert found.environment is Environment.PRODUCTION


def test_the_key_that_is_kept_is_the_finding_of_the_register() -> None:
    codes = {o.rule.code: o.rule.severity for o in compared(LATER).report.findings}
    assert codes == {"por.key.renewed": Severity.WARNING}


def test_the_same_certificate_twice_is_no_renewal_and_nobody_is_told() -> None:
    found = compared()
    assert found.report.codes() == {"renewal.certificate.another"}
    assert (found.notices, found.differing) == ((), frozenset())


def test_an_issuer_that_nobody_knows_is_not_checked_and_never_good() -> None:
    def foreign(parts: Parts) -> None:
        parts.issuer = parts.subject[:1]
        parts.drop(POLICIES)

    found = compared(NEW_KEY, LATER, foreign)
    assert found.report.codes(Status.NOT_CHECKED) == {"renewal.environment.same"}
    assert str(found.report.verdict) == "indeterminate"


# -- who must be told -------------------------------------------------------------------------------------------------


def names(found: RenewalDifference) -> list[str]:
    return [notice.counterpart.name for notice in found.notices]


@in_one_test
@pytest.mark.parametrize("counterpart", counterparts(), ids=lambda each: each.name)
def test_a_counterpart_is_told_of_what_concerns_it(counterpart: Counterpart) -> None:
    asked = ("kvk",) if counterpart.is_of_any_system else tuple(counterpart.systems[:1])
    for part, (change, _) in CHANGES.items():
        found = compared(change, asked=asked)
        told = counterpart.name in names(found)
        assert told == counterpart.concerns(found.differing), part
    assert any(counterpart.name in names(compared(change, asked=asked)) for change, _ in CHANGES.values())


def test_an_issuer_is_told_of_only_where_its_hierarchy_stays() -> None:
    other_issuer, other_hierarchy = CHANGES[Part.ISSUER][0], CHANGES[Part.HIERARCHY][0]
    assert ("issuers" in names(compared(other_issuer)), "trust-stores" in names(compared(other_issuer))) == (
        True,
        False,
    )
    both = names(compared(other_issuer, other_hierarchy))
    assert ("issuers" in both, "trust-stores" in both) == (False, True)


def test_a_system_is_asked_also_where_nobody_knows_the_hierarchy() -> None:
    def foreign(parts: Parts) -> None:
        parts.issuer = parts.subject[:1]
        parts.drop(POLICIES)

    found = compare_certificates(
        made("g4-tls", foreign), made("g4-tls", NEW_KEY, LATER, foreign), moment=MOMENT, systems=["digid"]
    )
    assert found.environment is Environment.PRODUCTION
    assert "system.reuse.unique_name" in found.report.codes()


def test_those_who_receive_go_before_the_switch() -> None:
    order = [list(Phase).index(each.phase) for each in counterparts()]
    assert order == sorted(order)
    assert {each.phase for each in counterparts()} == set(Phase)


def test_only_those_of_the_system_that_is_asked_about_are_told() -> None:
    for system in systems():
        found = compared(NEW_KEY, LATER, asked=(system.name,))
        for notice in found.notices:
            assert notice.system is None or notice.system is system
        assert any(notice.system is system for notice in found.notices), system.name
    everybody = compared(NEW_KEY, LATER)
    assert {notice.system.name for notice in everybody.notices if notice.system} == {
        each.systems[0] for each in counterparts() if each.systems and not each.is_of_any_system
    }


def test_digid_is_told_of_its_maximum_and_its_unique_name() -> None:
    found = compared(NEW_KEY, LATER, asked=("digid",))
    admission = next(notice for notice in found.notices if notice.counterpart.name == "digid-admission")
    assert {str(said.topic) for said in admission.statements} == {"maximum", "unique_name", "lead_time"}
    assert "system.reuse.unique_name" in found.report.codes(), "the name has stayed the same"
    other = compared(NEW_KEY, LATER, giving("CN", "anders.voorbeeld.nl"), asked=("digid",))
    assert "system.reuse.unique_name" in other.report.codes(Status.MET)
    assert found.new.sha1.upper() in (admission.letter("nl") or "").replace(":", "")


def test_fsc_contracts_are_told_of_a_new_key_only() -> None:
    assert "fsc-contracts" in names(compared(NEW_KEY, asked=("fsc",)))
    assert "fsc-contracts" not in names(compared(LATER, asked=("fsc",)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_filled_in(language: Language) -> None:
    everything = [change for part, (change, _) in CHANGES.items() if part not in {Part.PROFILE, Part.KEY_KIND}]
    asked = tuple(system.name for system in systems())
    letters = []
    for notice in compared(*everything, asked=asked).notices:
        letter = notice.letter(language)
        assert "<<" not in "\n".join((notice.title(language), notice.why(language), letter or ""))
        letters += [letter] if letter is not None else []
    for letter in letters:
        assert re.match(r"(Onderwerp|Subject): \S", letter)
        # what is longer is a thumbprint or a name, which is there to be copied
        assert [line for line in letter.splitlines()[1:] if len(line) > 80 and not line.startswith("    ")] == []
    assert len(letters) > len(asked) / 2


def test_nothing_of_a_certificate_reaches_a_text_raw() -> None:
    hostile = giving("CN", "a\x1b[31mrood\u202e\nOnderwerp: vals"), giving("O", "<<new_key>>\x07")
    found = compared(NEW_KEY, *hostile)
    for notice in found.notices:
        for language in LANGUAGES:
            letter = notice.letter(language) or ""
            assert not set(letter) & {"\x1b", "\x07", "\u202e"}
            assert "\nOnderwerp: vals" not in letter
    letter = next(n for n in found.notices if n.counterpart.name == "pinned-clients").letter("nl") or ""
    assert "<<new_key>>" in letter, "what a certificate says is not filled in again"


def test_the_data_keep_to_what_the_rest_of_the_house_knows() -> None:
    for each in counterparts():
        assert each.source.document.key == each.source.key
        assert all(get_system(name) for name in each.systems if not each.is_of_any_system)
        assert each.certainty is not Certainty.OBSERVED
        for language in LANGUAGES:
            texts = each.texts[language]
            assert texts["title"]
            assert texts["why"].endswith(".")
        assert bool(each.texts["nl"]["letter"]) == bool(each.texts["en"]["letter"])
    assert len({each.name for each in counterparts()}) == len(counterparts())


def test_a_system_of_ones_own_has_its_owner_told() -> None:
    own = replace(get_system("kvk"), name="eigen", title="Zaaksysteem", owner="Gemeente Voorbeeld", statements=())
    found = compare_certificates(made("g4-tls"), made("g4-tls", NEW_KEY, LATER), moment=MOMENT, systems=[own])
    notice = next(each for each in found.notices if each.system is own)
    assert notice.title("nl") == "Gemeente Voorbeeld, voor Zaaksysteem"


def test_a_name_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidValueError):
        compared(NEW_KEY, asked=("digit",))


def test_each_real_certificate_after_each_other(real: list[CertificateFacts]) -> None:
    for old in real:
        for new in real:
            found = compare_certificates(old, new, moment=MOMENT, systems=["digid"])
            assert bool(found.notices) == (old.sha256 != new.sha256)
            assert all(outcome.reason != "crashed" for outcome in found.report.not_checked)
