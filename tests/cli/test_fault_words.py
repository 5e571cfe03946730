"""Why nothing came over the network is told in words, with the option that admits what was refused by rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from pkitools.fetching import Fault, Fetched, FetchError, FetchFault, FetchRequest, HttpFetcher, HttpStatus
from pkitools.fetching.issuers import CompletionCode
from pkitools.messages import LANGUAGES, Language, catalogue, fault_in_words
from pkitools.revocation.codes import AttemptCode
from tests.support.certificates import made
from tests.support.command import Command
from tests.support.shared import shared

STATUSES = [HttpStatus(number) for number in (301, 400, 401, 403, 404, 410, 418, 429, 500, 503, 599)]
FAULTS: list[Fault] = [*FetchFault, *STATUSES]
CODES = [*FAULTS, *CompletionCode, *AttemptCode]
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


def details() -> Iterator[str]:
    """What the code that fetches says beside a fault, as far as it is written there."""
    for path in FETCHING.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in {"TransferError", "RefusedURL"}:
                for part in (each for argument in call.args for each in written(argument)):
                    words = part.values[0] if isinstance(part, ast.JoinedStr) else part
                    if isinstance(words, ast.Constant) and isinstance(words.value, str) and words.value.strip(" ,"):
                        yield words.value.strip()


def given(line: str, folder: Path) -> list[str]:
    """The words of a line, with a certificate whose issuer is somewhere, and one of KPN that was valid then."""
    file = folder / "leaf.der"
    file.write_bytes(made("g1-server").der)
    real = shared("samples/certificates/PrivateG1_api.kvk.nl_20210408.chain.pem") if "{real}" in line else ""
    return line.format(file=file, real=real).split()


def written(argument: ast.expr) -> Iterator[ast.expr]:
    if isinstance(argument, ast.IfExp):
        yield from (*written(argument.body), *written(argument.orelse))
    elif isinstance(argument, ast.JoinedStr | ast.Constant):
        yield argument


def test_what_is_said_beside_a_fault_is_dutch_in_dutch() -> None:
    found = set(details())
    assert {"port", "scheme", "leads back or nowhere", "no status line"} <= found
    known = {
        entry["title"] for code, entry in catalogue("en", "fetching").items() if code.startswith("fetching.detail.")
    }
    assert known - {"the total time is used up"} <= found, "what nobody says needs no words"  # that, revocation says
    same = {"TLS", "Content-Length"}  # names
    for detail in found - same:
        english, dutch = (fault_in_words("dns", f"{detail} 7", language) for language in ("en", "nl"))
        assert english.endswith(f"({detail} 7)")
        assert not dutch.endswith(f"({detail} 7)"), detail


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
REFUSED = {"--allow-net": "address 10.0.0.7", "--allow-port": "port 8080"}


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
