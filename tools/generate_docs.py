"""Write the pages that follow from the code: ``python -m tools.generate_docs [--check]``.

One function per page; :data:`PAGES` names them. ``--check`` writes nothing and exits with 1 when a page is out of date.
"""

from __future__ import annotations

import argparse
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from pkitools.documents import Document, Reading, documents
from pkitools.findings import Binds, Rule
from pkitools.messages import message, template
from pkitools.rulebook import Resting, all_rules, rests_on
from pkitools.unknowns import Unknown, unknowns
from tools import reference, rooms

DOCS = Path(__file__).parents[1] / "docs"
MADE = "<!-- Made by tools/generate_docs.py from {source}. Do not edit. -->"


# --- rules.md --------------------------------------------------------------------------------------------------------


def rules_page() -> str:
    """Return ``docs/rules.md``: a table of rules per source document, in the order of the register."""
    found = [resting for resting in rests_on().values() if resting.rules]
    lines = [
        "# Rules",
        "",
        MADE.format(source="the rules and their messages"),
        "",
        f"{len(all_rules())} rules, by the document they come from; [documents.md](documents.md) says what else rests",
        "on each. `pkitools rules explain CODE` shows one in full, in Dutch and English.",
        "",
        "An *error* is a MUST of its document and makes a certificate fail; a *warning* is a SHOULD; *notices* and",
        "*infos* are worth knowing. The *certainty* says how well the rule is founded: what is *inferred* or a",
        "*third party*'s word is never an error. `<name>` stands where a finding shows a value.",
        "",
        *(f"- [{_name(each.document)}](#{each.document.key}): {len(each.rules)}" for each in found),
        "",
    ]
    for resting in found:
        lines += _rules_section(resting)
    return _page(lines)


def _rules_section(resting: Resting) -> list[str]:
    document = resting.document
    header = ("code", "severity", "section", "certainty", "for", "finding", "what to do")
    return [
        *_heading(document),
        f"{_told(document)} · [what else rests on it](documents.md#{document.key})",
        "",
        *_table(header, map(_rule_row, resting.rules)),
        "",
    ]


def _rule_row(rule: Rule) -> tuple[str, ...]:
    names = {name for text in template(rule.code, "en").values() for _, name, _, _ in string.Formatter().parse(text)}
    text = message(rule.code, {name: f"<{name}>" for name in names if name}, "en")
    return (
        f"`{rule.code}`",
        rule.severity.name.lower(),
        rule.source.section,
        _words(rule.certainty),
        ", ".join((*rule.applies_to, *_in_force(rule))),
        f"**{_escaped(text.title)}.** {_escaped(text.message)}",
        _escaped(text.remedy),
    )


def _in_force(rule: Rule) -> Iterator[str]:
    """Yield from when and until when a rule is in force, and by which day that goes."""
    if rule.in_force is None:
        return
    by = {Binds.ISSUER: "issued", Binds.USE: "used"}[rule.in_force.binds]
    if rule.in_force.since:
        yield f"{by} since {rule.in_force.since}"
    if rule.in_force.until:
        yield f"{by} until {rule.in_force.until}"


# --- documents.md ----------------------------------------------------------------------------------------------------


def documents_page() -> str:
    """Return ``docs/documents.md``: every document of the register once, with what rests on it."""
    found = rests_on().values()
    lines = [
        "# Documents",
        "",
        MADE.format(source="pkitools/documents.toml and everything that points to it"),
        "",
        f"{len(found)} documents, and what rests on each: rules, statements of connected systems, parts of certificate",
        "profiles, what TSPs ask, prefixes of the OIN. A newer version of a document is a changed entry in",
        "`pkitools/documents.toml`; what stands under its heading here is what has to be held against the new text.",
        "Behind the day: an excerpt was all that could be had, others quoted it, or it was not read at all.",
        "",
        *_table(
            ("document", "version", "status", "read", "rules", "statements", "profiles", "other"),
            map(_document_row, found),
        ),
        "",
    ]
    for resting in found:
        lines += _document_section(resting)
    return _page(lines)


def _document_row(resting: Resting) -> tuple[str, ...]:
    document = resting.document
    texts = (resting.examples, resting.error_texts, resting.exports, resting.renewals, resting.protocols, resting.asks)
    other = sum(map(len, (resting.tsps, resting.prefixes, resting.schemes, resting.rows, *texts)))
    counts = (len(resting.rules), len(resting.statements), len(resting.profiles), other)
    return (
        f"[{_escaped(document.title['en'])}](#{document.key})",
        document.version,
        _words(document.status),
        f"{document.read}{_not_read(document)}",
        *(str(count or "") for count in counts),
    )


def _not_read(document: Document) -> str:
    """Return how it was read, where that was not itself and whole."""
    return "" if document.how is Reading.READ else f" ({_words(document.how)})"


def _document_section(resting: Resting) -> list[str]:
    document = resting.document
    own_name = [f"In Dutch: {document.title['nl']}.", ""] if document.title["nl"] != document.title["en"] else []
    return [*_heading(document), _told(document), "", *own_name, *(f"- {line}" for line in _resting_lines(resting)), ""]


def _resting_lines(resting: Resting) -> Iterator[str]:
    if resting.rules:
        codes = ", ".join(f"`{rule.code}`" for rule in resting.rules)
        yield f"[{_counted(len(resting.rules), 'rule')}](rules.md#{resting.document.key}): {codes}"
    for name, told in groupby(resting.statements, key=lambda each: each.system.name):
        topics = Counter(_words(each.statement.topic) for each in told)
        shown = ", ".join(f"{topic} ({count})" if count > 1 else topic for topic, count in topics.items())
        yield f"system `{name}`: {shown}"
    for name, parts in groupby(resting.profiles, key=lambda each: each.profile):
        yield f"profile `{name}`: {', '.join(f'`{each.part}`' for each in parts)}"
    yield from (f"requests to {tsp.title}" for tsp in resting.tsps)
    yield from (f"OIN prefix `{row.prefix}` ({row.name['en']})" for row in resting.prefixes)
    yield from (f"{scheme.kind} that begin with `{scheme.start}`" for scheme in resting.schemes)
    yield from (f"the example `{oin}`" for oin in resting.examples)
    yield from (f"the error text `{text.text}`" for text in resting.error_texts)
    yield from (f"export `{export.name}`" for export in resting.exports)
    yield from (f"TLS in `{protocol.name}`" for protocol in resting.protocols)
    yield from (f"renewal: {each.name}" for each in resting.renewals)
    for name, asked in groupby(resting.asks, key=lambda each: each.consumer.name):
        topics = dict.fromkeys(_words(each.ask.topic) for each in asked)
        yield f"metadata for `{name}`: {', '.join(topics)}"
    yield from (f"other facts: {each.name}" for each in resting.rows)


# --- architecture.md -------------------------------------------------------------------------------------------------

BEGIN, END = "<!-- rooms: made by tools/generate_docs.py -->", "<!-- end of rooms -->"


def architecture_page() -> str:
    """Return ``docs/architecture.md`` with its drawing and table of the rooms as the code has them."""
    before, _, rest = (DOCS / "architecture.md").read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{_page([*_drawing(), '', *_rooms_table()])}\n{END}{after}"


def _drawing() -> list[str]:
    ground = sorted(rooms.EVERYWHERE)
    lines = ["```mermaid", "flowchart TD"]
    for number, floor in reversed(list(enumerate(rooms.FLOORS))):
        if shown := sorted(set(floor) - rooms.EVERYWHERE):
            lines.append(f"    subgraph floor{number}[ ]")
            lines += [f"        {room}" for room in shown]
            lines.append("    end")
    lines += [f"    {room} --> {target}" for room, target in rooms.drawn()]
    lines += [f'    ground["everywhere: {", ".join(ground)}"]', "    oin --> ground", "    files --> ground", "```"]
    return lines


def _rooms_table() -> list[str]:
    rows = [
        (str(number), f"`{room}`", what, ", ".join(sorted(rooms.arrows()[room], key=_from_above)))
        for number, floor in reversed(list(enumerate(rooms.FLOORS)))
        for room, what in sorted(floor.items())
    ]
    return _table(("floor", "room", "what", "imports"), rows)


def _from_above(room: str) -> tuple[int, str]:
    return -rooms.FLOOR_OF[room], room


# --- what the pages share --------------------------------------------------------------------------------------------


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


def _heading(document: Document) -> list[str]:
    return [f'<a id="{document.key}"></a>', "", f"## {_name(document)}", ""]


def _name(document: Document) -> str:
    """Return the English title; with its version where another document has the same title."""
    title = document.title["en"]
    alone = sum(each.title["en"] == title for each in documents()) == 1
    return title if alone else f"{title} {document.version}"


def _told(document: Document) -> str:
    told = [f"version {document.version}"] if document.version else []
    told += [f"<{document.url}>"] if document.url else []
    told += [_words(document.status), f"read {document.read}"]
    told += [f"in the place of {document.replaces}"] if document.replaces else []
    told += [f"newest known: {document.newest}"] if document.newest else []
    told += [f"places whose words were read: {'; '.join(document.sections)}"] if document.sections else []
    return " · ".join(told)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _words(value: str) -> str:
    return str(value).replace("_", " ")


def _escaped(text: str) -> str:
    """Return text for a table cell: no pipes that end it, no angle brackets that vanish as HTML, on one line."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [header, tuple("---" for _ in header), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


# --- unknowns.md -----------------------------------------------------------------------------------------------------


def unknowns_page() -> str:
    """Return ``docs/unknowns.md``: what is not known, with what would settle it and what waits for it."""
    return _page(
        [
            "# What is not known",
            "",
            MADE.format(source="pkitools/unknowns.toml"),
            "",
            "Looked for and not found. What waits for it says so, as *unknown* or *inferred*, and is never guessed.",
            "A text that settles one takes its line away here, and the tests say where it has to be told instead.",
            "",
            *_table(
                ("name", "not known", "would be settled by", "waits for it", "looked for"),
                map(_unknown_row, unknowns()),
            ),
        ]
    )


def _unknown_row(unknown: Unknown) -> tuple[str, ...]:
    waiting = (*unknown.hierarchies, *unknown.systems, *unknown.documents, *unknown.tsps)
    names = ", ".join(f"`{name}`" for name in waiting)
    about, settled = _escaped(unknown.about["en"]), _escaped(unknown.settled["en"])
    return f"`{unknown.key}`", about, settled, names, str(unknown.looked)


PAGES: dict[str, Callable[[], str]] = {
    "rules.md": rules_page,
    "documents.md": documents_page,
    "unknowns.md": unknowns_page,
    "architecture.md": architecture_page,
    **reference.PAGES,
}


def main() -> int:
    """Write every page, or check that each is as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 when a page is out of date")
    check = parser.parse_args().check
    outdated = []
    for name, page in PAGES.items():
        path, text = DOCS / name, page()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        outdated.append(name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in outdated:
        print(f"{'out of date' if check else 'written'}: docs/{name}")
    return 1 if check and outdated else 0


if __name__ == "__main__":
    raise SystemExit(main())
