"""Why nothing came over the network is told in words, with the option that admits what was refused by rule."""

from __future__ import annotations

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.fetching import Fault, Fetched, FetchError, FetchFault, FetchRequest, HttpFetcher, HttpStatus
from pkitools.fetching.issuers import CompletionCode
from pkitools.messages import LANGUAGES, Detail, Language, fault_in_words
from pkitools.revocation.codes import AttemptCode
from tests.support.cases import in_one_test
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.shared import shared

STATUSES = [HttpStatus(number) for number in (301, 400, 401, 403, 404, 410, 418, 429, 500, 503, 599)]
FAULTS: list[Fault] = [*FetchFault, *STATUSES]
CODES = [*FAULTS, *CompletionCode, *AttemptCode]
# names, which are the same in every language: of a protocol, a header, of codings
WORDS = {"'TLS'", "'Content-Length'", "', '.join(codings)[:100]", "', '.join(transfers)[:100]"}
FETCHING = Path(str(files("pkitools.fetching")))


def names(text: str, code: str) -> bool:
    """Whether a text has the code in it, as a code."""
    return re.search(rf"(?<![\w-]){re.escape(code)}(?![\w-])", text) is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: Language) -> None:
    told = {str(code): fault_in_words(code, "", language) for code in CODES}
    # what is a word in English may stand in a sentence of it
    assert not [code for code, words in told.items() if names(words, code) and (language == "nl" or "-" in code)]
    assert not [code for code, words in told.items() if words == code]
    assert all(status.removeprefix("http-") in told[status] for status in STATUSES)


def given(line: str, folder: Path) -> list[str]:
    """The words of a line, with a certificate whose issuer is somewhere, and one of KPN that was valid then."""
    file = folder / "leaf.der"
    file.write_bytes(made("g1-server").der)
    real = shared("samples/certificates/PrivateG1_api.kvk.nl_20210408.chain.pem") if "{real}" in line else ""
    return line.format(file=file, real=real).split()


def test_no_detail_of_the_code_that_fetches_is_a_sentence_of_its_own() -> None:
    """What is said beside a fault is a value with a code; words alone would be English in Dutch."""
    said = [
        (path.name, ast.unparse(each))
        for path in FETCHING.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "TransferError"
        for each in call.args[1:2]
    ]
    assert len([told for _, told in said if told.startswith("Detail(")]) > 15
    assert {told for _, told in said if told.startswith("'")} == WORDS


class Silent:
    """What is asked gives nothing, for one reason."""

    def __init__(self, fault: Fault, detail: str) -> None:
        self.fault, self.detail = fault, detail

    def fetch(self, request: FetchRequest) -> Fetched:
        raise FetchError(self.fault, request.url, self.detail)


COMMANDS = (
    "oin lookup 00000003273229750000",
    "chain complete {file} --allow-net 10.0.0.0/8",
    "trust update",
    "cert check {real} -e production --moment 2022-01-01T00:00:00Z",
    "cert check {real} -e production --moment 2022-01-01T00:00:00Z --verbose",
)
REFUSED = {
    "--allow-net": Detail("fetching.detail.address", address="10.0.0.7"),
    "--allow-port": Detail("fetching.detail.port", port=8080),
}


@pytest.mark.parametrize("line", COMMANDS)
def test_no_command_tells_a_code(run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    for fault in (*FetchFault, *STATUSES[::4]):
        monkeypatch.setattr(HttpFetcher, "fetch", Silent(fault, "").fetch)
        ran = run("--lang", "nl", *given(line, tmp_path))
        assert ran.code in {1, 10, 11}
        assert fault_in_words(fault, "", "nl") in ran.told + ran.err or not isinstance(fault, FetchFault), (
            fault,
            ran.told,
        )
        without = re.sub(r"https?://\S+|\[[a-z_.]+\]", "", ran.out)
        assert not names(without, fault), (fault, ran.out)


@in_one_test
@pytest.mark.parametrize(
    ("line", "option"),
    [
        *((line, "--allow-net") for line in COMMANDS if not line.endswith("Z")),  # that one tells the reason alone
        *((line, "--allow-port") for line in COMMANDS if "chain" in line or "--verbose" in line),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", [FetchFault.URL, FetchFault.REDIRECT])
def test_what_is_refused_by_rule_names_what_admits_it(
    run: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: FetchFault,
    line: str,
    option: str,
    language: str,
) -> None:
    monkeypatch.setattr(HttpFetcher, "fetch", Silent(fault, REFUSED[option]).fetch)
    ran = run("--lang", language, *given(line, tmp_path))
    assert option in re.sub(r"--allow-net 10.0.0.0/8 \S*leaf|\S*leaf\S* \\?\s*--allow-net 10.0.0.0/8", "", ran.told)
