"""What ``csr create`` asks who is at a terminal: one thing at a time, and each answer is held to what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import click

from pkitools.errors import PkitoolsError
from pkitools.files import is_folder
from pkitools.ordering import Choice, missing
from pkitools.ordering.faults import STAND_INS
from pkitools.ordering.orders import FOR
from pkitools.profiles import get_profile
from pkitools_cli.commands.csr.ordering import TOLD, Wishes, choice_told, chosen_for, planned, self_signed_too
from pkitools_cli.commands.next_steps import free_prefix
from pkitools_cli.i18n import Sentence, lookup, tr
from pkitools_cli.lines import wrapped
from pkitools_cli.options import OINText
from pkitools_cli.output import complain, complain_lines
from pkitools_cli.own_data import system_named, tsp_named
from pkitools_cli.remedies import error_line


def asked(
    wishes: Wishes, prefix: str | None, moment: datetime, *, self_signed: bool, has_key: bool
) -> tuple[Wishes, str]:
    """Ask what is missing, one thing at a time, and say what was chosen before the names are asked.

    Args:
        wishes: what was given.
        prefix: where the files go, where that was given.
        moment: when.
        self_signed: it is not for a TSP.
        has_key: a key was given, so that none is chosen.
    """
    if FOR not in wishes and (self_signed or "profile" not in wishes):
        _ask(wishes, FOR, lambda answer: system_named(answer).name)
    if "environment" not in wishes:
        _ask(wishes, "environment", _environment)
    if FOR in wishes and "tsp" not in wishes and not self_signed:
        _tell_self_signed(wishes, moment)
        _ask_tsp(wishes)
    chosen = chosen_for(wishes, moment)
    if chosen is not None:
        complain_lines(choice_told(chosen.with_given_key() if has_key else chosen))
        click.get_current_context().meta[TOLD] = True
    for word in _wanted(wishes, chosen):
        _ask(wishes, word, lambda answer, word=word: _fitting(wishes, word, answer, moment))  # type: ignore[misc]  # a default binds it
    return wishes, _ask_prefix(wishes) if prefix is None else prefix


def _wanted(wishes: Wishes, chosen: Choice | None) -> tuple[str, ...]:
    """Return what is to be asked of the order itself."""
    if chosen is not None:
        return missing(wishes, chosen)
    needed = ("oin", "organization") if get_profile(wishes["profile"]).serial_number == "oin" else ()
    return tuple(word for word in (*needed, "common_name") if not wishes.get(word))


def _tell_self_signed(wishes: Wishes, moment: datetime) -> None:
    """Tell that nothing has to be ordered where a system takes what one makes oneself."""
    told = self_signed_too(chosen_for(wishes, moment), moment)
    if told is not None:
        complain(told)


def _ask(wishes: Wishes, word: str, read: Callable[[str], str]) -> None:
    """Ask one thing until the answer is one, and keep it."""
    while True:
        answer = _prompt(word, default="")
        if not answer:
            complain(lookup(f"cli.csr.create.empty.{word}") or tr("cli.csr.create.empty"))
            continue
        try:
            wishes[word] = read(answer)
        except PkitoolsError as error:
            complain(error_line(error))
        except click.UsageError as error:
            complain(error.message)
        else:
            return


def _ask_tsp(wishes: Wishes) -> None:
    """Ask who it goes to; nothing is an answer too."""
    while answer := _prompt("tsp", default=""):
        try:
            wishes["tsp"] = tsp_named(answer).name
        except PkitoolsError as error:
            complain(error_line(error))
        else:
            return


def _ask_prefix(wishes: Wishes) -> str:
    while True:
        prefix = _prompt("out", default=free_prefix(wishes["common_name"]))
        if not prefix.endswith("/") and not is_folder(prefix):
            return prefix
        complain(tr("cli.csr.create.prefix", prefix=f"{prefix.rstrip('/')}/"))


def _prompt(word: str, default: str) -> str:
    shown = f" [{default}]" if default else ""
    key = f"cli.csr.create.ask.{word}"
    question = Sentence("\n".join(wrapped(f"{tr(key)}{shown}:", "", whole=True)), key, {})
    answer: str = click.prompt(question, default=default, show_default=False, prompt_suffix=" ", err=True)
    return answer.strip()


def _environment(answer: str) -> str:
    from pkitools.requests.batch import environment_named

    return str(environment_named(answer))


def _fitting(wishes: Mapping[str, Any], word: str, answer: str, moment: datetime) -> str:
    """Return an answer with which the order can be made as far as this answer goes.

    Raises:
        PkitoolsError, UsageError: it cannot, and with another answer to this question it can.
    """
    value = OINText().convert(answer, None, None) if word == "oin" else answer
    known = {
        **{key: STAND_INS[key] for key in ("oin", "organization", "common_name", "locality", "province")},
        **wishes,
    }
    wrong = _refusal({**known, word: value}, moment)
    if wrong is not None:
        other = _refusal({**known, word: STAND_INS[word]}, moment)
        if other is None or other.code != wrong.code:
            raise wrong
    return value


def _refusal(wishes: Mapping[str, Any], moment: datetime) -> PkitoolsError | None:
    try:
        planned(wishes, moment)
    except PkitoolsError as error:
        return error
    return None
