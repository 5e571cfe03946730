"""What does not change: a mapping, and dataclasses that cost little to declare.

:class:`Frozen`, unlike :class:`types.MappingProxyType`, can be pickled and copied.

Of a dataclass the standard library writes, compiles and runs six methods when it is imported, and makes the class
twice where it has slots: a millisecond each, for which a command with a hundred of them makes everybody wait. Here a
method is written when it is first asked for, which of most classes a command never does. To a type checker these are
dataclasses of the standard library, and :func:`dataclasses.fields`, ``replace`` and ``asdict`` take them as such. What
is not taken (``InitVar``, ``ClassVar``, ``match_args=False`` …) is not used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias, TypeVar, cast

T = TypeVar("T")
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


class _Part:
    """One field: what ``dataclasses.field`` takes, with the same meaning."""

    __slots__ = ("compare", "default", "factory", "hash", "init", "keyword", "name", "repr", "type")
    name: str
    type: Any
    keyword: bool

    def __init__(
        self,
        *,
        default: object = _NOTHING,
        default_factory: Callable[[], object] | None = None,
        init: bool = True,
        repr: bool = True,  # noqa: A002  the names of the standard library
        hash: bool | None = None,  # noqa: A002
        compare: bool = True,
    ) -> None:
        if default.__class__.__hash__ is None:
            raise ValueError("a default that changes would be shared: give a default_factory")
        self.default, self.factory = default, default_factory
        self.init, self.repr, self.compare = init, repr, compare
        self.hash = hash


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
    parts = _parts_of(cls, kw_only=kw_only)
    given = dict(cls.__dict__)
    made = _with_slots(cls, parts) if slots else _without_parts(cls, parts)
    for name, value in _members(made, parts, init=init, eq=eq, order=order, frozen=frozen, slots=slots):
        if name not in given or (name == "__hash__" and given[name] is None):  # Python's own, beside an __eq__
            setattr(made, name, value)
    return made


def _parts_of(cls: type, *, kw_only: bool) -> dict[str, _Part]:
    """Return the fields that a class inherits and those it names itself, in that order."""
    parts = {name: part for base in reversed(cls.__mro__[1:]) for name, part in vars(base).get(_PARTS, {}).items()}
    for name, annotation in cls.__annotations__.items():
        given = vars(cls).get(name, _NOTHING)
        part = given if isinstance(given, _Part) else _Part(default=given)
        part.name, part.type, part.keyword = name, annotation, kw_only
        parts[name] = part
    return parts


def _with_slots(cls: type[T], parts: Parts) -> type[T]:
    """Return the class made anew: where the values of its objects stand is decided when a class is made."""
    inherited = {slot for base in cls.__mro__[1:-1] for slot in vars(base).get("__slots__", ())}
    body = {name: value for name, value in vars(cls).items() if name not in {*parts, "__dict__", "__weakref__"}}
    body["__slots__"] = tuple(name for name in parts if name not in inherited)
    body["__qualname__"] = cls.__qualname__
    maker: Any = type(cls)
    made: type[T] = maker(cls.__name__, cls.__bases__, body)
    return made


def _without_parts(cls: type[T], parts: Parts) -> type[T]:
    """Return the class itself, with the default of each field in the place of what was said of it."""
    for name, part in parts.items():
        if vars(cls).get(name) is part:
            if part.default is _NOTHING:
                delattr(cls, name)
            else:
                setattr(cls, name, part.default)
    return cls


def _members(
    cls: type, parts: Parts, *, init: bool, eq: bool, order: bool, frozen: bool, slots: bool
) -> Iterable[tuple[str, object]]:
    """Yield what a class gets that it was not given by hand."""
    yield _PARTS, parts
    yield "__match_args__", tuple(part.name for part in parts.values() if part.init and not part.keyword)
    yield from ((name, _Twin(cls, name, frozen)) for name in ("__dataclass_fields__", "__dataclass_params__"))
    yield "__repr__", _shown
    if init:
        yield "__init__", _Written(cls, "__init__", _init_text)
    if eq:
        yield "__eq__", _Written(cls, "__eq__", _comparison("=="))
        yield "__hash__", _Written(cls, "__hash__", _hash_text) if frozen else None
    if order:
        yield from ((name, _Written(cls, name, _comparison(sign))) for name, sign in _ORDER.items())
    if frozen:
        yield from (("__setattr__", _refuse_set), ("__delattr__", _refuse_delete))
        yield from ((("__getstate__", _state), ("__setstate__", _put_state)) if slots else ())


_ORDER: Final = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


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
    """A method that is written when it is first asked for.

    Args:
        cls: whose it is.
        name: its name.
        text: gives its text, from the bracket of its arguments on, and the values of the names in it.
    """

    __slots__ = ("cls", "name", "text")

    def __init__(self, cls: type, name: str, text: Callable[[type, dict[str, Any]], str]) -> None:
        self.cls, self.name, self.text = cls, name, text

    def __get__(self, made: object, _owner: type | None = None) -> Any:
        known: dict[str, Any] = {}
        body = f" def {self.name}{self.text(self.cls, known)}"
        text = f"def write({', '.join(known)}):\n{body}\n return {self.name}"
        written: dict[str, Any] = {}
        exec(text, vars(sys.modules[self.cls.__module__]), written)  # noqa: S102  of names of fields alone
        method = written["write"](**known)
        method.__qualname__ = f"{self.cls.__qualname__}.{self.name}"
        if self.name == "__init__":
            parts: Parts = getattr(self.cls, _PARTS)
            method.__annotations__ = {part.name: part.type for part in parts.values() if part.init} | {"return": None}
        setattr(self.cls, self.name, method)  # from now on it is as if it had stood there
        return method if made is None else method.__get__(made)


def _comparison(sign: str) -> Callable[[type, dict[str, Any]], str]:
    def text(cls: type, _known: dict[str, Any]) -> str:
        names = [part.name for part in getattr(cls, _PARTS).values() if part.compare]
        both = f"{_tuple('self', names)} {sign} {_tuple('other', names)}"
        return f"(self, other):\n  return {both} if other.__class__ is self.__class__ else NotImplemented"

    return text


def _hash_text(cls: type, _known: dict[str, Any]) -> str:
    parts: Parts = getattr(cls, _PARTS)
    names = [part.name for part in parts.values() if (part.compare if part.hash is None else part.hash)]
    return f"(self):\n  return hash({_tuple('self', names)})"


def _tuple(of: str, names: Iterable[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


def _init_text(cls: type, known: dict[str, Any]) -> str:
    parts = list(getattr(cls, _PARTS).values())
    known |= {"_nothing": _NOTHING, "_put": object.__setattr__}
    arguments = [_argument(part, known) for part in parts if part.init and not part.keyword]
    keywords = [_argument(part, known) for part in parts if part.init and part.keyword]
    lines = [_assignment(cls, part, known) for part in parts if part.init or _has_default(part)]
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    taken = ", ".join(["self", *arguments, *(["*"] if keywords else []), *keywords])
    return f"({taken}):\n  " + "\n  ".join(lines or ["pass"])


def _has_default(part: _Part) -> bool:
    return part.default is not _NOTHING or part.factory is not None


def _argument(part: _Part, known: dict[str, Any]) -> str:
    if part.factory is not None:
        return f"{part.name}=_nothing"
    if part.default is _NOTHING:
        return part.name
    known[f"_default_{part.name}"] = part.default
    return f"{part.name}=_default_{part.name}"


def _assignment(cls: type, part: _Part, known: dict[str, Any]) -> str:
    """Return the line that puts one value in its place."""
    name, value = part.name, _value(part, known)
    if vars(cls).get("__setattr__") is not _refuse_set:
        return f"self.{name} = {value}"
    place = getattr(cls, name, None)
    if not isinstance(place, MemberDescriptorType):
        return f"_put(self, {name!r}, {value})"
    known[f"_set_{name}"] = place.__set__  # half the time of object.__setattr__
    return f"_set_{name}(self, {value})"


def _value(part: _Part, known: dict[str, Any]) -> str:
    if part.factory is not None:
        known[f"_make_{part.name}"] = part.factory
        made = f"_make_{part.name}()"
        return f"{made} if {part.name} is _nothing else {part.name}" if part.init else made
    if part.init:
        return part.name
    known[f"_default_{part.name}"] = part.default
    return f"_default_{part.name}"


class _Twin:
    """What the standard library keeps of a dataclass, asked of one with the same fields that it makes itself."""

    __slots__ = ("cls", "frozen", "name")

    def __init__(self, cls: type, name: str, frozen: bool) -> None:
        self.cls, self.name, self.frozen = cls, name, frozen

    def __get__(self, _made: object, _owner: type | None = None) -> Any:
        import dataclasses

        parts: Parts = getattr(self.cls, _PARTS)
        known = [(part.name, part.type, _standard(part)) for part in parts.values()]
        found = getattr(dataclasses.make_dataclass(self.cls.__name__, known, frozen=self.frozen), self.name)
        setattr(self.cls, self.name, found)
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
