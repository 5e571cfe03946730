"""What a configuration or an inventory points to, as a value: which file or peer, by which line, and as what."""

from __future__ import annotations

from enum import StrEnum

from pkitools.frozen import dataclass


class Target(StrEnum):
    """What is pointed to."""

    FILE = "file"
    PATTERN = "pattern"
    """Files, by a name with ``*`` in it: further configuration."""
    PEER = "peer"
    UNKNOWN = "unknown"
    """Only the program that reads the configuration knows: there is a variable in it."""
    UNREAD = "unread"
    """A directive stands there, and what it names could not be made out; the text is that of the directive."""
    NO_PEER = "no_peer"
    """Of an inventory: what stands there as a host with its port, and is none."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """What a program loads by itself with a certificate, without its being named.

    Args:
        key: how the name of its private key ends, where its file has none.
        cut: which end of the name of the certificate goes before.
        is_cut: whether the configuration says that it does; ``None``: it is not known.
        variants: how the names of its files end, where there is none of the name that was given.
        is_loaded: the configuration does not say that it loads no key.
    """

    key: str
    cut: str
    is_cut: bool | None
    variants: tuple[str, ...]
    is_loaded: bool = True


class OwnKey(StrEnum):
    """What a configuration says of the private key of a certificate that it names."""

    NAMED = "named"
    """It names one, or another part of it may."""
    LOADED = "loaded"
    """It names none: the program takes the one in the file of the certificate, or one that it loads by itself."""
    NONE = "none"
    """It names none, and the program takes no other."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a configuration or an inventory points to.

    Args:
        target: what kind of thing.
        text: as it is written there: a path, a pattern or ``HOST:PORT``.
        line: where, from 1.
        bases: folders that the same text says such paths count from.
        is_list: it is a file with a line for each further one.
        is_key: it is a private key.
        key_of: the file of the certificate whose key it is to be, as it is written there; empty where that is not sure.
        key_of_bases: folders that this name counts from.
        serves: it is the certificate that the program sends to others, with what else is in its file.
        unnamed: what the program loads with it by itself; ``None``: nothing, or its key is named.
        is_optional: where it is not there, nothing is missing.
        trusts: it holds the authorities that the program trusts.
        program: the document of the program whose configuration it stands in; empty of an inventory.
        own_key: where it serves, what is said of the private key.
        roots: the folders that its program opens relative names from, and no other; none where that is not known.
        is_idle: its program is told not to use it.
    """

    target: Target
    text: str
    line: int
    bases: tuple[str, ...] = ()
    is_list: bool = False
    is_key: bool = False
    key_of: str = ""
    key_of_bases: tuple[str, ...] = ()
    serves: bool = False
    unnamed: Unnamed | None = None
    is_optional: bool = False
    trusts: bool = False
    program: str = ""
    own_key: OwnKey = OwnKey.NAMED
    roots: tuple[str, ...] = ()
    is_idle: bool = False
