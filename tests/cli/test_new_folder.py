"""A folder that `files` names and that is not made yet: the new key goes there, and the next status sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.connections.support import connection, written
from tests.support.cases import in_one_test
from tests.support.command import Command

AT = ("--moment", "2026-11-22T12:00:00Z")


@in_one_test
@pytest.mark.parametrize("live", ["2026-11-20", "2026-12-20", "2027-06-15"])
@pytest.mark.parametrize("is_made", [False, True])
@pytest.mark.parametrize("entry", ["certs/fsc/", "certs/fsc", "fsc"])
def test_a_key_goes_into_the_folder_that_is_named(
    run: Command, tmp_path: Path, monkeypatch: Any, entry: str, live: str, *, is_made: bool
) -> None:
    """Once for each connection, also where the day of going live has passed."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / entry
    if is_made:
        folder.mkdir(parents=True)
    written(tmp_path, connection(files=f'["{entry}"]', live=live))
    told = run("--lang", "en", "status", *AT).told.replace(" \\ ", " ")
    assert told.count("pkitools csr create") == 1
    assert f"--out {entry.rstrip('/')}/digid-machtigen-preproduction" in told
    assert (f"Make the folder {entry.rstrip('/')} first." in told) is not is_made
    assert "files of this connection" not in told
