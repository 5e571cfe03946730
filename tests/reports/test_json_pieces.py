"""A document written as it comes is the text that the standard library makes of the whole."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pkitools.findings import Severity, Status
from pkitools.reports import json_pieces

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*Severity, *Status]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers() | st.booleans() | st.none(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_it_is_the_same_text(document: dict[str, Any], several: list[Any]) -> None:
    whole = json.dumps({**document, "several": several}, indent=2, ensure_ascii=True)
    assert "".join(json_pieces({**document, "several": iter(several)})) == whole
    assert "".join(json_pieces(document)) == json.dumps(document, indent=2, ensure_ascii=True)


def test_nothing_of_a_list_is_held() -> None:
    numbers = iter(range(50))
    pieces = json_pieces({"several": numbers})
    while "1" not in next(pieces):
        pass
    assert next(numbers) == 2
