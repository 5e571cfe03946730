"""Write the reference pages that follow from the code: ``python tools/generate_docs.py [--check]``.

One function per page; :data:`PAGES` names them. ``--check`` writes nothing and exits with 1 when a page is out of date.
"""

from __future__ import annotations

import argparse
import string
from collections.abc import Callable, Iterable
from pathlib import Path

from pkitools.documents import Document, documents
from pkitools.findings import Rule
from pkitools.messages import message, template
from pkitools.rulebook import all_rules

DOCS = Path(__file__).parents[1] / "docs"


def rules_page() -> str:
    """Return ``docs/rules.md``: a table of rules per source document."""
    rules = all_rules()
    lines = [
        "# Rules",
        "",
        "<!-- Made by tools/generate_docs.py from the rules and their messages. Do not edit. -->",
        "",
        f"{len(rules)} rules, by the document they come from.",
        "`pkitools rules explain CODE` shows one in full, in Dutch and English.",
        "",
        "An *error* is a MUST of its document and makes a certificate fail; a *warning* is a SHOULD; *notices* and",
        "*infos* are worth knowing. The *certainty* says how well the rule is founded: what is *inferred* or a",
        "*third party*'s word is never an error. `<name>` stands where a finding shows a value.",
        "",
    ]
    of_document = {
        document.key: [rule for rule in rules if rule.source.key == document.key] for document in documents()
    }
    for document in sorted(documents(), key=lambda document: document.title["en"]):
        if found := of_document[document.key]:
            lines += _document_section(document, found)
    return "\n".join(lines).rstrip("\n") + "\n"


def _document_section(document: Document, rules: list[Rule]) -> list[str]:
    told = [f"version {document.version}"] if document.version else []
    told += [f"<{document.url}>"] if document.url else []
    told += [str(document.status).replace("_", " "), f"read {document.read}"]
    lines = [f"## {document.title['en']}", "", " · ".join(told), ""]
    lines += _table(("code", "severity", "section", "certainty", "for", "finding", "what to do"), map(_rule_row, rules))
    return [*lines, ""]


def _rule_row(rule: Rule) -> tuple[str, ...]:
    names = {name for text in template(rule.code, "en").values() for _, name, _, _ in string.Formatter().parse(text)}
    text = message(rule.code, {name: f"<{name}>" for name in names if name}, "en")
    return (
        f"`{rule.code}`",
        rule.severity.name.lower(),
        rule.source.section,
        str(rule.certainty).replace("_", " "),
        ", ".join(rule.applies_to),
        f"**{_escaped(text.title)}.** {_escaped(text.message)}",
        _escaped(text.remedy),
    )


def _escaped(text: str) -> str:
    """Return text for a table cell: no pipes that end it, no angle brackets that vanish as HTML, on one line."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [header, tuple("---" for _ in header), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


PAGES: dict[str, Callable[[], str]] = {"rules.md": rules_page}


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
            path.write_text(text, encoding="utf-8")
    for name in outdated:
        print(f"{'out of date' if check else 'written'}: docs/{name}")
    return 1 if check and outdated else 0


if __name__ == "__main__":
    raise SystemExit(main())
