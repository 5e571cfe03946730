"""XML → a tree of elements, within bounds, and without anything that could act.

The parser is expat. A document type is refused before anything in it is read, so no entity is ever declared; nothing
is fetched, because nothing is asked for; XInclude is refused too, for the reader after this one.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers import expat

from pkitools.errors import InputError, LimitError
from pkitools.frozen import dataclass, field
from pkitools.limits import (
    MAX_METADATA_BYTES,
    MAX_XML_ATTRIBUTES,
    MAX_XML_DEPTH,
    MAX_XML_ELEMENT_ATTRIBUTES,
    MAX_XML_ELEMENTS,
    MAX_XML_NAMESPACES,
)
from pkitools.text import pattern, size_text

_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_SEPARATOR: Final = "\n"  # a namespace with a line break in it was normalised to one with a space
_DECLARATION: Final = pattern(rb"\s*<\?xml\s([^>]{0,200})\?>")
_ENCODING: Final = pattern(rb"encoding\s*=\s*[\"']([^\"']{1,40})[\"']")
_HEAD: Final = 4096
_TAKEN: Final = frozenset({"utf-8", "us-ascii", "ascii"})


@dataclass(slots=True)
class Element:
    """One element.

    Args:
        name: without its prefix.
        namespace: its URI; empty where it has none.
        attributes: by name; one with a namespace by ``{URI}name``.
        children: the elements in it, in order.
        text: the text right in it, comments left out.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def get(self, name: str) -> str | None:
        """Return the value of an attribute."""
        return self.attributes.get(name)

    def all(self, namespace: str, name: str) -> list[Element]:
        """Return the children of this name."""
        return [each for each in self.children if each.name == name and each.namespace == namespace]

    def first(self, namespace: str, name: str) -> Element | None:
        """Return the first child of this name."""
        return next((each for each in self.children if each.name == name and each.namespace == namespace), None)

    def walk(self) -> Iterator[Element]:
        """Yield this element and every one below it, in the order of the text."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


def as_utf8(data: bytes, name: str) -> bytes:
    """Return XML as UTF-8 without a mark, so that every reader of it reads the same.

    Raises:
        InputError: it says to be in another encoding than UTF-8, or than UTF-16 with its mark.
        LimitError: larger than :data:`~pkitools.limits.MAX_METADATA_BYTES`.
    """
    if len(data) > MAX_METADATA_BYTES:
        raise LimitError("files.error.too_large", name=name, limit=size_text(MAX_METADATA_BYTES))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return _without_declaration(data.decode("utf-16").encode())
        except UnicodeError:
            raise InputError("metadata.error.encoding", name=name, encoding="UTF-16") from None
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\x00" in data[:_HEAD] and data[:_HEAD].lstrip(b"\x00 \t\r\n").startswith(
        b"<"
    ):  # expat knows UTF-16 by its zeros, and what checks the signature may not
        raise InputError("metadata.error.encoding", name=name, encoding="UTF-16")
    declaration = _DECLARATION.match(data)
    said = declaration and _ENCODING.search(declaration[1])
    if said and said[1].decode("ascii", "replace").lower() not in _TAKEN:
        raise InputError("metadata.error.encoding", name=name, encoding=said[1].decode("ascii", "replace"))
    return data


def _without_declaration(data: bytes) -> bytes:
    declaration = _DECLARATION.match(data)
    return data[declaration.end() :] if declaration else data


def parse_xml(data: bytes, name: str) -> Element:
    """Return the root of XML in UTF-8.

    Args:
        data: the text, as :func:`as_utf8` returns it.
        name: what to call the file.

    Raises:
        InputError: it is no well-formed XML, or has a document type or XInclude.
        LimitError: deeper or more numerous than :mod:`pkitools.limits` allows.
    """
    builder = _Builder(name)
    parser = builder.parser()
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise InputError("metadata.error.not_well_formed", name=name, line=error.lineno) from None
    except ValueError:  # an encoding that Python has no table for
        raise InputError("metadata.error.not_well_formed", name=name, line=1) from None
    assert builder.root is not None  # expat says so of a text without an element
    return builder.root


class _Builder:
    """Makes the tree, and counts."""

    def __init__(self, name: str) -> None:
        self.root: Element | None = None
        self._name = name
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._elements = self._attributes = self._namespaces = 0

    def parser(self) -> Any:
        """Return a parser that builds here."""
        parser = expat.ParserCreate("utf-8", _SEPARATOR)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartNamespaceDeclHandler = self._namespace
        parser.EndNamespaceDeclHandler = self._namespace_ends
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def _document_type(self, *_declared: object) -> None:
        raise InputError("sources.error.xml_document_type", name=self._name)

    def _namespace(self, _prefix: str | None, _uri: str | None) -> None:
        self._attributes += 1
        self._namespaces += 1
        if self._namespaces > MAX_XML_NAMESPACES:
            raise LimitError("metadata.error.too_many_namespaces", name=self._name, limit=MAX_XML_NAMESPACES)

    def _namespace_ends(self, _prefix: str | None) -> None:
        self._namespaces -= 1

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, local = tag.rpartition(_SEPARATOR)
        self._count(len(attributes))
        if namespace == _XINCLUDE:
            raise InputError("metadata.error.xinclude", name=self._name)
        element = Element(local, namespace, {_attribute(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def _count(self, attributes: int) -> None:
        self._elements += 1
        self._attributes += attributes
        bounds = (
            (self._elements, MAX_XML_ELEMENTS, "elements"),
            (len(self._open), MAX_XML_DEPTH, "depth"),
            (attributes, MAX_XML_ELEMENT_ATTRIBUTES, "attributes"),
            (self._attributes, MAX_XML_ATTRIBUTES, "attributes"),
        )
        for found, limit, what in bounds:
            if found > limit:
                raise LimitError(f"metadata.error.too_many_{what}", name=self._name, limit=limit)

    def _end(self, _tag: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def _text(self, text: str) -> None:
        self._texts[-1].append(text)


def _attribute(key: str) -> str:
    namespace, _, local = key.rpartition(_SEPARATOR)
    return f"{{{namespace}}}{local}" if namespace else local
