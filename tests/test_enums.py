"""Our enumerations are those of the standard library in all but what they cost to declare: each one both ways."""

from __future__ import annotations

import copy
import enum
import importlib
import inspect
import operator
import pickle
import pkgutil
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

import pkitools
import pkitools_cli
import pkitools_test_pki
from pkitools import frozen

TEXTS = {
    "plain": "A = 'a'\n    B = 'b'\n    C = 'c d'",
    "none": "pass",
    "one": "ONLY = ''",
    "alias": "A = 'a'\n    ALSO = 'a'\n    B = 'b'",
    "behaviour": (
        "A = 'a'\n    B = 'b'\n    @property\n    def other(self):\n        return self.value * 2\n"
        "    def called(self, times):\n        return self.name * times\n"
        "    def __str__(self):\n        return 'said'\n"
    ),
    "missing": (
        "A = 'a'\n    B = 'b'\n    @classmethod\n    def _missing_(cls, value):\n"
        "        return cls.B if value == 'x' else None\n"
    ),
    "names of methods": "TITLE = 'title'\n    COUNT = 'count'",
}
NUMBERS = {
    "plain": "A = 1\n    B = 20\n    C = 3",
    "nothing": "NOTHING = 0\n    LESS = -1",
    "alias": "A = 1\n    ALSO = 1\n    B = 0",
    "behaviour": "A = 1\n    def __str__(self):\n        return self.name.lower()\n",
}
CASES = [("StrEnum", name, body) for name, body in TEXTS.items()] + [("IntEnum", *each) for each in NUMBERS.items()]
VALUES = ("a", "b", "c d", "x", "", "A", "title", 0, 1, 3, -1, True, 1.0, None, (), [])


def declared(library: types.ModuleType, kind: str, body: str) -> Any:
    """Return an enumeration with this body, of the library's kind, where pickle finds it."""
    module = types.ModuleType("enumerated_here")
    sys.modules[module.__name__] = module
    text = f"class Made({kind}):\n    'Of a test.'\n    {body}\n"
    exec(text, {kind: getattr(library, kind), "__name__": module.__name__}, vars(module))
    return vars(module)["Made"]


def tried(ask: Callable[..., Any], *args: Any) -> str:
    """Return what is answered, or the kind of error and what it says."""
    try:
        return repr(ask(*args))
    except Exception as error:
        return f"{type(error)}: {error}"


def told(cls: Any) -> dict[str, Any]:
    """Return all that can be asked of an enumeration and of its members."""
    members = [*cls]
    return {
        "members": [repr(each) for each in members],
        "all names": [(name, repr(each)) for name, each in cls.__members__.items()],
        "reversed": repr([*reversed(cls)]),
        "length": (len(cls), bool(cls)),
        "class": (repr(cls), cls.__name__, cls.__qualname__, cls.__module__, cls.__doc__, dir(cls)),
        "by value": [tried(cls, value) for value in VALUES],
        "by name": [tried(operator.getitem, cls, name) for name in ("A", "ALSO", "TITLE", "a", "__doc__")],
        "by attribute": [tried(getattr, cls, name) for name in ("A", "ALSO", "lower", "absent", "name", "value")],
        "held": [value in cls for value in (*members, *cls.__members__.values())],
        "refused": [
            tried(setattr, cls, "A", 1),
            tried(delattr, cls, "A"),
            tried(setattr, members[0], "value", 2) if members else "",
            tried(types.new_class, "Heir", (cls,)) if members else "",
        ],
        "of a member": [
            (
                each.name,
                each.value,
                str(each),
                f"{each}",
                f"{each:>5}",
                hash(each),
                type(each).__name__,
                sorted(vars(each)),
            )
            for each in members
        ],
        "compared": [[(a is b, a == b, a != b, a < b, a == b.value) for b in members] for a in members],
        "as its value": [(isinstance(each, str | int), isinstance(each, enum.Enum), each + each) for each in members],
        "sent": [pickle.loads(pickle.dumps(each, way)) is each for each in members for way in range(6)],
        "copied": [copy.deepcopy(each) is each and copy.copy(each) is each for each in members],
        "behaviour": [(tried(getattr, each, "other"), tried(lambda e: e.called(2), each)) for each in members],
        "signature": tried(inspect.signature, cls),
        "directory": [dir(each) for each in members],
    }


@pytest.mark.parametrize(("kind", "name", "body"), CASES, ids=[f"{kind} {name}" for kind, name, _ in CASES])
def test_what_an_enumeration_answers_is_what_the_librarys_does(kind: str, name: str, body: str) -> None:
    ours, plain = told(declared(frozen, kind, body)), told(declared(enum, kind, body))
    assert ours == plain


def every() -> list[Any]:
    """Return the enumerations of the three packages."""
    for package in (pkitools, pkitools_cli, pkitools_test_pki):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return [*frozen.StrEnum.__subclasses__(), *frozen.IntEnum.__subclasses__()]


@pytest.mark.slow
def test_each_enumeration_of_ours_is_what_the_library_makes_of_it() -> None:
    found = [each for each in every() if each.__module__.startswith("pkitools")]
    assert len(found) > 70
    for cls in found:
        kind = enum.StrEnum if issubclass(cls, str) else enum.IntEnum
        twin: Any = kind(cls.__name__, {name: each.value for name, each in cls.__members__.items()})  # type: ignore[arg-type]  # a mapping, which it takes
        assert [(each.name, each.value, each._sort_order_) for each in cls] == [
            (each.name, each.value, each._sort_order_) for each in twin
        ]
        own = {name for name, value in vars(cls).items() if not name.startswith("_") and not callable(value)}
        behaviour = {name for name in own if isinstance(vars(cls)[name], property)}
        assert all(
            map(str.isupper, cls.__members__)
        )  # a name of a method of str the library treats in a way of its own
        assert own - behaviour == {*cls.__members__}, cls  # nothing in the body that was meant as a member was left out
        assert all(vars(each).keys() == vars(next(iter(twin))).keys() for each in cls)
