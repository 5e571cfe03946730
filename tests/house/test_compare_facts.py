"""``make facts``: the facts against the texts they were read in, where those are at hand; and the comparison itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from pkitools.documents import document, documents
from pkitools.oin import prefix_table
from tests.support.shared import shared
from tools import compare_facts
from tools.compare_facts import Comparison, compare, digests_read, digests_toml

KEY = "digikoppeling-rest-api"
HEADINGS = ("3. Profiel", "3.4 Koppelvlak", "3.4.3 FSC", *(f"3.4.3.{n} Onderwerp {n}" for n in range(1, 6)))
SAYS = {
    "3.4.3.1 Onderwerp 1": "Het anker is de PKIO Private Root; dat geldt sinds 2026.",
    "3.4.3.2 Onderwerp 2": "Het OIN is de PeerID.",
    "3.4.3.3 Onderwerp 3": "Ten minste TLS 1.2.",
    "3.4.3.4 Onderwerp 4": "Poort 443 en poort 8443.",
}


def text(version: str = "4.0.1", day: str = "21 april 2026", says: Mapping[str, str] | None = None) -> str:
    """A text in the form of the published ones, of our own words: the same places, for the facts of FSC."""
    told = SAYS if says is None else says
    body = (
        f"{heading}\n{told.get(heading, 'Niets.')}" for heading in HEADINGS if heading in told or "5" not in heading
    )
    address = document(KEY).url.replace(document(KEY).version.split()[0], version)
    return "\n".join(("Titel", day, "Deze versie:", f" {address}", "Inhoudsopgave", *HEADINGS, *body, ""))


def compared(folder: Path, content: str, read: Mapping[str, Mapping[str, str]] | None = None) -> Comparison:
    (folder / "text.txt").write_text(content, encoding="utf-8")
    return compare(folder, read or {})


@pytest.fixture
def read(tmp_path: Path) -> Mapping[str, Mapping[str, str]]:
    """The digests of the text as it was read."""
    return compared(tmp_path, text()).digests


def test_a_text_that_reads_as_it_was_read_is_in_order(tmp_path: Path, read: Mapping[str, Mapping[str, str]]) -> None:
    found = compared(tmp_path, text(), read)
    assert found.findings == ()
    assert [(each.key, at_hand.version) for each, at_hand in found.compared] == [(KEY, document(KEY).version)]
    assert {"rfc-5280", "fsc-core"} < set(found.absent)
    # how the lines are broken is not what a text says
    assert compared(tmp_path, text().replace("Private Root", "Private\n  Root"), read).findings == ()


def test_a_section_that_changed_names_what_is_to_be_read_again(
    tmp_path: Path, read: Mapping[str, Mapping[str, str]]
) -> None:
    changed = {**SAYS, "3.4.3.2 Onderwerp 2": "Het KvK-nummer is de PeerID."}
    (finding,) = compared(tmp_path, text(says=changed), read).findings
    assert finding.startswith(f"{KEY}: section 3.4.3.2 reads otherwise than")
    assert "fsc, oin: The PeerID is the OIN" in finding
    assert "fsc, organization_name: " in finding
    assert "fsc, tls" not in finding


def test_another_version_and_a_section_that_is_gone_are_told(
    tmp_path: Path, read: Mapping[str, Mapping[str, str]]
) -> None:
    version, *others = compared(tmp_path, text("4.1.0", "1 februari 2027"), read).findings
    assert version == f"{KEY}: text.txt states version 4.1.0 (2027-02-01), the register {document(KEY).version}"
    assert others == []
    gone = "\n".join(line for line in text().splitlines() if "Onderwerp 2" not in line)
    assert any(f"{KEY}: text.txt has no section 3.4.3.2" in each for each in compared(tmp_path, gone, read).findings)


def test_a_figure_and_a_quotation_stand_in_their_section(tmp_path: Path) -> None:
    wrong = {**SAYS, "3.4.3.4 Onderwerp 4": "Poort 443.", "3.4.3.1 Onderwerp 1": "Een anker."}
    read = compared(tmp_path, text(says=wrong)).digests
    found = compared(tmp_path, text(says=wrong), read).findings
    assert [re.findall("“(.*?)”", each) for each in found] == [["PKIO Private Root"], ["8443"]]


def test_a_figure_of_a_rule_and_an_oid_of_a_statement_stand_in_their_section(tmp_path: Path) -> None:
    copies = tmp_path / "texts"
    shutil.copytree(shared(str(compare_facts.TEXTS)), copies)
    path = copies / "dk_beveilig_3.0.1.txt"
    wrong = path.read_text(encoding="utf-8").replace("1-1-2021", "1-1-2022").replace("44.15.35.11", "44.15.36.11")
    path.write_text(wrong, encoding="utf-8")
    found = compare(copies, compare(copies, {}).digests).findings
    assert {each for finding in found for each in re.findall("“(.*?)” of (\\w[\\w.]*)", finding)} == {
        ("2021", "digikoppeling"),
        ("2021", "digikoppeling.pki005.private_root"),
        ("2.16.528.1.1003.1.2.44.15.35.11", "digikoppeling"),
        ("2.16.528.1.1003.1.2.44.15.35.11", "digimelding"),
    }


def test_a_section_that_nobody_held_against_the_facts_is_told(tmp_path: Path) -> None:
    assert all("was not held against the facts yet" in each for each in compared(tmp_path, text()).findings)


def test_a_text_that_cannot_be_dated_and_one_that_was_taken_away_are_told(
    tmp_path: Path, read: Mapping[str, Mapping[str, str]]
) -> None:
    told = compared(tmp_path, text(day="onlangs"), read).findings
    assert told[0] == "text.txt: states no day of version 4.0.1"
    (told, *_) = compared(tmp_path, text().replace("Deze versie:", "Vorige versie:"), read).findings
    assert told == "text.txt: states no address with its version: not compared"
    (tmp_path / "text.txt").unlink()
    assert compare(tmp_path, read).findings == (f"{KEY}: its text was at hand and is not any more: not compared",)


def test_a_text_of_no_document_of_ours_is_told(tmp_path: Path) -> None:
    (finding,) = compared(tmp_path, text().replace("/dk/", "/elders/")).findings
    assert "no document of the register is at https://" in finding


def test_renewed_digests_are_read_back_and_hold_no_sentence(
    tmp_path: Path, read: Mapping[str, Mapping[str, str]]
) -> None:
    path = tmp_path / "digests.toml"
    path.write_text(digests_toml(read), encoding="utf-8")
    assert digests_read(path) == read
    for sections in (*read.values(), *digests_read().values()):
        assert sections
        assert all(re.fullmatch("[0-9a-f]{16}", digest) for digest in sections.values())


def test_the_command_tells_and_renews(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = tmp_path / "digests.toml"
    digests.write_text("", encoding="utf-8")
    monkeypatch.setattr(compare_facts, "digests_read", lambda: digests_read(digests))
    monkeypatch.setattr(compare_facts, "DIGESTS", digests)
    monkeypatch.setenv("PKITOOLS_SHARED", str(tmp_path))
    assert asked(monkeypatch) == 0
    assert capsys.readouterr().out.startswith("NOT COMPARED: the texts are not at hand")
    folder = tmp_path / compare_facts.TEXTS
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text(text(), encoding="utf-8")
    assert asked(monkeypatch) == 1
    capsys.readouterr()
    assert asked(monkeypatch, "--renew") == 0
    told = capsys.readouterr().out
    assert f"renewed: {KEY} 3.4.3.2: new" in told
    assert "renewed: 3 sections" in told
    assert asked(monkeypatch) == 0
    assert f"compared: {KEY} {document(KEY).version} with text.txt" in capsys.readouterr().out
    changed = {**SAYS, "3.4.3.2 Onderwerp 2": "Het OIN is nog steeds de PeerID."}
    (folder / "text.txt").write_text(text(says=changed), encoding="utf-8")
    assert [asked(monkeypatch, "--renew"), asked(monkeypatch, "--renew")] == [0, 0]
    renewed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("renewed:")]
    assert renewed == [
        f"renewed: {KEY} 3.4.3.2: changed",
        "renewed: 1 sections",
        "renewed: nothing, all reads as it did",
    ]
    (folder / "text.txt").unlink()
    assert asked(monkeypatch) == 1


def asked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["compare_facts", *arguments])
    return compare_facts.main()


# --- the texts themselves, where they are at hand --------------------------------------------------------------------


def test_the_facts_are_as_the_texts_at_hand_say() -> None:
    found = compare(shared(str(compare_facts.TEXTS)), digests_read())
    assert found.findings == ()
    assert found.digests == digests_read()  # also none is kept of a section that nothing cites any more


def test_a_change_planted_in_a_published_text_is_seen(tmp_path: Path) -> None:
    copies = tmp_path / "texts"
    shutil.copytree(shared(str(compare_facts.TEXTS)), copies)
    path = copies / "dk_beveilig_3.0.1.txt"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Minimaal SHA-256.", "Minimaal SHA-384."), encoding="utf-8"
    )
    (finding,) = compare(copies, digests_read()).findings
    assert "SIGN001" in finding
    assert "rules: digikoppeling.sign001.sha2" in finding


def test_nothing_claims_a_version_older_than_what_was_settled() -> None:
    """Section (a) of the notes of November 2026, read in place: what was the newest version of each text then."""
    notes = shared("facts/update-2026-11/README.md").read_text(encoding="utf-8")
    settled = notes.partition("\n## (a)")[2].partition("\n## (b)")[0]
    published = {(path, version) for path, version in re.findall(r"pub ((?:dk|fsc)/[a-z-]+)/(\d[\d.]*\d)", settled)}
    etsi = set(re.findall(r"\b(412-\d) \**(\d[\d.]*\d)", settled))
    por = re.findall(r"\bPoR v(\d[\d.]*\d)", settled)
    trial = re.findall(r"g4-trial README ([0-9a-f]{7})", settled)
    assert (len(published), len(etsi), len(por), len(trial)) == (5, 4, 1, 1)
    for path, version in published:
        assert newest(f"/publicatie/{path}/") == {version}, path
    for part, version in etsi:
        assert {each.newest or each.version for each in documents() if each.key.endswith(part)} <= {version}, part
    assert document("por").newest == por[0]
    assert document("g4-trial-readme").version.startswith(trial[0])


def newest(address: str) -> set[str]:
    """The version that the register has, or knows to be there, of the text at an address."""
    return {(each.newest or each.version).split()[0] for each in documents() if address in each.url}


def test_the_prefix_table_is_that_of_the_text() -> None:
    """The version that is to be adopted has the prefixes of the adopted one and those that it proposes."""
    path = shared(str(compare_facts.TEXTS / "dk_oin_3.0.1.txt"))
    read = compare_facts.read_text(path)
    assert read is not None
    table = read.place("6.2") or ""
    assert set(re.findall(r"\| (\d{8})\n", table)) == set(prefix_table().prefixes)
