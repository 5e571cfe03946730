"""Every message exists in both languages, with the same placeholders, and renders."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.messages import LANGUAGES, NOTHING, Language, message, template
from pkitools_cli.remedies import OWN_OPERANDS, remedy_text
from tests.support.cases import in_one_test
from tests.support.command_words import stopped, unknown, words

ROOTS = {
    "library": Path(str(files("pkitools.messages"))),
    "command line": Path(str(files("pkitools_cli"))) / "messages",
}
LIBRARY = Path(str(files("pkitools")))
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


@in_one_test
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


@in_one_test
@pytest.mark.parametrize("name", [name for root, name in NAMES if root == "library"])
def test_every_message_of_the_library_renders_in_full(name: str) -> None:
    for code, entry in load("library", "en", name).items():
        assert code.partition(".")[0] + ".toml" == name, code
        kinds = {part: part.partition("_without_") for part in entry}
        assert {kind for kind, _, _ in kinds.values()} <= {"title", "message", "remedy", "short", "word"}, code
        assert all(kind in entry and (not without or operand) for kind, without, operand in kinds.values()), code
        operands = {field: "\x1bX" for text in parts(entry).values() for field in placeholders(text)}
        for language in LANGUAGES:
            rendered = message(code, operands, language)
            text = rendered.title + rendered.message + rendered.remedy
            assert "{" not in text, code
            assert "\x1b" not in text, code


def test_an_entity_id_is_spelled_one_way() -> None:
    """But for what is quoted: the attribute of an EntityDescriptor, and the words in which DigiD refuses."""
    quoted = re.compile(r"EntityDescriptor \w+( \w+)? entityID|does not match entityID")
    spelled = [
        (root, name, language, code, part)
        for root, name in NAMES
        for language in LANGUAGES
        for code, entry in load(root, language, name).items()
        for part, text in parts(entry).items()
        if re.search(r"entity-?id\b", quoted.sub("", text).replace("--entity-id", ""), re.IGNORECASE)
    ]
    assert not spelled


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_hole_or_a_dash_where_an_operand_is_empty(language: Language) -> None:
    """Each operand in turn: what is not there gets a word, or a sentence of its own where it would be none."""
    names = [name for root, name in NAMES if root == "library"]
    for code, entry in [each for name in names for each in load("library", language, name).items()]:
        fields = {field for text in parts(entry).values() for field in placeholders(text)}
        for empty in fields:
            rendered = message(code, dict.fromkeys(fields, "X") | {empty: NOTHING}, language)
            for text in (rendered.title, rendered.message, rendered.remedy, rendered.short, rendered.word):
                assert NOTHING not in text.split(), (code, empty, text)
                assert f"{NOTHING}." not in text, (code, empty, text)


@pytest.mark.parametrize(
    ("code", "operand", "language", "told"),
    [
        ("system.hierarchy.accepted", "accepted", "nl", "S accepteert hier geen PKIoverheid-certificaat"),
        ("system.hierarchy.accepted", "accepted", "en", "S takes no PKIoverheid certificate here"),
        ("system.oin.equals_entity_id", "oin", "nl", "geen OIN in het certificaat, en het entity ID heeft X"),
        ("system.oin.equals_entity_id", "oin", "en", "no OIN in the certificate, and the entity ID has X"),
    ],
)
def test_a_sentence_of_its_own_where_an_operand_is_empty(
    code: str, operand: str, language: Language, told: str
) -> None:
    operands = {"system": "S", "hierarchy": "X", "wanted": "X", operand: NOTHING}
    assert message(code, operands, language).short == told
    assert message(code, operands | {operand: "X"}, language).short != told


def test_a_word_where_an_operand_is_empty_and_only_there() -> None:
    for value, told in ((NOTHING, "niets"), ("-", "-"), ("1.2.3", "1.2.3")):
        assert message("system.key_usage.signing", {"system": "S", "found": value}, "nl").message.endswith(f": {told}.")


def test_every_rule_has_title_message_and_remedy() -> None:
    from pkitools.rulebook import all_rules

    for rule in all_rules():
        for language in LANGUAGES:
            rendered = message(rule.code, {}, language)
            assert rendered.title != rule.code, (rule.code, language)
            assert rendered.message, (rule.code, language)
            assert rendered.remedy, (rule.code, language)


# -- the library names no option and no command; the command line names those there are -----------------------------


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)


def strings_of(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


@pytest.mark.slow
def test_no_sentence_of_the_library_names_an_option_or_a_command() -> None:
    """Messages, what systems and profiles and prefixes say, the register of documents, and what stands in the code."""
    data = {path: texts_in(tomllib.loads(path.read_text(encoding="utf-8"))) for path in LIBRARY.rglob("*.toml")}
    assert {path.parent.parent.name for path in data} >= {"messages", "systems", "profiles", "oin"}
    code = {path: strings_of(path) for path in LIBRARY.rglob("*.py")}
    found = [
        (str(path.relative_to(LIBRARY)), text)
        for path, texts in (*data.items(), *code.items())
        for text in texts
        if words(text) and path.name != "forms.toml"  # what other programs are told: their options, not ours
    ]
    assert not found


OTHER_PROGRAMS = re.compile(r"\b(?:openssl|keytool|certtool|curl|certutil) (?:-|[a-z0-9]+ -)")

READ_HERE = re.compile(r"\b(?:HTTPS|NO)_PROXY\b")
"""Settings that only the command line reads: for who uses the library they are an argument."""


def test_no_sentence_of_the_library_gives_a_command_of_another_program() -> None:
    """It stands with the command line, whose reader has a prompt to type it at."""
    wrong = [
        (language, name, code)
        for root, name in NAMES
        if root == "library"
        for language in LANGUAGES
        for code, entry in load(root, language, name).items()
        for text in texts_in(entry)
        if OTHER_PROGRAMS.search(text)
    ]
    assert wrong == []
    assert OTHER_PROGRAMS.search("Encrypt it again: openssl pkcs8 -topk8.")
    assert OTHER_PROGRAMS.search("Convert it with keytool -importkeystore.")


def test_a_file_that_a_sentence_names_comes_with_the_package() -> None:
    """``pkitools/templates/…`` is ``docs/templates/…`` in the source: tests/house/test_packaging.py."""
    named = {
        path
        for root, name in NAMES
        if root == "library"
        for language in LANGUAGES
        for entry in load(root, language, name).values()
        for text in texts_in(entry)
        for path in re.findall(r"pkitools/templates(?:/[a-z]+\.toml)?", text)
    }
    assert named == {"pkitools/templates", "pkitools/templates/system.toml"}
    for path in named:
        assert (LIBRARY.parent / path.replace("pkitools", "docs", 1)).exists()


@in_one_test
@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Geef het op met --entity-id.", ["--entity-id"]),
        ("Not asked: the network is off (--offline).", ["--offline"]),
        ("Zie: `pkitools systems show`.", ["systems show"]),
        ("The request itself is for csr check.", ["csr check"]),
        ("See: pkitools rules frobnicate", ["rules frobnicate"]),
        ("pkitools oin derive --kvk {number}, or --ura for a care provider.", ["oin derive", "--kvk", "--ura"]),
        ("Nothing pkitools knows; a name as in xn--caf-dma.nl, in its xn---vorm, after -----BEGIN.", []),
    ],
)
def test_what_a_sentence_names_is_seen(sentence: str, named: list[str]) -> None:
    assert words(sentence) == named


@in_one_test
@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("Give it with --entity-id.", []),
        ("Give it with --entity-id, or see pkitools systems show.", []),
        ("Give it with --entityid.", ["--entityid"]),
        ("See: pkitools oin tell", ["oin tell"]),
        ("pkitools oin derive --entity-id {number}", ["oin derive --entity-id"]),
        ("pkitools csr create --kvk, then cert check --for, or --dns", ["cert check --dns"]),
    ],
)
def test_what_does_not_exist_is_seen(sentence: str, wrong: list[str]) -> None:
    assert list(unknown(sentence)) == wrong


@in_one_test
@pytest.mark.parametrize(
    ("sentence", "commands"),
    [
        ("See: pkitools systems list.", ["pkitools systems list"]),
        ("Why is told by pkitools status.", ["pkitools status"]),
        ("pkitools init DIR --out connections.toml.", ["pkitools init DIR --out connections.toml"]),
        (
            "All of it: pkitools cert check FILE -e ENVIRONMENT. Then again.",
            ["pkitools cert check FILE -e ENVIRONMENT"],
        ),
        ("Install it with: pip install 'pkitools-nl[{extra}]'.", ["pip install 'pkitools-nl[{extra}]'"]),
        (
            "For instance: openssl pkcs8 -topk8 -v2 aes256 -iter 600000.",
            ["openssl pkcs8 -topk8 -v2 aes256 -iter 600000"],
        ),
        ("Make it again with openssl pkcs12 -export.", ["openssl pkcs12 -export"]),
        ("See: pkitools systems list", []),
        ("See `pkitools systems list`.", []),
        ("pkitools oin derive makes the OIN.", []),
        ("pkitools init DIR --out connections.toml", []),
        ("That pkitools did not expect.", []),
    ],
)
def test_a_full_stop_behind_a_command_is_seen(sentence: str, commands: list[str]) -> None:
    assert stopped(sentence) == commands


def test_no_full_stop_follows_a_command() -> None:
    """It would be copied along, and be part of the last word: a file ``connections.toml.``, an extra not there is."""
    found = [
        (language, name, key, command)
        for root, name in NAMES
        for language in LANGUAGES
        for key, entry in load(root, language, name).items()
        for text in texts_in(entry)
        for command in stopped(text)
    ]
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remedy_of_the_command_line_stands_for_one_of_the_library(language: str) -> None:
    for code, text in load("command line", language, "remedies.toml").items():
        of, dot, variant = code.rpartition(".without_")  # what the library says where an operand is empty
        entry = template(of or code, "en")
        assert entry.get(f"remedy{dot.replace('.', '_')}{variant}" if of else "remedy"), code
        operands = {field for part in entry.values() for field in placeholders(part)}
        assert isinstance(text, str)
        assert placeholders(text) <= operands | OWN_OPERANDS, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_remedy_of_the_command_line_names_an_option_or_a_command(language: str) -> None:
    remedies = load("command line", language, "remedies.toml")
    assert not [
        code
        for code, text in remedies.items()
        if not words(str(text)) and not OTHER_PROGRAMS.search(str(text)) and not READ_HERE.search(str(text))
    ]


def test_both_languages_name_the_same_options_and_commands() -> None:
    for name in [name for root, name in NAMES if root == "command line"]:
        english, dutch = load("command line", "en", name), load("command line", "nl", name)
        for key, text in english.items():
            assert sorted(words(str(text))) == sorted(words(str(dutch[key]))), key


def test_every_text_of_the_command_line_names_only_options_and_commands_there_are() -> None:
    found = [
        (name, key, wrong)
        for root, name in NAMES
        if root == "command line"
        for language in LANGUAGES
        for key, text in load(root, language, name).items()
        for wrong in unknown(str(text))
    ]
    assert not found


def test_the_command_lines_remedies_render_in_full() -> None:
    for language in LANGUAGES:
        for code, text in load("command line", language, "remedies.toml").items():
            operands = dict.fromkeys(placeholders(str(text)), "\x1bX")
            remedy = message(code, operands, language, remedy_text).remedy
            assert "{" not in remedy, code
            assert "\x1b" not in remedy, code
            assert remedy != message(code, operands, language).remedy, code
