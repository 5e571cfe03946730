"""What ``csr create`` asks at a terminal: each answer is held to what it is for before the next question comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from pkitools.messages import LANGUAGES
from pkitools_cli.commands.csr import asking
from pkitools_cli.i18n import set_language
from tests.support.command import Command, Ran
from tests.support.requests import pooled_key

OIN = "00000003273229750000"
RIGHT = {
    "for": "digid-machtigen",
    "environment": "production",
    "tsp": "kpn",
    "oin": OIN,
    "organization": "Gemeente Voorbeeld",
    "common_name": "api.example.nl",
    "locality": "Utrecht",
    "province": "Utrecht",
    "out": "x",
}
QUESTIONS = list(RIGHT)
Ask = Callable[..., tuple[Ran, list[str]]]


@pytest.fixture
def ask(run: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ask:
    """``csr create`` with somebody at the terminal who gives these answers; and what was asked, by the word for it."""
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    Path("folder").mkdir()
    monkeypatch.setattr("pkitools.requests.making.generate_key", pooled_key)
    monkeypatch.setattr("pkitools_cli.commands.csr.ordering.can_ask", lambda: True)

    def call(answers: dict[str, list[str]], *options: str, lang: str = "en") -> tuple[Ran, list[str]]:
        asked: list[str] = []
        waiting: dict[str, Iterator[str]] = {word: iter(given) for word, given in answers.items()}

        def prompt(text: str, **_: object) -> str:
            word = text.key.rpartition(".")[2]  # type: ignore[attr-defined]  # a Sentence
            asked.append(word)
            return next(waiting[word])

        monkeypatch.setattr(click, "prompt", prompt)
        return run("--lang", lang, "csr", "create", "--no-passphrase", *options), asked

    return call


WRONG: list[tuple[str, str, str]] = [
    ("for", "digid-machtig", "digid-machtigen"),
    ("for", "", "An answer is needed here"),
    ("environment", "somewhere", "preproduction"),
    ("tsp", "nobody", "nobody"),
    ("oin", "", "KvK number of the organisation"),
    ("oin", "1822477348000", "00000001822477348000"),
    ("oin", "123", "oin derive"),
    ("oin", "27322975", OIN),
    ("oin", "00000099ABCDEFGH0000", "production"),
    ("organization", "", "An answer is needed here"),
    ("organization", "x" * 65, "64"),
    ("common_name", "", "An answer is needed here"),
    ("common_name", "https://digid.example.nl", "https://digid.example.nl"),
    ("common_name", "digid voorbeeld", "digid voorbeeld"),
    ("common_name", "api.example.nl:443", "443"),
    ("common_name", "10.0.0.1", "10.0.0.1"),
    ("common_name", "a_b.example.nl", "a_b"),
    ("locality", "x" * 129, "128"),
    ("province", "x" * 129, "128"),
    ("out", "folder", "folder/"),
    ("out", "folder/", "folder/"),
]


@pytest.mark.slow
def test_a_wrong_answer_is_told_of_at_its_question_and_asked_again(ask: Ask) -> None:
    for number, (word, wrong, told) in enumerate(WRONG):
        answers = {each: [right] for each, right in RIGHT.items()}
        answers["out"] = [f"x{number}"]
        answers[word] = [wrong, *answers[word]]
        ran, asked = ask(answers)
        assert ran.code == 0, (word, wrong, ran.err)
        at = QUESTIONS.index(word)
        assert asked == [*QUESTIONS[:at], word, *QUESTIONS[at:]], (word, wrong)
        assert told in ran.err, (word, wrong, ran.err)


@pytest.mark.slow
def test_what_was_given_is_not_asked_and_what_a_profile_needs_is(ask: Ask) -> None:
    answers = {each: [right] for each, right in RIGHT.items()}
    ran, asked = ask(answers, "--profile", "g4-tls", "-e", "production", "--organization", "Gemeente")
    assert (ran.code, asked) == (0, ["oin", "common_name", "out"])
    ran, asked = ask({**answers, "out": ["y"]}, "--self-signed", "-e", "preproduction")
    assert (ran.code, asked) == (0, ["for", "oin", "organization", "common_name", "out"])


@pytest.mark.slow
def test_who_may_sign_himself_hears_it_before_a_tsp_is_asked_for(ask: Ask) -> None:
    for environment, system, offered in (
        ("preproduction", "digid-machtigen", True),
        ("production", "digid-machtigen", False),
        ("preproduction", "eherkenning", False),
    ):
        answers = {**{each: [right] for each, right in RIGHT.items()}, "out": [f"{system}-{environment}"]}
        ran, _ = ask({**answers, "for": [system], "environment": [environment]})
        assert ran.code == 0, ran.err
        assert ("--self-signed" in ran.err) is offered, (system, environment)
        assert ("--self-signed" in ran.told) is offered, (system, environment)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("columns", [40, 80])
def test_no_question_is_wider_than_the_terminal(columns: int, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for an answer: what is typed begins on the row of the question's end."""
    monkeypatch.setenv("COLUMNS", str(columns))
    set_language(language)
    asked: list[str] = []

    def prompt(text: str, *, prompt_suffix: str = ": ", default: str, show_default: bool, **_: object) -> str:
        asked.append(text + (f" [{default}]" if show_default else "") + prompt_suffix)
        return default

    monkeypatch.setattr(click, "prompt", prompt)
    assert [asking._prompt(word, "api" if word == "out" else "") for word in QUESTIONS][-1] == "api"
    assert all(text.endswith(": ") for text in asked)
    assert [row for text in asked for row in text.splitlines() if len(row.rstrip()) > columns] == []
