"""Our dataclasses are those of the standard library in all but what they cost to declare: each class both ways."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import itertools
import operator
import pickle
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from pkitools import frozen
from tests.support.cases import in_one_test

pytestmark = pytest.mark.slow

ARGUMENTS = [
    dict(zip(("frozen", "slots", "eq", "order", "kw_only"), chosen, strict=True))
    for chosen in itertools.product((False, True), repeat=5)
    if chosen[2] or not chosen[3]  # an order asks for equality
]
BODIES = {
    "plain": "a: int\n    b: str",
    "none": "pass",
    "one": "a: float",
    "defaults": "a: int\n    b: str = 'x'\n    c: tuple[int, ...] = ()",
    "fields": (
        "a: int\n    b: bytes = field(repr=False)\n    c: list[int] = field(default_factory=list, hash=False)\n"
        "    d: int = field(default=3, compare=False)\n    e: int = field(default=4, init=False)\n"
        "    f: dict[str, int] = field(default_factory=dict, init=False, compare=False)"
    ),
    "after": "a: int\n    def __post_init__(self) -> None:\n        object.__setattr__(self, 'a', self.a + 1)",
    "by hand": (
        "a: int\n    def __repr__(self) -> str:\n        return 'shown'\n"
        "    def __eq__(self, other: object) -> bool:\n        return True\n"
    ),
    "hashed by hand": "a: int\n    def __hash__(self) -> int:\n        return 7",
}
GIVEN: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((2, b"y"), {}),
    ((2, b"y", (1,)), {}),
    ((), {"a": 1}),
    ((), {"a": 2, "b": b"y"}),
    ((), {"a": 2, "b": b"y", "c": (1,), "d": 9}),
    ((1,), {"a": 1}),
    ((1, 2, 3, 4, 5, 6), {}),
    ((), {"a": 1, "unknown": 2}),
    ((float("nan"), 1), {}),
    ((), {"a": float("nan")}),
]


def declared(library: types.ModuleType, body: str, arguments: dict[str, bool], *, heir: bool = False) -> type:
    """Return a class with this body, as the library declares it, where pickle finds it."""
    module = types.ModuleType("declared_here")
    sys.modules[module.__name__] = module
    for name in ("dataclass", "field"):
        setattr(module, name, getattr(library, name))
    text = f"from __future__ import annotations\n@dataclass(**arguments)\nclass Made:\n    'Of a test.'\n    {body}\n"
    if heir:
        text += "Base = Made\n@dataclass(**arguments)\nclass Made(Base):\n    'Of it.'\n    z: int = 1\n"
    exec(text, {**vars(module), "arguments": arguments, "__name__": module.__name__}, vars(module))
    made: type = vars(module)["Made"]
    return made


def tried(ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what is answered, or the kind of error and what it says of whom."""
    try:
        return ask(*args, **kwargs)
    except Exception as error:
        return type(error), str(error)


def told(cls: type) -> dict[str, Any]:
    """Return all that can be asked of a class and of what is made of it."""
    made = [one for args, kwargs in GIVEN if isinstance(one := tried(cls, *args, **kwargs), cls)]
    fields = dataclasses.fields(cls)
    return {
        "made": [repr(tried(cls, *args, **kwargs)) for args, kwargs in GIVEN],
        "values": [[(f.name, repr(getattr(one, f.name))) for f in fields] for one in made],
        "equal": [[tried(operator.eq, a, b) for b in (*made, 1)] for a in made],
        "ordered": [[tried(op, a, b) for b in made] for a in made for op in ORDER],
        "hash": [tried(same_hash, one) for one in made],
        "signature": tried(lambda: str(inspect.signature(cls))),
        "annotations": inspect.get_annotations(cls.__init__),
        # with slots the library's own refusal of a name that is no field fails, which is a refusal as well
        "refused": [[tried(ask, copy.copy(one)) is None for ask in CHANGES] for one in made],
        "pickled": [repr(pickle.loads(pickle.dumps(one))) for one in made],
        "copied": [repr(copy.deepcopy(one)) for one in made],
        "as a dict": [repr(dataclasses.asdict(one)) for one in made],
        "replaced": [repr(tried(dataclasses.replace, one, a=5)) for one in made],
        "replaced wrongly": [tried(dataclasses.replace, one, unknown=5)[0] for one in made],
        "fields": [(f.name, f.type, f.init, f.repr, f.hash, f.compare, f.kw_only) for f in fields],
        "matched": cls.__match_args__,  # type: ignore[attr-defined]  # every dataclass has it
        "slots": cls.__dict__.get("__slots__"),
        "name": (cls.__qualname__, cls.__doc__, [base.__name__ for base in cls.__mro__]),
        "default": getattr(cls, "b", "absent") == "x",
    }


def same_hash(one: object) -> bool:
    return hash(one) == hash(copy.copy(one))


CHANGES: tuple[Callable[[Any], None], ...] = (
    lambda one: setattr(one, "a", 9),
    lambda one: setattr(one, "unknown", 9),
    lambda one: delattr(one, "a"),
)
ORDER = (operator.lt, operator.le, operator.gt, operator.ge)


@pytest.mark.parametrize("unwritten", [0, 1, 1000])
@pytest.mark.parametrize("heir", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("body", BODIES)
def test_whatever_is_asked_the_answer_is_that_of_the_standard_library(
    body: str, heir: bool, unwritten: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first objects, for which no ``__init__`` is written yet, and of those after them."""
    monkeypatch.setattr(frozen._Init, "left", unwritten)
    for arguments in ARGUMENTS:
        ours = told(declared(frozen, BODIES[body], arguments, heir=heir))
        theirs = told(declared(dataclasses, BODIES[body], arguments, heir=heir))
        for question in theirs:
            assert ours[question] == theirs[question], (arguments, question)


def test_replace_of_ours_takes_what_replace_of_theirs_takes() -> None:
    for library in (frozen, dataclasses):
        made = declared(library, BODIES["defaults"], {"frozen": True, "slots": True})(1, b="y")
        assert repr(frozen.replace(made, a=2)) == "Made(a=2, b='y', c=())"
        if library is frozen or sys.version_info >= (3, 13):  # copy.replace of Python 3.13 calls it
            assert repr(made.__replace__(a=2)) == "Made(a=2, b='y', c=())"
        with pytest.raises(TypeError):
            frozen.replace(made, unknown=1)


def test_what_is_frozen_says_so_as_theirs() -> None:
    for library in (frozen, dataclasses):
        made = declared(library, BODIES["one"], {"frozen": True, "slots": True})(1)
        for change in (CHANGES[0], CHANGES[2]):
            with pytest.raises(dataclasses.FrozenInstanceError, match="field 'a'"):
                change(made)


def test_a_default_that_changes_is_refused_at_once() -> None:
    for library in (frozen, dataclasses):
        with pytest.raises(ValueError, match="default"):
            declared(library, "a: list[int] = []", {})


def test_one_of_theirs_can_inherit_from_one_of_ours() -> None:
    base = declared(frozen, BODIES["plain"], {"frozen": True, "slots": True})
    heir = dataclasses.make_dataclass("Heir", [("c", int, 3)], bases=(base,), frozen=True)
    assert repr(heir(1, b="y")) == "Heir(a=1, b='y', c=3)"


@in_one_test
@pytest.mark.parametrize("objects", [0, 1, 30])
@pytest.mark.parametrize("body", BODIES)
def test_the_signature_is_there_before_any_object_is(body: str, objects: int) -> None:
    """Each Python looks for it in a way of its own: in the class, or in what its __init__ gives to an object."""
    ours, theirs = (declared(library, BODIES[body], {"frozen": True}) for library in (frozen, dataclasses))
    for made in (ours, theirs):
        for _ in range(objects):
            tried(made, 1)
    assert str(inspect.signature(ours)) == str(inspect.signature(theirs))


def test_nothing_is_written_before_it_is_asked_for() -> None:
    """The standard library's own module, and what it writes, is what a command is spared."""
    program = (
        "import sys, builtins\n"
        "from pkitools.frozen import dataclass\n"
        "written = []\n"
        "run = builtins.exec\n"
        "builtins.exec = lambda *given: (written.append(given[0]), run(*given))[1]\n"
        "@dataclass(frozen=True, slots=True, order=True)\n"
        "class Made:\n    a: int\n    b: str = ''\n"
        "assert not written, written\n"
        "one = Made(1)\n"
        "assert not written, written\n"
        "assert len([Made(number) for number in range(100)]) == 100\n"
        "assert len(written) == 1, written\n"
        "assert one == Made(1) and len({one, Made(1)}) == 1 and repr(one)\n"
        "assert len(written) == 3, written\n"
        "assert 'dataclasses' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_is_worked_out_once_is_then_an_attribute() -> None:
    class Number:
        def __init__(self, value: int) -> None:
            self.value, self.asked = value, 0

        @frozen.once
        def double(self) -> int:
            """Twice as much."""
            self.asked += 1
            return 2 * self.value

    one, other = Number(1), Number(2)
    assert [one.double, one.double, other.double, one.double] == [2, 2, 4, 2]
    assert (one.asked, other.asked) == (1, 1)
    assert Number.double.__doc__ == "Twice as much."
    del one.double
    assert (one.double, one.asked) == (2, 2)


def test_of_the_object_that_was_asked_about_last_the_answer_is_kept() -> None:
    asked: list[object] = []

    @frozen.of_the_latest
    def shown(of: object) -> str:
        """Return how it is shown."""
        asked.append(of)
        if of is None:
            raise LookupError("nothing")
        return repr(of)

    one, equal, other = [1], [1], [2]
    assert [shown(of) for of in (one, one, equal, other, other, one)] == ["[1]", "[1]", "[1]", "[2]", "[2]", "[1]"]
    assert asked == [one, equal, other, one]
    for _ in range(2):
        with pytest.raises(LookupError, match="nothing"):
            shown(None)
    assert shown(one) == "[1]"
    assert len(asked) == 6, "what raised is asked again, and puts nothing out of its place"
    assert shown.__doc__ == "Return how it is shown."
