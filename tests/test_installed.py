"""What stands in for looking through the installed packages says what that says."""

from __future__ import annotations

from pathlib import Path

from pkitools.rules.own import presence
from tests.support import installed


def test_it_stands_in_and_says_the_same_of_every_place_that_packages_are_in() -> None:
    assert presence._may_name_us is installed.may_name_us
    assert installed._INSTALLED
    for place in installed._INSTALLED:
        assert installed.may_name_us(place) == installed.looked(place)


def test_any_other_place_is_looked_at_each_time(tmp_path: Path) -> None:
    assert not installed.may_name_us(str(tmp_path))
    (tmp_path / "ours-1.dist-info").mkdir()
    (tmp_path / "ours-1.dist-info" / "entry_points.txt").write_text("[pkitools.rules]\nours = ours:BOOK\n")
    assert installed.may_name_us(str(tmp_path))
