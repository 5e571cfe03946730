"""Hold the facts to the texts they were read in: ``make facts`` (``python -m tools.compare_facts [--renew]``).

The texts stand beside the project (``../shared``, or ``PKITOOLS_SHARED``); nothing of them is copied here but a digest
of each section that is cited. Told is: a text of another version than the register has, a section that is cited and is
not there, a figure or a quotation that its section does not have, and a section that reads otherwise than when it was
last held against the facts, each with what rests on it and is to be read again. Who has done so says ``--renew``.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pkitools.documents import Document, documents
from pkitools.findings import Rule
from pkitools.messages import template
from pkitools.rulebook import MetadataAsk, SystemStatement, citations

ROOT: Final = Path(__file__).parents[1]
TEXTS: Final = Path("facts", "update-2026-11", "texts")
DIGESTS: Final = ROOT / "tools" / "data" / "sections_read.toml"

_MONTHS: Final = (
    ("januari", "january"),
    ("februari", "february"),
    ("maart", "march"),
    ("april", "april"),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("augustus", "august"),
    ("september", "september"),
    ("oktober", "october"),
    ("november", "november"),
    ("december", "december"),
)
_ADDRESS: Final = re.compile(r"(?:Deze versie|This version):\s*(https://\S+/)")
_VERSION_IN_ADDRESS: Final = re.compile(r"(?P<series>.*/)(?P<version>\d+(?:\.\d+)+)/")
_CONTENTS: Final = re.compile(r"^(?:Inhoudsopgave|Table of Contents)$", re.MULTILINE)
_HEADING: Final = re.compile(r"(?:\d+|[A-Z])(?:\.\d+)*\.? \S.*")
_CODED: Final = re.compile(r"^\|?\s*([A-Z]+\d{3})\b")
_FIGURE: Final = re.compile(r"(?<![\w.…-])\d+(?:\.\d+)*(?![\w-])")
_OID: Final = re.compile(r"\d+(?:\.\d+){3,}")
_TRIAL: Final = "2.16.528.1.1003.1.2.41."  # no text for production has the policies of test certificates
_QUOTED: Final = re.compile(r"\"([^\"]+)\"|\b([A-Z]+(?:_[A-Z]+)+)\b")


@dataclass(frozen=True, slots=True)
class Text:
    """A text at hand.

    Args:
        name: of its file.
        series: the address of all its versions.
        version: as the register would have it: ``3.0.1 (2026-04-21)``.
        sections: number or code of a section or a requirement → what it says, with the sections below it.
    """

    name: str
    series: str
    version: str
    sections: Mapping[str, str]

    def place(self, section: str) -> str | None:
        """Return what stands at the place of a citation; ``None`` where the text has no such place."""
        found = [self.sections.get(part) for part in _parts(section)]
        return "\n".join(filter(None, found)) if found and all(found) else None


# --- reading a text --------------------------------------------------------------------------------------------------


def read_text(path: Path) -> Text | None:
    """Return a text with its sections; ``None`` for one that does not state its address and version."""
    whole = path.read_text(encoding="utf-8")
    address = _ADDRESS.search(whole)
    stated = _VERSION_IN_ADDRESS.fullmatch(address[1]) if address else None
    if stated is None:
        return None
    day = _day(whole[: address.start() if address else 0])
    version = f"{stated['version']} ({day})" if day else stated["version"]
    return Text(path.name, stated["series"], version, dict(_sections(whole)))


def _day(head: str) -> date | None:
    """Return the first day that is written out in a text, in Dutch or English."""
    months = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
    found = re.search(r"(\d{1,2}) ([a-z]+) (\d{4})|([A-Z][a-z]+) (\d{1,2}), (\d{4})", head)
    if found is None:
        return None
    day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    number = months.get(month.lower())
    return date(int(year), number, int(day)) if number else None


def _sections(whole: str) -> Iterator[tuple[str, str]]:
    """Yield each section by its number, and each coded requirement by its code."""
    start = _CONTENTS.search(whole)
    lines = [line.strip() for line in whole[start.end() if start else 0 :].splitlines()]
    places = dict(_headings(lines))
    numbers = list(places)
    for at, number in enumerate(numbers):
        below = next((n for n in numbers[at + 1 :] if not n.startswith(f"{number}.")), None)
        yield number, "\n".join(lines[places[number] : places[below] if below else len(lines)])
    yield from _requirements(lines)


def _headings(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Yield the number of each section of the table of contents, and the line where the section begins."""
    listed: list[str] = []
    for line in lines:
        if line in listed:
            break
        listed += [line] if _HEADING.fullmatch(line) else []
    at = max((lines.index(line) for line in listed), default=0)
    for line in listed:
        if line in lines[at + 1 :]:
            at = lines.index(line, at + 1)
            yield line.partition(" ")[0].rstrip("."), at


def _requirements(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield each row of a table that begins with the code of a requirement, up to the next or a heading."""
    starts = {at: code[1] for at, line in enumerate(lines) for code in _CODED.finditer(line)}
    for at, code in starts.items():
        ends = (n for n in range(at + 1, len(lines)) if n in starts or _HEADING.fullmatch(lines[n]))
        yield code, "\n".join(lines[at : next(ends, len(lines))])


def _parts(section: str) -> Iterator[str]:
    """Yield the places that a citation names: ``TLS001-TLS003, chapter 3`` is four."""
    for part in section.split(", "):
        if span := re.fullmatch(r"([A-Z]+)(\d+)-\1(\d+)", part):
            yield from (f"{span[1]}{number:0{len(span[2])}}" for number in range(int(span[2]), int(span[3]) + 1))
        else:
            yield part.removeprefix("chapter ").removeprefix("appendix ")


# --- holding the facts to it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared.

    Args:
        findings: what is not as it was read, a line or more each.
        compared: documents whose text was at hand, with the text.
        digests: of the sections cited, as they read now: key of the document → section → digest.
        absent: keys of the documents whose text was not at hand.
    """

    findings: tuple[str, ...]
    compared: tuple[tuple[Document, Text], ...]
    digests: Mapping[str, Mapping[str, str]]
    absent: tuple[str, ...]


def compare(folder: Path, read: Mapping[str, Mapping[str, str]]) -> Comparison:
    """Compare the facts with the texts in a folder, and with the digests of what was read before."""
    paths = sorted(folder.glob("*.txt"))
    texts = [text for path in paths if (text := read_text(path))]
    compared = [(each, text) for each in documents() for text in texts if _series(each) == text.series]
    known = {_series(each) for each in documents()}
    findings = list(_undated(paths, texts))
    findings += [
        f"{text.name}: no document of the register is at {text.series}" for text in texts if text.series not in known
    ]
    digests: dict[str, dict[str, str]] = {}
    for document, text in compared:
        resting = _resting(document.key)
        digests[document.key] = {place: digest for place in resting if (digest := _digest(text.place(place)))}
        findings += _differences(document, text, resting, read.get(document.key, {}))
    at_hand = {document.key for document, _ in compared}
    findings += [f"{key}: its text was at hand and is not any more: not compared" for key in read if key not in at_hand]
    absent = tuple(each.key for each in documents() if each.key not in at_hand)
    return Comparison(tuple(findings), tuple(compared), digests, absent)


def _undated(paths: Iterable[Path], texts: Iterable[Text]) -> Iterator[str]:
    """Yield the texts of which it cannot be said which version they are, or of when: nothing is compared with those."""
    read = {text.name: text for text in texts}
    for path in paths:
        if path.name not in read:
            yield f"{path.name}: states no address with its version: not compared"
        elif "(" not in read[path.name].version:
            yield f"{path.name}: states no day of version {read[path.name].version}"


def _series(document: Document) -> str:
    found = _VERSION_IN_ADDRESS.fullmatch(document.url)
    return found["series"] if found else document.url


def _resting(key: str) -> Mapping[str, list[tuple[str, object]]]:
    """Return what rests on a document, by the place that it cites."""
    found: dict[str, list[tuple[str, object]]] = defaultdict(list)
    for kind, thing, source in citations():
        if source.key == key:
            found[source.section].append((kind, thing))
    return dict(sorted(found.items()))


def _digest(section: str | None) -> str:
    """Return a digest of what a section says; how its lines are broken is no part of that."""
    return hashlib.sha256(" ".join(section.split()).encode()).hexdigest()[:16] if section else ""


def _differences(
    document: Document, text: Text, resting: Mapping[str, list[tuple[str, object]]], read: Mapping[str, str]
) -> Iterator[str]:
    if document.version != text.version:
        yield f"{document.key}: {text.name} states version {text.version}, the register {document.version}"
    for place, things in resting.items():
        section = text.place(place)
        if section is None:
            why = f"{text.name} has no section {place}" if place else "cited without a section, with its text at hand"
        elif place not in read:
            why = f"section {place} was not held against the facts yet"
        elif read[place] != _digest(section):
            why = f"section {place} reads otherwise than when the facts were last held against it"
        else:
            yield from _unstated(document, place, f"{text.version} {section}", things)
            continue
        yield "\n    ".join((f"{document.key}: {why}; to be read again:", *_names(things)))


def _unstated(document: Document, place: str, section: str, things: Iterable[tuple[str, object]]) -> Iterator[str]:
    """Yield the figures and quotations of statements and rules that their section does not have."""
    for _, thing in things:
        for stated in _stated(thing):
            if not re.search(rf"(?<![\d.]){re.escape(stated)}(?![\d])", _plain(section)):
                yield f"{document.key}: section {place} does not have “{stated}” of {_name(thing)}"


def _stated(thing: object) -> Iterator[str]:
    """Yield the figures and the quotations in what is said by a statement or a rule, and the figures it goes by."""
    if isinstance(thing, Rule):
        yield from _figures(
            re.sub(r"\{[^}]*\}", "", (thing.texts or {}).get("nl", template(thing.code, "nl"))["message"])
        )
    if isinstance(thing, SystemStatement):
        statement = thing.statement
        yield from _figures(statement.text["nl"])
        yield from (str(each) for each in (statement.number,) if each is not None)
        yield from (each for each in statement.values if _OID.fullmatch(each) and not each.startswith(_TRIAL))


def _figures(dutch: str) -> Iterator[str]:
    """Yield the figures and the quotations in a sentence; of days the year: texts write the rest in many ways."""
    plain = re.sub(rf"\b\d\d? (?=(?:{'|'.join(names[0] for names in _MONTHS)})\b)", "", dutch)
    plain = re.sub(r"hoofdstuk \d+", "", plain)  # of another document than the one that is cited
    yield from _FIGURE.findall(plain)
    yield from (quoted or code for quoted, code in _QUOTED.findall(dutch))


def _plain(section: str) -> str:
    return " ".join(section.split())


def _names(things: Iterable[tuple[str, object]]) -> Iterator[str]:
    yield from dict.fromkeys(f"{kind}: {_name(thing)}" for kind, thing in things)


def _name(thing: object) -> str:
    """Return how people find a thing that rests on a document."""
    if isinstance(thing, SystemStatement):
        return f"{thing.system.name}, {thing.statement.topic}: {thing.statement.text['en']}"
    if isinstance(thing, MetadataAsk):
        return f"{thing.consumer.name}, {thing.ask.topic}"
    for field in ("code", "part", "prefix", "name", "start", "text"):
        if isinstance(name := getattr(thing, field, None), str):
            return name
    return str(thing)


# --- the command -----------------------------------------------------------------------------------------------------


def digests_read(path: Path = DIGESTS) -> Mapping[str, Mapping[str, str]]:
    """Return the digests of what was read, by document and section."""
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def digests_toml(digests: Mapping[str, Mapping[str, str]]) -> str:
    """Return digests as the text of their file."""
    lines = [
        "# A digest of each section that facts rest on, as it read when they were last held against it. Made by",
        "# `python -m tools.compare_facts --renew`, on purpose: after reading again what `make facts` names.",
    ]
    for key, sections in sorted(digests.items()):
        lines += ["", f'["{key}"]', *(f'"{section}" = "{digest}"' for section, digest in sorted(sections.items()))]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Compare, tell, and write the digests anew when that is asked; exit with 1 when something is to be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--renew", action="store_true", help="what changed has been read: write the digests anew")
    renew = parser.parse_args().renew
    folder = Path(os.environ.get("PKITOOLS_SHARED", ROOT.parent / "shared")) / TEXTS
    if not folder.is_dir():
        print(f"NOT COMPARED: the texts are not at hand, there is no folder {folder}")
        return 0
    found = compare(folder, digests_read())
    if renew:
        before = digests_read()
        DIGESTS.write_text(digests_toml({**before, **found.digests}), encoding="utf-8")
        print("\n".join(_renewed(before, found.digests)))
        found = compare(folder, digests_read())
    print("\n".join(_told(found)))
    return 1 if found.findings else 0


def _renewed(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield what the digests that are written anew say of what was read: each section that is new, other or gone."""
    count = 0
    for key, sections in now.items():
        old = before.get(key, {})
        for section in sorted({*old, *sections}):
            if old.get(section) != sections.get(section):
                count += 1
                how = "new" if section not in old else "changed" if section in sections else "cited no more"
                yield f"renewed: {key} {section or '(the whole)'}: {how}"
    yield f"renewed: {count} sections" if count else "renewed: nothing, all reads as it did"


def _told(found: Comparison) -> Iterator[str]:
    yield from found.findings
    for document, text in found.compared:
        sections = len(found.digests[document.key])
        yield f"compared: {document.key} {document.version} with {text.name}, {sections} sections cited"
    yield f"not at hand: the texts of {len(found.absent)} other documents: {', '.join(found.absent)}"


if __name__ == "__main__":
    raise SystemExit(main())
