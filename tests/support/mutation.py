"""Mutants of DER: one field of a structure changed, and every length around it made right again.

A byte changed at random is hardly ever read as anything; a field that is there twice, has another tag or is empty is
what readers of DER differ about. :func:`grown` reads a value to a tree, also inside the OCTET STRINGs and BIT STRINGs
that hold DER; :func:`mutant` changes one to three of its fields and writes it again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from pkitools.x509.der import BIT_STRING, BOOLEAN, CONSTRUCTED, INTEGER, NULL, OCTET_STRING, DERError, children, node_at

_TAGS = (*range(0x01, 0x08), 0x0A, 0x0C, *range(0x12, 0x1F), 0x24, 0x2C, 0x30, 0x31, 0x33, *range(0x80, 0x89))
_TAGS_OF_PARTS = (*range(0xA0, 0xA6), 0x40, 0x60, 0x1F)


@dataclass(slots=True)
class Field:
    """One value of a tree: its identifier octet, and its parts or its contents.

    Args:
        tag: identifier octet.
        parts: the values inside; of a string that holds DER the one value in it.
        contents: of what has no parts; of a string that holds DER what stands before it (the unused bits).
        raw: take these octets for the whole value, as they are.
    """

    tag: int
    parts: list[Field] = field(default_factory=list)
    contents: bytes = b""
    raw: bytes | None = None

    def encoded(self) -> bytes:
        """The DER, lengths and all."""
        if self.raw is not None:
            return self.raw
        inside = self.contents + b"".join([part.encoded() for part in self.parts])
        return bytes((self.tag,)) + length(len(inside)) + inside

    def below(self, found: list[tuple[Field, int]]) -> list[tuple[Field, int]]:
        """Add every place in the tree, a value and the number of one of its parts, to those that were found."""
        for number, part in enumerate(self.parts):
            found.append((self, number))
            if part.parts:
                part.below(found)
        return found


def length(size: int) -> bytes:
    """The octets of a length, as DER has them."""
    if size < 0x80:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def grown(data: bytes) -> Field:
    """Return the tree of one DER value."""
    tag, _, start, stop = node_at(data, 0, len(data))
    contents = data[start:stop]
    if tag & CONSTRUCTED:
        return Field(tag, [grown(data[at:end]) for _, at, _, end in children(data, (tag, 0, start, stop))])
    before = b"\x00" if tag == BIT_STRING and contents[:1] == b"\x00" else b""
    if tag == OCTET_STRING or before:
        try:
            inside = grown(contents[len(before) :])
        except (DERError, IndexError):
            return Field(tag, contents=contents)
        if before + inside.encoded() == contents and len(contents) > 2:
            return Field(tag, [inside], before)
    return Field(tag, contents=contents)


def copied(tree: Field) -> Field:
    """Return a tree to change."""
    return Field(tree.tag, [copied(part) for part in tree.parts], tree.contents, tree.raw)


# --- changes of one place: the value above it, its number there, chance, and some other value of the tree ---

Change = Callable[[Field, int, random.Random, Field], None]


def _another_tag(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    above.parts[number].tag = chance.choice(_TAGS if chance.random() < 0.7 else _TAGS_OF_PARTS)


def _constructed_or_not(above: Field, number: int, _chance: random.Random, _other: Field) -> None:
    above.parts[number].tag ^= CONSTRUCTED


def _neighbouring_tag(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    above.parts[number].tag = (above.parts[number].tag + chance.choice((-1, 1))) & 0xFF


def _twice(above: Field, number: int, _chance: random.Random, _other: Field) -> None:
    above.parts.insert(number, copied(above.parts[number]))


def _twice_but_not_the_same(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    _twice(above, number, chance, _other)
    _contents(above, number + chance.randint(0, 1), chance, _other)


def _gone(above: Field, number: int, _chance: random.Random, _other: Field) -> None:
    del above.parts[number]


def _order(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    with_it = chance.randrange(len(above.parts))
    above.parts[number], above.parts[with_it] = above.parts[with_it], above.parts[number]


def _other_value(above: Field, number: int, _chance: random.Random, other: Field) -> None:
    above.parts[number] = copied(other)


def _one_more(above: Field, number: int, chance: random.Random, other: Field) -> None:
    small = (
        Field(NULL),
        Field(BOOLEAN, contents=b"\x00"),
        Field(BOOLEAN, contents=b"\xff"),
        Field(INTEGER, contents=b"\x00"),
        Field(0x30),
        Field(0x31),
        Field(0x0C),
        *(Field(0x80 | n) for n in range(6)),
        *(Field(0xA0 | n) for n in range(6)),
        *(Field(0x80 | n, contents=b"\xff") for n in range(1, 6)),
        copied(other),
    )
    above.parts.insert(number + chance.randint(0, 1), chance.choice(small))


def _emptied(above: Field, number: int, _chance: random.Random, _other: Field) -> None:
    above.parts[number].parts, above.parts[number].contents = [], b""


def _wrapped(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    tag = chance.choice((above.parts[number].tag | CONSTRUCTED, 0x30, 0x31, 0xA0, 0xA1, 0x24))
    above.parts[number] = Field(tag, [above.parts[number]])


def _unwrapped(above: Field, number: int, _chance: random.Random, _other: Field) -> None:
    above.parts[number : number + 1] = above.parts[number].parts


def _contents(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    chosen = above.parts[number]
    octets = bytearray(chosen.contents or b"\x00")
    at = chance.randrange(len(octets))
    kind = chance.randrange(7)
    if kind == 0:
        octets[at] ^= 1 << chance.randrange(8)
    elif kind == 1:
        octets[at] = chance.choice(b"\x00\x01\x07\x20\x2a\x2e\x7f\x80\xc3\xff")
    elif kind == 2:
        octets[0:0] = b"\x00" if chance.random() < 0.7 else b"\xff"
    elif kind == 3:
        octets += b"\x00" if chance.random() < 0.7 else bytes((chance.randrange(256),))
    elif kind == 4:
        del octets[at:]
    elif kind == 5:
        octets[-1] ^= 1
    else:
        del octets[:1]
    chosen.contents = bytes(octets)


def _bits(above: Field, number: int, chance: random.Random, other: Field) -> None:
    chosen = above.parts[number]
    if chosen.tag not in {BIT_STRING, 0x81, 0x83} or not chosen.contents:
        _contents(above, number, chance, other)
        return
    unused = (chosen.contents[0] + chance.choice((-1, 1, 0))) & 0x0F
    chosen.contents = bytes((unused,)) + chosen.contents[1:] + chance.choice((b"", b"\x00", b"\x80"))


def _long_length(above: Field, number: int, chance: random.Random, _other: Field) -> None:
    whole = above.parts[number].encoded()
    tag, _, start, stop = node_at(whole, 0, len(whole))
    inside = whole[start:stop]
    indefinite = bytes((tag, 0x80)) + inside + b"\x00\x00"
    padded = bytes((tag, 0x82)) + len(inside).to_bytes(2, "big") + inside
    above.parts[number].raw = indefinite if chance.random() < 0.3 else padded


_CHANGES: tuple[tuple[Change, int], ...] = (
    (_another_tag, 4),
    (_constructed_or_not, 1),
    (_neighbouring_tag, 2),
    (_twice, 4),
    (_twice_but_not_the_same, 2),
    (_gone, 3),
    (_order, 2),
    (_other_value, 2),
    (_one_more, 4),
    (_emptied, 2),
    (_wrapped, 1),
    (_unwrapped, 1),
    (_contents, 7),
    (_bits, 2),
    (_long_length, 1),
)
_WHICH, _WEIGHTS = [change for change, _ in _CHANGES], [weight for _, weight in _CHANGES]


def mutant(tree: Field, chance: random.Random) -> bytes:
    """Return the DER of the tree with one to three changes, mostly one; the tree stays as it is."""
    changed = copied(tree)
    for _ in range(chance.choices((1, 2, 3), (7, 2, 1))[0]):
        places = changed.below([])
        if not places:
            break
        above, number = chance.choice(places)
        elsewhere, which = chance.choice(places)
        change = chance.choices(_WHICH, _WEIGHTS)[0]
        try:
            change(above, number, chance, copied(elsewhere.parts[which]))
        except (DERError, IndexError):
            continue  # what an earlier change left cannot be changed like this
    return changed.encoded()


def mutants(trees: Sequence[Field], chance: random.Random, count: int) -> Iterator[bytes]:
    """Yield so many mutants, no two the same, of each tree in turn."""
    seen: set[bytes] = set()
    while len(seen) < count:
        made = mutant(trees[len(seen) % len(trees)], chance)
        name = sha256(made).digest()[:16]
        if name not in seen:
            seen.add(name)
            yield made
