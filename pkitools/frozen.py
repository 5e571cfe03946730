"""What does not change: a mapping, dataclasses that cost little to declare, what is worked out once.

:class:`Frozen`, unlike :class:`types.MappingProxyType`, can be pickled and copied.

Of a dataclass the standard library writes, compiles and runs six methods when it is imported, and makes the class
twice where it has slots: a millisecond each, for which a command with a hundred of them makes everybody wait. Here a
method is written when it is first asked for, which of most classes a command never does. To a type checker these are
dataclasses of the standard library, and :func:`dataclasses.fields`, ``replace`` and ``asdict`` take them as such. What
is not taken (``InitVar``, ``ClassVar``, ``match_args=False`` …) is not used.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial, wraps
from types import FunctionType, MemberDescriptorType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias, TypeVar, cast

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)

_PARTS: Final = "__frozen_parts__"


class Frozen(Mapping[K, V_co]):
    """The entries of another mapping, as they were when it was made. Equal to any mapping with the same entries."""

    __slots__ = ("_held",)

    def __init__(self, entries: Mapping[K, V_co]) -> None:
        self._held = dict(entries)

    def __getitem__(self, key: K) -> V_co:
        return self._held[key]

    def get(self, key: K, default: Any = None) -> Any:
        """Return what is under a key, as a dict does: by what a Mapping has it takes two calls of Python."""
        return self._held.get(key, default)

    def __iter__(self) -> Iterator[K]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return repr(self._held)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self._held,)


class _Nothing:
    """Where a field has no default, and where none is given."""

    def __repr__(self) -> str:
        return "<factory>"  # as signatures show it


_NOTHING: Final = _Nothing()


if TYPE_CHECKING:
    from functools import cached_property

    once = cached_property
else:

    class once:  # noqa: N801  it is written as property and cached_property are
        """:class:`functools.cached_property` without the lock that it has before Python 3.12.

        For objects of which a check makes many: the lock takes longer than most of their properties, and where two
        threads ask one object they find the same.
        """

        def __init__(self, work):
            self._work, self.__doc__ = work, work.__doc__

        def __set_name__(self, owner, name):
            self._name = name

        def __get__(self, made, owner=None):
            if made is None:
                return self
            found = made.__dict__[self._name] = self._work(made)
            return found


def of_the_latest(work: Callable[[T], R]) -> Callable[[T], R]:
    """Make a function remember what it returned of the object it was asked about last, one that does not change.

    For what several ask about a certificate, one after the other. It goes by the very object, so that none is hashed.
    """
    latest: tuple[object, Any] = _NOTHING, None

    @wraps(work)
    def asked(of: T) -> R:
        nonlocal latest
        known = latest  # once: another thread may set it
        if known[0] is not of:
            known = latest = of, work(of)
        found: R = known[1]
        return found

    return asked


class _Part:
    """One field: what ``dataclasses.field`` takes, with the same meaning. Most say no more than their default."""

    name: str
    type: Any
    keyword: bool
    default: object = _NOTHING
    factory: Callable[[], object] | None = None
    init = repr = compare = True
    hash: bool | None = None

    def __init__(
        self,
        *,
        default: object = _NOTHING,
        default_factory: Callable[[], object] | None = None,
        init: bool = True,
        repr: bool = True,  # noqa: A002  the names of the standard library
        hash: bool | None = None,  # noqa: A002  as the standard library calls it
        compare: bool = True,
    ) -> None:
        self.default, self.factory = default, default_factory
        self.init, self.repr, self.compare = init, repr, compare
        self.hash = hash

    @property
    def optional(self) -> bool:
        """Whether there is something to put where none is given."""
        return self.default is not _NOTHING or self.factory is not None

    @property
    def instead(self) -> object:
        """What an argument is where none is given."""
        return _NOTHING if self.factory is not None else self.default


Parts: TypeAlias = Mapping[str, _Part]


def _declared(
    cls: type[T] | None = None,
    /,
    *,
    init: bool = True,
    eq: bool = True,
    order: bool = False,
    frozen: bool = False,
    kw_only: bool = False,
    slots: bool = False,
) -> Any:
    """Make a class a dataclass, as :func:`dataclasses.dataclass` does."""
    if cls is None:
        return lambda body: _declared(body, init=init, eq=eq, order=order, frozen=frozen, kw_only=kw_only, slots=slots)
    parts, own = _parts_of(cls, kw_only=kw_only), vars(cls).copy()
    members = _members(parts, init=init, eq=eq, order=order, frozen=frozen, slots=slots)
    for name in members.keys() & own.keys():
        if name != "__hash__" or own[name] is not None:  # Python's own, beside an __eq__
            del members[name]
    return _with_slots(cls, parts, own | members) if slots else _without_slots(cls, parts, members)


def _parts_of(cls: type, *, kw_only: bool) -> dict[str, _Part]:
    """Return the fields that a class inherits and those it names itself, in that order."""
    own = vars(cls)
    parts = {name: part for base in cls.__mro__[-2:0:-1] for name, part in vars(base).get(_PARTS, {}).items()}
    for name, annotation in cls.__annotations__.items():
        given = own.get(name, _NOTHING)
        part = given if given.__class__ is _Part else _Part.__new__(_Part)
        if part is not given and given is not _NOTHING:
            part.default = given
        if part.default.__class__.__hash__ is None:
            raise ValueError("a default that changes would be shared: give a default_factory")
        part.name, part.type, part.keyword = name, annotation, kw_only
        parts[name] = part
    return parts


def _with_slots(cls: type[T], parts: Parts, body: dict[str, Any]) -> type[T]:
    """Return the class made anew: where the values of its objects stand is decided when a class is made.

    It is made with its members in it: Python looks through its own slots for each that is set afterwards.
    """
    inherited = {slot for base in cls.__mro__[1:-1] for slot in vars(base).get("__slots__", ())}
    for name in ("__dict__", "__weakref__", *parts):
        body.pop(name, None)
    body["__slots__"] = tuple([name for name in parts if name not in inherited])
    body["__qualname__"] = cls.__qualname__
    maker: Any = type(cls)
    made: type[T] = maker(cls.__name__, cls.__bases__, body)
    return made


def _without_slots(cls: type[T], parts: Parts, members: Mapping[str, object]) -> type[T]:
    """Return the class itself, with the default of each field in the place of what was said of it."""
    for name, part in parts.items():
        if vars(cls).get(name) is part:
            if part.default is _NOTHING:
                delattr(cls, name)
            else:
                setattr(cls, name, part.default)
    for name, value in members.items():
        setattr(cls, name, value)
        if isinstance(value, _Written):
            value.__set_name__(cls, name)
    return cls


def _members(parts: Parts, *, init: bool, eq: bool, order: bool, frozen: bool, slots: bool) -> dict[str, object]:
    """Return what a class gets that it was not given by hand."""
    members: dict[str, object] = {
        _PARTS: parts,
        "__match_args__": tuple([part.name for part in parts.values() if part.init and not part.keyword]),
        **_OF_ALL,
    }
    if init:
        members["__init__"] = _Init()
    if eq:
        members["__eq__"] = _Comparison()
        members["__hash__"] = _Hash() if frozen else None
    if order:
        members |= {name: _Comparison() for name in _SIGNS if name != "__eq__"}
    if frozen:
        members |= _OF_FROZEN
        members |= _OF_FROZEN_SLOTS if slots else {}
    return members


_SIGNS: Final = {"__eq__": "==", "__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _shown(self: Any) -> str:
    parts: Parts = getattr(self, _PARTS)
    told = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in parts.values() if part.repr)
    return f"{self.__class__.__qualname__}({told})"


def _refuse_set(self: Any, name: str, _value: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: Any, name: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in getattr(self, _PARTS)]


def _put_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(getattr(self, _PARTS), state, strict=True):
        object.__setattr__(self, name, value)


class _Written:
    """A method that is written when it is first asked for; it knows by then whose it is, and by what name."""

    cls: type
    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.cls, self.name = owner, name

    def write(self) -> Any:
        """Return the method."""
        raise NotImplementedError

    def __get__(self, made: object, _owner: type | None = None) -> Any:
        method = self.write()
        method.__qualname__ = f"{self.cls.__qualname__}.{self.name}"
        setattr(self.cls, self.name, method)  # from now on it is as if it had stood there
        return method if made is None else method.__get__(made)


class _Init(_Written):
    """The ``__init__`` of a class, which is not written for its first objects: most classes never have more."""

    left = 24
    """Objects; so many take as long as to write it."""
    plan: _Plan | None = None

    def write(self) -> Any:
        return _init(self.cls)

    def __get__(self, made: object, owner: type | None = None) -> Any:
        # Python 3.13 gives inspect.signature() the class in the place of an object
        if self.left == 0 or not isinstance(made, self.cls):
            return super().__get__(made, owner)
        self.left -= 1
        return partial(self._put, made)

    def _put(self, made: Any, /, *given: object, **named: object) -> None:
        plan = self.plan = self.plan or _Plan(self.cls)
        values = {**plan.instead, **named}
        values.update(zip(plan.plain, given, strict=False))
        twice = len(given) > len(plan.plain) or (named and not named.keys().isdisjoint(plan.plain[: len(given)]))
        if twice or values.keys() != plan.taken:
            super().__get__(made)(*given, **named)  # which says what is wrong
            return
        for name, make in plan.made.items():
            if values.get(name, _NOTHING) is _NOTHING:
                values[name] = make()
        _ALL(map(partial(object.__setattr__, made), values, values.values()))  # a loop in C
        if plan.after:
            made.__post_init__()


class _Plan:
    """What to do with the arguments of an ``__init__``."""

    __slots__ = ("after", "instead", "made", "plain", "taken")

    def __init__(self, cls: type) -> None:
        parts: list[_Part] = list(getattr(cls, _PARTS).values())
        self.plain = tuple(part.name for part in parts if part.init and not part.keyword)
        self.taken = {part.name for part in parts if part.init}
        self.instead = {part.name: part.instead for part in parts if part.init and part.optional}
        fixed = {part.name: partial(_same, part.default) for part in parts if not part.init and part.optional}
        self.made = fixed | {part.name: part.factory for part in parts if part.factory is not None}
        self.after = hasattr(cls, "__post_init__")


def _same(value: object) -> object:
    return value


_ALL: Final = deque[None](maxlen=0).extend


def _run(text: str, name: str) -> Any:
    """Return what a text defines: it is of names of fields alone."""
    defined: dict[str, Any] = {}
    exec(text, defined)  # noqa: S102  as the standard library does
    return defined[name]


class _Comparison(_Written):
    """``__eq__``, or one of those of an order."""

    def write(self) -> Any:
        names = [part.name for part in getattr(self.cls, _PARTS).values() if part.compare]
        both = f"{_tuple('self', names)} {_SIGNS[self.name]} {_tuple('other', names)}"
        text = f"def {self.name}(self, other):\n return {both} if {_SAME_CLASS} else NotImplemented"
        return _run(text, self.name)


_SAME_CLASS: Final = "other.__class__ is self.__class__"


class _Hash(_Written):
    """``__hash__`` of one that does not change."""

    def write(self) -> Any:
        parts: Parts = getattr(self.cls, _PARTS)
        names = [part.name for part in parts.values() if (part.compare if part.hash is None else part.hash)]
        return _run(f"def __hash__(self):\n return hash({_tuple('self', names)})", "__hash__")


def _tuple(of: str, names: Iterable[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


# --- __init__: compiled once for all classes whose fields are of the same kinds; each then has its own names in it


def _init(cls: type) -> Any:
    parts: list[_Part] = list(getattr(cls, _PARTS).values())
    way = _way(cls, parts)
    write = _written_init("".join(map(_kind, parts)), way, hasattr(cls, "__post_init__"))
    shared = write(*(_value(cls, parts, name) for name in write.__code__.co_varnames[: write.__code__.co_argcount]))
    taken = sorted((part for part in parts if part.init), key=lambda part: part.keyword)
    code = shared.__code__.replace(co_varnames=("self", *(part.name for part in taken)))
    if way == _SET:
        assigned = [part.name for part in parts if part.init or part.optional]
        code = code.replace(co_names=(*assigned, *code.co_names[len(assigned) :]))
    method = FunctionType(code, vars(sys.modules[cls.__module__]), "__init__", _defaults(taken), shared.__closure__)
    method.__kwdefaults__ = {part.name: part.instead for part in taken if part.keyword and part.optional}
    method.__annotations__ = {part.name: part.type for part in parts if part.init} | {"return": None}
    return method


_SET: Final = "self.n{0} = {1}"
_PUT: Final = "put(self, n{0}, {1})"
_SLOT: Final = "s{0}(self, {1})"  # half the time of object.__setattr__


def _way(cls: type, parts: Iterable[_Part]) -> str:
    """Return how a value is put in its place."""
    if vars(cls).get("__setattr__") is not _refuse_set:
        return _SET
    return _SLOT if all(isinstance(getattr(cls, part.name, None), MemberDescriptorType) for part in parts) else _PUT


def _kind(part: _Part) -> str:
    """Return what a field is to ``__init__``: an argument, or not; in capitals one that is given by name."""
    if part.factory is not None:
        kind = "f" if part.init else "m"
    else:
        kind = "a" if part.init else "d" if part.optional else "-"
    return kind.upper() if part.keyword else kind


_VALUES: Final = {"a": "a{0}", "f": "m{0}() if a{0} is nothing else a{0}", "d": "d{0}", "m": "m{0}()"}


_KNOWN: Final = {_SET: "", _PUT: "n", _SLOT: "s", "a": "", "f": "m", "d": "d", "m": "m", "-": ""}


@cache
def _written_init(kinds: str, way: str, after: bool) -> Any:
    """Return what makes an ``__init__`` of the values it is to know: see :func:`_value`."""
    numbered = list(enumerate(kinds))
    plain = [f"a{number}" for number, kind in numbered if kind in "af"]
    named = [f"a{number}" for number, kind in numbered if kind in "AF"]
    lines = [way.format(at, _VALUES[kind.lower()].format(at)) for at, kind in numbered if kind != "-"]
    body = "\n  ".join([*lines, "self.__post_init__()" if after else "pass"])
    letters = {at: _KNOWN[way] + _KNOWN[kind.lower()] for at, kind in numbered}
    known = ["put", "nothing", *(f"{letter}{at}" for at, each in letters.items() for letter in each)]
    taken = ", ".join(["self", *plain, *(["*"] if named else []), *named])
    return _run(f"def write({', '.join(known)}):\n def __init__({taken}):\n  {body}\n return __init__", "write")


def _value(cls: type, parts: Sequence[_Part], name: str) -> Any:
    """Return what stands for a name in the text of an ``__init__``: a letter, and the number of the field."""
    if name in {"put", "nothing"}:
        return object.__setattr__ if name == "put" else _NOTHING
    part = parts[int(name[1:])]
    match name[0]:
        case "n":
            return part.name
        case "s":
            return getattr(cls, part.name).__set__
        case "m":
            return part.factory
        case _:
            return part.default


def _defaults(taken: Iterable[_Part]) -> tuple[object, ...]:
    plain = [part for part in taken if not part.keyword]
    least = next((number for number, part in enumerate(plain) if part.optional), len(plain))
    if missing := [part.name for part in plain[least:] if not part.optional]:
        raise TypeError(f"non-default argument {missing[0]!r} follows default argument")
    return tuple(part.instead for part in plain[least:])


class _Twin:
    """What the standard library keeps of a dataclass, asked of one with the same fields that it makes itself."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, _made: object, owner: type) -> Any:
        import dataclasses

        cls = next(cls for cls in owner.__mro__ if vars(cls).get(self.name) is self)
        parts: Parts = getattr(cls, _PARTS)
        known = [(part.name, part.type, _standard(part)) for part in parts.values()]
        frozen = getattr(cls, "__setattr__", None) is _refuse_set
        found = getattr(dataclasses.make_dataclass(cls.__name__, known, frozen=frozen), self.name)
        setattr(cls, self.name, found)
        return found


def _standard(part: _Part) -> Any:
    """Return the standard library's own for a field."""
    import dataclasses

    given: dict[str, Any] = {"init": part.init, "repr": part.repr, "hash": part.hash, "compare": part.compare}
    given |= {"kw_only": part.keyword}
    if part.factory is not None:
        given["default_factory"] = part.factory
    elif part.default is not _NOTHING:
        given["default"] = part.default
    return dataclasses.field(**given)


_OF_ALL: Final[Mapping[str, object]] = {
    "__dataclass_fields__": _Twin("__dataclass_fields__"),
    "__dataclass_params__": _Twin("__dataclass_params__"),
    "__repr__": _shown,
    "__replace__": lambda made, /, **changes: _replaced(made, **changes),  # what copy.replace asks, from Python 3.13 on
}
_OF_FROZEN: Final[Mapping[str, object]] = {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
_OF_FROZEN_SLOTS: Final[Mapping[str, object]] = {"__getstate__": _state, "__setstate__": _put_state}


def _replaced(made: T, /, **changes: Any) -> T:
    """Return an object like another, but for these values: as :func:`dataclasses.replace`, of its own as well."""
    parts: Parts | None = getattr(made, _PARTS, None)
    if parts is None:
        import dataclasses

        foreign: Any = made
        return cast("T", dataclasses.replace(foreign, **changes))
    kept = {name: getattr(made, name) for name, part in parts.items() if part.init and name not in changes}
    return made.__class__(**kept, **changes)


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    dataclass, field, replace = _declared, _Part, _replaced

__all__ = ["Frozen", "dataclass", "field", "replace"]
