"""Every message exists in both languages, with the same placeholders, and renders."""

from __future__ import annotations

import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES, message

ROOTS = {
    "library": Path(str(files("pkitools.messages"))),
    "command line": Path(str(files("pkitools_cli"))) / "messages",
}
NAMES = [(root, path.name) for root in ROOTS for path in sorted((ROOTS[root] / "en").glob("*.toml"))]


def load(root: str, language: str, name: str) -> dict[str, dict[str, str] | str]:
    return tomllib.loads((ROOTS[root] / language / name).read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def parts(entry: dict[str, str] | str) -> dict[str, str]:
    return {"text": entry} if isinstance(entry, str) else entry


@pytest.mark.parametrize("root", ROOTS)
def test_both_languages_have_the_same_files(root: str) -> None:
    names = [{path.name for path in (ROOTS[root] / language).glob("*.toml")} for language in LANGUAGES]
    assert names[0] == names[1]


@pytest.mark.parametrize(("root", "name"), NAMES)
def test_both_languages_have_the_same_codes_parts_and_placeholders(root: str, name: str) -> None:
    english, dutch = load(root, "en", name), load(root, "nl", name)
    assert english.keys() == dutch.keys()
    for code, entry in english.items():
        mine, other = parts(entry), parts(dutch[code])
        assert mine.keys() == other.keys(), code
        for part, text in mine.items():
            assert text.strip(), (code, part)
            assert placeholders(text) == placeholders(other[part]), (code, part)
            assert all(field.isidentifier() for field in placeholders(text)), (code, part)


@pytest.mark.parametrize("name", [name for root, name in NAMES if root == "library"])
def test_every_message_of_the_library_renders_in_full(name: str) -> None:
    for code, entry in load("library", "en", name).items():
        assert code.partition(".")[0] + ".toml" == name, code
        assert set(entry) <= {"title", "message", "remedy"}, code
        operands = {field: "\x1bX" for text in parts(entry).values() for field in placeholders(text)}
        for language in LANGUAGES:
            rendered = message(code, operands, language)
            text = rendered.title + rendered.message + rendered.remedy
            assert "{" not in text, code
            assert "\x1b" not in text, code


def test_every_rule_has_title_message_and_remedy() -> None:
    from pkitools.rulebook import all_rules

    for rule in all_rules():
        for language in LANGUAGES:
            rendered = message(rule.code, {}, language)
            assert rendered.title != rule.code, (rule.code, language)
            assert rendered.message, (rule.code, language)
            assert rendered.remedy, (rule.code, language)
