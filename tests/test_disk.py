"""What stands in for waiting for a disk refuses what that refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import disk


def test_it_stands_in_and_what_is_not_open_is_refused(tmp_path: Path) -> None:
    assert os.fsync is disk.fsync
    with (tmp_path / "a").open("wb") as file:
        for flush in (disk.fsync, disk.flushed):
            flush(file)
            flush(file.fileno())
        closed = file.fileno()
    for flush in (disk.fsync, disk.flushed):
        with pytest.raises(OSError, match="Bad file descriptor"):
            flush(closed)


def test_pytest_makes_no_link_to_the_newest_folder(tmp_path: Path) -> None:
    assert tmp_path.is_dir()
    assert not [each for each in tmp_path.parent.iterdir() if each.is_symlink()]
