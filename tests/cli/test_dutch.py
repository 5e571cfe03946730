"""Dutch output is Dutch: no English words, none of click's own sentences, and TSP introduced where it is first read."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import click
import pytest

import pkitools_cli
from pkitools.explanations import explanations
from pkitools.messages import catalogue
from pkitools.oin.prefixes import prefix_table
from pkitools.rulebook import all_rules, citations
from pkitools.systems import systems
from pkitools.text import abbreviated, introduced
from pkitools_cli import passphrases
from pkitools_cli.i18n import lookup
from tests.cli.test_replies import COMMANDS
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command

pytestmark = pytest.mark.slow

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(pkitools_cli.__file__).parent.rglob("*.py"))
STANDING_FOR_VALUES = {
    word for metavar in re.findall(r'metavar="([^"]+)"', SOURCE) for word in re.findall("[A-Z]{3,}", metavar)
} - {"CODE", "HOST", "OIN", "PREFIX", "PROTOCOL", "SHA", "URI", "URL", "URN"}  # the same in Dutch

# Words that every English sentence has some of, and no Dutch one.
ENGLISH = frozenset(
    [
        "the",
        "and",
        "not",
        "with",
        "for",
        "this",
        "that",
        "are",
        "were",
        "from",
        "which",
        "when",
        "where",
        "who",
        "what",
        "why",
        "how",
        "but",
        "then",
        "than",
        "there",
        "here",
        "file",
        "name",
        "names",
        "certificate",
        "certificates",
        "key",
        "keys",
        "request",
        "requests",
        "none",
        "found",
        "error",
        "warning",
        "step",
        "value",
        "given",
        "no",
        "yes",
        "does",
        "do",
        "did",
        "can",
        "could",
        "may",
        "must",
        "should",
        "shall",
        "will",
        "would",
        "use",
        "used",
        "make",
        "made",
        "only",
        "all",
        "each",
        "other",
        "another",
        "more",
        "most",
        "less",
        "least",
        "before",
        "after",
        "between",
        "without",
        "within",
        "about",
        "into",
        "out",
        "up",
        "down",
        "your",
        "you",
        "it",
        "its",
        "their",
        "they",
        "our",
        "or",
        "by",
        "on",
        "an",
        "usage",
        "options",
        "commands",
        "command",
        "show",
        "exit",
        "chapter",
        "appendix",
        "missing",
        "invalid",
        "unknown",
        "passed",
        "failed",
        "prompt",
        "default",
        "required",
        "repeat",
    ]
)
# Terms of art that Dutch has no other word for, and words of programs: attributes, options, file formats.
TERMS = re.compile(
    r"\b(?:extended key usage|common name|subject alternative names?|Private Other|Certificate Transparency"
    r"|Name van de EntitiesDescriptor|TRUSTED CERTIFICATE"
    r"|MUST|SHOULD|pkitools [a-z-]+ [a-z-]+)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r"""\{[^}]*\}|`[^`]*`|"[^"]*"|'[^']{3,}'|\[\[[^]]*\]\]|--[-a-z]+|\S+\.\S+|\S*[_=/@:]\S+|<[^>]*>""")
ROOT = Path(str(files("pkitools")))


def english_in(text: str) -> list[str]:
    """The English words of a text that stand for themselves: not quoted, no option, no name of a file or field."""
    plain = TERMS.sub("", QUOTED.sub("", text))
    return [word for word in re.findall(r"(?<![-\w])[A-Za-z]+(?![-\w])", plain) if word.lower() in ENGLISH]


@cache
def dutch_texts() -> dict[str, str]:
    """Every Dutch text there is: where it stands → the text as it is shown."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "messages" / "nl").glob("*.toml")):
        for code, entry in catalogue("nl", path.stem).items():
            found |= {f"{code}.{part}": text for part, text in entry.items()}
    for path in sorted((Path(str(files("pkitools_cli"))) / "messages" / "nl").glob("*.toml")):
        for key in tomllib.loads(path.read_text(encoding="utf-8")):
            found[f"cli.{path.stem}.{key}"] = lookup(f"cli.{path.stem}.{key}", "nl") or ""
    for system in systems():
        found[f"{system.name}.about"] = system.about["nl"]
        found |= {f"{system.name}.{number}": each.text["nl"] for number, each in enumerate(system.statements)}
    for each in explanations():
        words = each.words["nl"]
        found[f"explain.{each.code}"] = " ".join((words.meaning, *words.causes, *words.actions))
    for prefix, row in prefix_table().prefixes.items():
        found |= {f"{prefix}.{part}": getattr(row, part)["nl"] for part in ("name", "number", "about")}
    return found


def is_list_of_words(where: str) -> bool:
    """Names that a user types, told one after the other: what a file of expectations may hold, lines to copy."""
    return where.startswith("cli.explain.do.") or where in {
        "cli.cert_check.expect",
        "test_pki.error.no_key.remedy",
        "g4_trial.error.other_name.remedy",
        "cli.csr.create.help",
        "oin.entity_id.certificate.message",  # quotes what DigiD says
    }


def test_no_dutch_text_has_an_english_word() -> None:
    texts = dutch_texts()
    assert len(texts) > 1500
    found = {where: english_in(text) for where, text in texts.items() if not is_list_of_words(where)}
    assert not {where: words for where, words in found.items() if words}


def test_a_passphrase_has_one_word() -> None:
    """Who reads of a `wachtwoord` in one command and a `wachtwoordzin` in the next looks for two things."""
    texts = dutch_texts()
    assert any("wachtwoord" in text for text in texts.values())
    assert not [where for where, text in texts.items() if "wachtwoordzin" in text.lower()]


@in_one_test
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Het bestand is not found.", ["not", "found"]),
        ("bron: none found", ["none", "found"]),
        ("Zie step 2.", ["step"]),
        ("Error: The two entered values do not match.", ["Error", "The", "do", "not"]),
        ('DigiD zegt "does not match" en weigert met --name.', []),
        ("De common name en extended key usage van {name}.", []),
        ("Geef een key.pem of `openssl x509 -in file`.", []),
    ],
)
def test_english_is_seen(text: str, words: list[str]) -> None:
    assert english_in(text) == words


def test_where_something_stands_is_said_in_dutch() -> None:
    """Every source that anything cites: our own words for a place in a document; its own headings are its own."""
    own = re.compile(r"\b(?:step|chapter|section|appendix|table|note|requirements|types|legal person|none|found)\b")
    for _, _, source in citations():
        told = source.text("nl").removeprefix(source.document.title["nl"])
        assert not own.search(told), told
        assert source.text("en") != source.text("nl") or not own.search(source.section)


@in_one_test
@pytest.mark.parametrize("path", list(every_command()), ids=" ".join)
def test_no_help_has_an_english_word(run: Command, path: tuple[str, ...]) -> None:
    ran = run("--lang", "nl", *path, "--help")
    assert ran.code == 0
    lines = ran.out.splitlines()
    # names of commands stand at the beginning of a line; choices between brackets are values to type
    text = " ".join(re.sub(r"^  [a-z][-a-z]*(?=  |$)", "", line) for line in lines)
    text = re.sub(r"\[[a-z0-9|:_ -]+\]|pkitools [a-z -]+", "", text)
    allowed = {"key"} if path == ("cert", "check") else set()  # the key of a TOML file
    assert not [word for word in english_in(text) if word.lower() not in allowed | {"name", "subject"} or "--" in word]
    values = {word for row in ran.lines for word in re.findall(r"(?<![\w-])[A-Z]{3,}", re.split(r"(?<=\S)  +", row)[0])}
    assert not sorted(values & STANDING_FOR_VALUES)


# -- click -------------------------------------------------------------------------------------------------------------


@cache
def of_click() -> tuple[re.Pattern[str], ...]:
    return tuple(marked_by_click())


def marked_by_click() -> Iterator[re.Pattern[str]]:
    """Every sentence that click has marked as its own, by its words: from its source, whatever its version."""
    for path in Path(click.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "ngettext", "gettext"}:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        fixed = max(re.split(r"\{[^}]*\}|[\n]", argument.value), key=len).strip(" .:'\"()")
                        if len(fixed) >= 5:
                            yield re.compile(rf"(?<!\w){re.escape(fixed)}(?!\w)")


WRONG = [
    "nothing", "oin", "oin nothing", "oin check", "oin check --nothing", "oin check --json=1 1", "oin check -e x 1",
    "oin derive --kvk", "cert check x", "cert show --moment x y", "csr create x y", "test-pki crl x --hours 0",
    "test-pki issue x --out y --days z", "oin check 1 --lang nl", "--lang fr", "oin check --json-version 3 1",
    "cert check x -e prod --beside x", "cert check x -e prod --allow-net x", "cert check x -e prod --allow-port 0",
    "cert check x -e prod --revocation x", "test-pki revoke x zz", "test-pki serve x --port 99999",
    "csr create --signature x", "explain", "trust list x", "cert lint",
]  # fmt: skip


@in_one_test
@pytest.mark.parametrize("line", WRONG)
def test_none_of_clicks_own_sentences_is_told(run: Command, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setenv("PKITOOLS_LANG", "nl")
    ran = run(*line.split())
    sentences = of_click()
    assert len(sentences) > 40
    told = ran.out + ran.err
    assert not [sentence.pattern for sentence in sentences if sentence.search(told)]
    assert not english_in(re.sub(r"(?:Kies uit|kies uit|Bedoelt u|Zie|bestaat niet)[^\n]*", "", told))


def test_clicks_sentences_are_in_no_help_either(run: Command) -> None:
    helps = "".join(run("--lang", "nl", *path, "--help").out for path in COMMANDS)
    assert not [sentence.pattern for sentence in of_click() if sentence.search(helps)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "words"), [("nl", "De twee zijn niet gelijk."), ("en", "The two are not the same.")]
)
def test_two_passphrases_that_differ_are_asked_again_in_the_language(
    run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str, words: str
) -> None:
    typed = iter(["geheim-een-twee", "geheim-een-drie", "geheim-een-twee", "geheim-een-twee"])
    monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _prompt: next(typed))
    monkeypatch.setattr("pkitools_cli.commands.csr.writing.can_ask", lambda: True)
    tmp_path.chmod(0o700)
    ran = run(
        "--lang", language, "csr", "create", "--oin", "00000003273229750000", "--organization", "Voorbeeld",
        "--common-name", "a.example.nl", "--profile", "g1-server", "-e", "prod", "--key-type", "rsa:3072",
        "--out", tmp_path / "made",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert words in ran.err
    assert "match" not in ran.err
    assert next(typed, None) is None
    key = (tmp_path / "made.key").read_bytes()
    assert b"ENCRYPTED" in key
    assert passphrases.given_passphrase(None, None) is None


# -- TSP ---------------------------------------------------------------------------------------------------------------


def test_tsp_is_introduced_in_every_dutch_text() -> None:
    """Any of them may be the first that somebody reads."""
    seen = 0
    for where, text in dutch_texts().items():
        first = re.search(r"(?<![\w-])TSP(?![-\w]| CA)", text)
        if first:
            before = text[: first.start()]
            assert before.endswith(("certificaatverstrekker (", "certificaatverstrekkers (")), (where, text)
            seen += 1
    assert seen > 100


@in_one_test
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Vraag uw TSP. De TSP weet het.", "Vraag uw certificaatverstrekker (TSP). De TSP weet het."),
        ("Bij een TSP (KPN, DigiCert).", "Bij een certificaatverstrekker (TSP: KPN, DigiCert)."),
        ("De TSP's van G4.", "De certificaatverstrekkers (TSP's) van G4."),
        ("uw certificaatverstrekker (TSP)", "uw certificaatverstrekker (TSP)"),
        ("G4 TSP CA 2024", "G4 TSP CA 2024"),
        ("TSP-CA", "TSP-CA"),
        ("geen", "geen"),
    ],
)
def test_how_tsp_is_introduced(text: str, told: str) -> None:
    assert introduced(text, "nl") == told
    assert introduced(told, "nl") == told
    assert introduced(text, "en") == text


@in_one_test
@pytest.mark.parametrize(
    ("text", "known", "told"),
    [
        ("uw certificaatverstrekker (TSP), een certificaatverstrekker (TSP)", False,
         "uw certificaatverstrekker (TSP), een TSP"),
        ("Bij een certificaatverstrekker (TSP: KPN, DigiCert).", True, "Bij een TSP (KPN, DigiCert)."),
        ("De certificaatverstrekkers (TSP's) van G4.", True, "De TSP's van G4."),
        ("De certificaatverstrekkers (TSP's) van G4.", False, "De certificaatverstrekkers (TSP's) van G4."),
        ("een certificaatverstrekker", True, "een certificaatverstrekker"),
    ],
)  # fmt: skip
def test_what_was_introduced_above_is_not_introduced_again(text: str, known: bool, told: str) -> None:
    assert abbreviated(text, known=known) == told


INTRODUCED = re.compile(r"certificaatverstrekkers?\s+\(TSP")
TOLD_TWICE = [
    "oin derive --kvk 27322975",
    "oin check 00000003273229750001 27322975",
    "systems show digid-machtigen",
    "systems show uzi",
    "systems list",
    "rules list",
    *(f"rules explain {rule.code}" for rule in all_rules() if rule.code.startswith(("received.", "tsp."))),
]


def test_tsp_is_introduced_once_in_each_output_and_in_json_wherever_it_may_be_read_first(run: Command) -> None:
    introduced_in = 0
    for line in TOLD_TWICE:
        out = run("--lang", "nl", *line.split()).out
        assert len(INTRODUCED.findall(out)) <= 1, line
        first = re.search(r"(?<![\w.-])TSP(?![-\w.]| CA)", out)
        assert first is None or INTRODUCED.match(out, out.rfind("certificaatverstrekker", 0, first.start())), line
        introduced_in += first is not None
    assert introduced_in > 5
    listed = run("rules", "list", "--json").out
    assert len(INTRODUCED.findall(listed)) > 20
