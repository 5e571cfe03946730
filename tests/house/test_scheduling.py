"""What hands out the tests finds each where a list would."""

from __future__ import annotations

import pytest

pytest.importorskip("xdist", reason="pytest-xdist is not installed: nothing is handed out")

from tests.support.scheduling import Collected  # of what may not be there


def test_a_test_is_found_where_a_list_has_it() -> None:
    names = ["a", "b", "a", "c"]
    found = Collected(names)
    assert found == names
    assert [found.index(name) for name in names] == [names.index(name) for name in names]
    assert found.index("a", 1) == names.index("a", 1)
    with pytest.raises(ValueError, match="d"):
        found.index("d")
    with pytest.raises(ValueError, match="not in list"):
        found.index("a", 1, 2)
