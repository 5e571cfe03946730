"""What is read is not written over by a report, in whatever command, option and spelling."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click
import pytest

from pkitools_cli.framework import names_files
from pkitools_cli.main import cli
from tests.support.cases import in_one_test
from tests.support.command import Command, every_command


def _found(path: tuple[str, ...]) -> click.Command:
    command: Any = cli
    for name in path:
        command = command.get_command(click.Context(command), name)
    return command  # type: ignore[no-any-return]  # of groups, whose commands are not typed


WITH_REPORT: Final = [
    (path, param)
    for path in every_command()
    for every in [_found(path).params]
    if any("--report" in param.opts for param in every)
    for param in every
    if names_files(param) and not {"--report", "--since", "--out", "--cache", "--snapshot"} & set(param.opts)
]


def test_it_is_asked_of_every_command_with_a_report() -> None:
    assert {path for path, _ in WITH_REPORT} >= {("scan",), ("plan",), ("status",), ("cert", "check")}


@in_one_test
@pytest.mark.parametrize(
    ("path", "param"), WITH_REPORT, ids=lambda each: " ".join(each) if isinstance(each, tuple) else each.name
)
@pytest.mark.parametrize("spelling", ["{0}/in.html", "{0}/../{1}/in.html", "in.html", "link.html"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_report_is_written_over_nothing_that_is_read(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...], param: click.Parameter,
    spelling: str, *, is_first: bool,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.html").write_bytes(b"mine")
    (tmp_path / "link.html").symlink_to("in.html")
    report = ["--report", spelling.format(tmp_path, tmp_path.name), "--force"]
    given = ["in.html"] if isinstance(param, click.Argument) else [max(param.opts, key=len), "in.html"]
    needed = ["-e", "preproduction", "other.pem"] if path == ("cert", "check") else []
    ran = run(*path, *needed, *(report + given if is_first else given + report))
    assert ran.code == 2
    assert "is read as well" in " ".join(ran.err.split())
    assert (tmp_path / "in.html").read_bytes() == b"mine"
