"""A command returns one value, and every form is made of it; a new form is one module, and serves every command."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import shlex
import typing
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any, TextIO

import click
import pytest

import pkitools_cli
from pkitools_cli import renderers
from pkitools_cli.commands import page
from pkitools_cli.exit_codes import ExitCode
from pkitools_cli.framework import Command as CliCommand
from pkitools_cli.main import cli
from pkitools_cli.renderers import Renderer
from pkitools_cli.reply import Line, Reply
from pkitools_test_pki.keys import elliptic_keys
from pkitools_test_pki.self_signed import self_signed
from tests.cli.test_exit_codes import TABLE
from tests.support.command import Command
from tests.support.command_words import options
from tests.support.page import ToldAtOnce
from tests.support.peers import TLS, listening
from tests.support.schemas import assert_valid
from tests.support.serving import real_time

SOURCE = Path(pkitools_cli.__file__).parent
MODULES = sorted(SOURCE.rglob("*.py"))
COMMANDS = [tuple(name.split()) for name in options()]
GOES_ON = {("test-pki", "serve"), ("page",)}  # each tells its answer itself and then goes on

# one line for each command; those that no table of exit codes has a good one for stand here
LINES = {
    **{name: next((line for code, line in codes.items() if code != 1), "") for name, codes in TABLE.items()},
    "page": "page --no-browser",
    "probe": "probe localhost:{port} --allow-net 127.0.0.0/8",
    "g4 probe": "g4 probe localhost:{port} --allow-net 127.0.0.0/8",
    "oin lookup": "oin lookup 00000003273229750000 --offline --snapshot {out}/none",
    "test-pki revoke": "test-pki revoke {world}/pki {serial}",
    "test-pki broken": "test-pki broken --list",
    "test-pki export": "test-pki export {world}/pki --layout g4-trial --out {out}/exported",
    "test-pki import": "test-pki import {exported} {out}/imported",
}


def command_of(path: tuple[str, ...]) -> click.Command:
    found: click.Command = cli
    for name in path:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), name) or pytest.fail(name)
    return found


@dataclasses.dataclass
class Probe:
    """A form that keeps the answers it was to tell."""

    told: list[Reply[Any]]

    def write(self, reply: Reply[Any], out: TextIO) -> None:
        self.told.append(reply)
        out.write(f"probe of {type(reply.value).__name__}\n")


@pytest.fixture
def probe() -> Iterator[Probe]:
    probe = Probe([])
    renderers.register(Renderer("probe", probe.write))
    assert "probe" in renderers.names()
    yield probe
    del renderers._registered["probe"]


@pytest.fixture
def line(run: Command, world: Path, tmp_path: Path) -> Iterator[Callable[[str], list[str]]]:
    """The words of a command line that works, what it needs being there."""
    needed = ExitStack()

    def words(name: str) -> list[str]:
        text = LINES[name]
        places: dict[str, object] = {"world": world, "out": tmp_path, "issued": tmp_path / "own.chain.pem"}
        if "{serial}" in text or "{issued}" in text:
            csr = ("--csr", world / "request.csr", "--out", tmp_path / "own")
            issued = run("test-pki", "issue", world / "pki", *csr, "--json")
            assert issued.code == 0, issued.err
            places["serial"] = issued.document["serial_number"]
        if "{port}" in text:
            peer = TLS(identity=self_signed(moment=real_time(), keys=elliptic_keys))
            places["port"] = needed.enter_context(listening(peer))
        if "{exported}" in text:
            places["exported"] = tmp_path / "made"
            run("test-pki", "export", world / "pki", "--layout", "g4-trial", "--out", tmp_path / "made")
        return [part.format(**places) for part in shlex.split(text)]

    with needed:
        yield words


def test_a_form_is_known_by_its_module() -> None:
    assert renderers.names() == ("json", "text")
    assert {renderers.renderer(name).name for name in renderers.names()} == {"json", "text"}
    with pytest.raises(KeyError):
        renderers.renderer("papyrus")


@pytest.fixture(autouse=True)
def told_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes on is told to stop as soon as it waits."""
    monkeypatch.setattr(page, "until_told_to_stop", lambda: nullcontext(ToldAtOnce()))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_returns_a_reply(path: tuple[str, ...]) -> None:
    command = command_of(path)
    assert isinstance(command, CliCommand)
    hint = typing.get_type_hints(command.callback)["return"]
    kinds = set(typing.get_args(hint)) if typing.get_origin(hint) is not Reply else {hint}
    assert {typing.get_origin(kind) or kind for kind in kinds} == ({Reply, ExitCode} if path in GOES_ON else {Reply})


@pytest.mark.slow
@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_form_added_serves_every_command(
    capsys: pytest.CaptureFixture[str], probe: Probe, line: Callable[[str], list[str]], path: tuple[str, ...]
) -> None:
    """And text and JSON come from the value it was handed; JSON follows the schema it names."""
    words = line(" ".join(path))
    capsys.readouterr()
    code = cli.main(words, obj="probe", standalone_mode=False)
    (reply,) = probe.told
    assert capsys.readouterr().out == f"probe of {type(reply.value).__name__}\n"
    assert code == reply.exit_code()
    assert [each.text if isinstance(each, Line) else each for each in reply.as_text()]
    document = json.loads(json.dumps(reply.as_document()))
    noun, version = document["schema"].removeprefix("pkitools.").split("/")
    assert next(iter(document)) == "schema"
    assert_valid(document, f"{noun}-{version}")


_MOMENT = re.compile(r"(?<!moment )\b[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")


@pytest.mark.slow
@pytest.mark.parametrize("path", [each for each in COMMANDS if each not in GOES_ON], ids=" ".join)
def test_no_moment_stands_in_a_text_as_programs_write_it(
    run: Command, line: Callable[[str], list[str]], path: tuple[str, ...]
) -> None:
    """People read days; what is there to be typed again, or is the name of a version, stays."""
    ran = run("--lang", "nl", *line(" ".join(path)))
    told = " ".join(ran.out.replace("\\\n", " ").split())
    assert not (found := _MOMENT.search(told)), found


def test_every_form_has_its_flag_on_every_command() -> None:
    forms = {f"--{form}" for form in renderers.names()} - {"--text"}
    assert "--json" in forms
    for path in COMMANDS:
        assert forms <= {option for param in command_of(path).params for option in param.opts}, path


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_options_object_has_exactly_the_options(path: tuple[str, ...]) -> None:
    """Where a command takes its options as one object; mypy sees the rest."""
    command = command_of(path)
    inner = getattr(command.callback, "__wrapped__", None)
    if inner is None:
        return
    (options,) = (hint for name, hint in typing.get_type_hints(inner).items() if name != "return")
    given = {param.name for param in command.params if param.expose_value}
    assert {field.name for field in dataclasses.fields(options)} == given
    assert options.__dataclass_params__.frozen


def nodes(kind: type[ast.AST]) -> Iterator[tuple[str, Any]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}", node


def test_no_parameter_takes_anything_by_name() -> None:
    """``**given: Any`` hides every option from the type checker."""
    takes = [(where, node.args.kwarg.annotation) for where, node in nodes(ast.FunctionDef) if node.args.kwarg]
    assert not [where for where, hint in takes if hint is None or ast.unparse(hint) == "Any"]


@pytest.mark.slow
def test_no_command_knows_a_form() -> None:
    """The JSON of a result is made by the library, as text too, and written by one module."""
    schemas = [where for where, node in nodes(ast.Constant) if re.fullmatch(r"pkitools\.[a-z-]+/v\d+", str(node.value))]
    imports = [where for where, node in nodes(ast.Import) if any(alias.name == "json" for alias in node.names)]
    says = [where for where, node in nodes(ast.Name) if node.id == "say"]
    assert not schemas
    assert not imports  # also how it becomes text is known to the library
    assert {where.partition(":")[0] for where in says} == {"renderers/text.py"}


def test_json_goes_before_nothing_else_that_is_written(run: Command) -> None:
    ran = run("oin", "check", "00000003273229750000", "--json")
    assert ran.out == json.dumps(json.loads(ran.out), indent=2) + "\n"
