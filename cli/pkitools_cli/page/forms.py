"""What a form sends: fields, and files, which are read in memory and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from pkitools.errors import brought_by
from pkitools.frozen import dataclass, field
from pkitools.limits import MAX_UPLOAD_BYTES, MAX_UPLOADS
from pkitools.text import size_text
from pkitools_cli.page.exchange import RefusedError, Request

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_FORM_BYTES: Final = 64 * 1024
"""A form without files: a request has some twenty names."""
_MOST_FIELDS: Final = 200
_WITH_FILES: Final = "multipart/form-data"
_PLAIN: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in.

    Args:
        name: as the browser calls it.
        data: what is in it.
    """

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent.

    Args:
        fields: the values of each field, in their order.
        files: the files, in their order.
    """

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    files: tuple[Upload, ...] = ()

    def value(self, name: str) -> str:
        """Return the first value of a field without the space around it; empty when there is none."""
        return self.secret(name).strip()

    def secret(self, name: str) -> str:
        """Return the first value of a field as it was typed; empty when there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that hold something."""
        return tuple(value.strip() for value in self.fields.get(name, ()) if value.strip())

    def lines(self, name: str) -> tuple[str, ...]:
        """Return the words of a field in which each stands on a line, or behind a comma."""
        return tuple(self.value(name).replace(",", " ").split())


def largest_body(request: Request) -> int:
    """Return how many octets the body of a request may have."""
    return MAX_UPLOAD_BYTES if _kind(request) == _WITH_FILES else MAX_FORM_BYTES


def _kind(request: Request) -> str:
    """Return the media type of a body, without its parameters: capitals say nothing in it (RFC 9110 8.3.1)."""
    return request.header("content-type").partition(";")[0].strip().lower()


def read_form(request: Request) -> Form:
    """Return the form that a request sends.

    Raises:
        RefusedError: it is none, or holds more than a form does.
    """
    if len(request.body) > largest_body(request):
        raise too_large(request)
    kind = _kind(request)
    if kind == _WITH_FILES:
        return _with_files(request)
    if kind != _PLAIN:
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "form")
    return Form(_gathered(_pairs(request.body)))


def too_large(request: Request) -> RefusedError:
    """Return the refusal of a body that is too large."""
    limit = size_text(largest_body(request))
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", limit=limit)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "form") from error


def _gathered(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


# -- with files --------------------------------------------------------------------------------------------------------


class _Parts:
    """Gathers the parts of a form as the parser finds them."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []
        self.files: list[Upload] = []
        self._header, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._data = bytearray()
        self.is_whole = False

    def callbacks(self) -> MultipartCallbacks:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add(self, "_header"),
            "on_header_value": self._add(self, "_value"),
            "on_header_end": self._end_header,
            "on_part_data": self._add(self, "_data"),
            "on_part_end": self._end,
            "on_end": self._whole,
        }

    @staticmethod
    def _add(parts: _Parts, name: str) -> Callable[[bytes, int, int], None]:
        def add(data: bytes, start: int, end: int) -> None:
            getattr(parts, name).extend(memoryview(data)[start:end])

        return add

    def _begin(self) -> None:
        self._disposition, self._data = b"", bytearray()

    def _end_header(self) -> None:
        if bytes(self._header).lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header, self._value = bytearray(), bytearray()

    def _end(self) -> None:
        name, file_name = _named(self._disposition)
        if file_name is None:
            if len(self._data) > MAX_FORM_BYTES:
                raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", limit=size_text(MAX_FORM_BYTES))
            self.pairs.append((name, self._data.decode("utf-8", "replace")))
        elif file_name or self._data:  # a browser sends an empty one where no file was chosen
            self.files.append(Upload(file_name, bytes(self._data)))
        if len(self.pairs) > _MOST_FIELDS or len(self.files) > MAX_UPLOADS:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_many", count=MAX_UPLOADS)
        self._data = bytearray()  # a large one is not kept twice

    def _whole(self) -> None:
        self.is_whole = True


def _named(disposition: bytes) -> tuple[str, str | None]:
    """Return the name of a part, and that of its file where it is one."""
    from python_multipart.multipart import parse_options_header

    _, options = parse_options_header(disposition)
    name, file_name = options.get(b"name", b""), options.get(b"filename")
    return name.decode("utf-8", "replace"), None if file_name is None else file_name.decode("utf-8", "replace")


def _silence() -> None:
    """Let what reads forms log nothing: who sent a bad one is answered, and a terminal is told in our own words."""
    import logging  # what reads forms has it too

    logging.getLogger("python_multipart").setLevel(logging.CRITICAL + 1)


def _with_files(request: Request) -> Form:
    with brought_by("page"):
        from python_multipart.exceptions import FormParserError
        from python_multipart.multipart import MultipartParser, parse_options_header

    _silence()
    _, options = parse_options_header(request.header("content-type"))
    parts = _Parts()
    if not options.get(b"boundary"):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "form")
    try:
        parser = MultipartParser(options[b"boundary"], parts.callbacks())
        parser.write(request.body)
        parser.finalize()
    except FormParserError as error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "form") from error
    if not parts.is_whole:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "form")
    return Form(_gathered(parts.pairs), tuple(parts.files))
