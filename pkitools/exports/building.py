"""A certificate and what belongs to it → the files a program loads, checked before any is written."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from pkitools.arguments import aware, octets, optional_choice
from pkitools.environment import Environment
from pkitools.errors import InputError, InvalidValueError, SecretError
from pkitools.exports.forms import ExportForm, FormFile, get_form, tls_settings
from pkitools.exports.keystores import ROUNDS, key_store, refuse_for_java, trust_store
from pkitools.exports.material import Material, is_valid_at
from pkitools.exports.sheet import sheet_file
from pkitools.files import Output
from pkitools.frozen import dataclass, field
from pkitools.messages import Language
from pkitools.requests import PrivateKey
from pkitools.requests.keys import to_pem
from pkitools.text import pattern
from pkitools.trust import CAStatus, HierarchyKind, hierarchy_of, is_self_signed
from pkitools.x509 import CertificateFacts, oin_from_certificate
from pkitools.x509.keys import is_same_key
from pkitools.x509.oids import ANY_EXTENDED_KEY_USAGE, CLIENT_AUTH, SERVER_AUTH

_LABEL: Final = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_KUBERNETES_NAME: Final = pattern(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")  # RFC 1123
_PLAIN_PATH: Final = pattern(r"[\w./+@:,=~ -]+")  # what no program's configuration takes for anything else
_PLACE: Final = pattern(r"<<([.\w-]*)>>")
_OBJECT: Final = pattern(r"<<(?:name|base)>>((?:\.\w+)+)")  # a file by the name it has in a device
_IF_WRITTEN: Final = pattern(r"<\?([.\w-]+):(.*?)\?>")
_OBJECTIONS: Final = frozenset(
    f"exports.note.{slug}" for slug in ("authority", "expired", "not_for_tls", "self_signed", "test_hierarchy")
)
LOOK_ALIKE: Final = "exports.error.look_alike"
"""The code of the refusal of a certificate that bears the name of an authority of PKIoverheid without its key."""

_OF_A_CHAIN: Final = frozenset({"intermediates", "root", "pkcs12", "trust_store", "secret"})


@dataclass(frozen=True, slots=True)
class ExportNote:
    """Something to know of an export. Its sentence is that of ``code``, filled with ``params``."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_objection(self) -> bool:
        """Whether the certificate, as it is, is not one to install or to send."""
        return self.code in _OBJECTIONS


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One file of an export.

    Args:
        path: where it goes.
        data: the content.
        secret: a private key is in it.
        holds: what is in it, as :class:`~pkitools.exports.FormFile` says, or ``configuration``.
    """

    path: Path
    data: bytes = field(repr=False)
    secret: bool
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be written.

    Args:
        form: the form.
        material: what was exported.
        files: they; at least one.
        notes: what to know of it.
        test: the command that tests it, as words.
    """

    form: ExportForm
    material: Material
    files: tuple[ExportedFile, ...]
    notes: tuple[ExportNote, ...]
    test: tuple[str, ...]

    @property
    def outputs(self) -> list[Output]:
        """The files for :func:`pkitools.files.write_set`, those with a key first."""
        ordered = sorted(self.files, key=lambda file: not file.secret)
        return [Output(file.path, file.data, secret=file.secret) for file in ordered]


def places(form: ExportForm | str, target: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Return the files that a form may take, to see before the work whether they can be written."""
    found = form if isinstance(form, ExportForm) else get_form(form)
    return tuple(file.place(os.fspath(target)) for file in found.files)


def build_export(
    form: ExportForm | str,
    material: Material,
    target: str | os.PathLike[str],
    *,
    moment: datetime,
    passphrase: bytes | None = None,
    name: str | None = None,
    legacy: bool = False,
    rounds: int = ROUNDS,
    language: Language = "nl",
    environment: Environment | str | None = None,
) -> Export:
    """Return the files of a form for a certificate. Nothing is written.

    Args:
        form: which, or its name.
        material: what to export.
        target: the file, or the prefix of a form of several.
        moment: at which validity is told of.
        passphrase: of a keystore. A key in PEM is written without one: what loads it starts when nobody is there.
        name: what a keystore, a secret or an object in a device is called; the common name when it is not said.
        legacy: a keystore in the form of before 2019.
        rounds: of the key derivation of a keystore.
        language: of the sheet beside the public part.
        environment: where the certificate is to be used, where that is known: what is trusted nowhere there is told.

    Raises:
        InputError: the key or a certificate that the form needs is missing, or one of them bears the name of an
            authority of PKIoverheid without its key (:data:`LOOK_ALIKE`).
        InvalidValueError: the name or the path cannot be used in the form.
        SecretError: the passphrase is missing or cannot be used.
    """
    found = form if isinstance(form, ExportForm) else get_form(form)
    aware(moment)
    passphrase = None if passphrase is None else octets(passphrase, "passphrase")
    _refuse_imitation(material)
    _refuse_incomplete(found, material)
    _refuse_passphrase(found, passphrase)
    called = _named(found, name, material)
    building = _Building(found, material, os.fspath(target), passphrase or b"", called, legacy, rounds, language)
    files = tuple(building.files())
    where = optional_choice(Environment, environment, "environment")
    notes = (*_out_of_place(material, where), *_notes(found, material, moment, legacy=legacy))
    return Export(found, material, files, notes, building.test())


def _refuse_imitation(material: Material) -> None:
    """Refuse what would make others trust an authority that is not what its name says."""
    found = material.path.imitation
    if found is not None:
        raise InputError(LOOK_ALIKE, name=_called(found), sha256=found.sha256)


def _refuse_incomplete(form: ExportForm, material: Material) -> None:
    path, asked = material.path, {part for file in form.files for part in file.holds}
    if form.takes_key and material.key is None:
        raise InputError("exports.error.no_key", form=form.name, subject=_called(material.certificate))
    key = material.key
    if form.takes_key and key is not None and not is_same_key(key.public, material.certificate.public_key):
        raise InputError("exports.error.other_key", name=form.name, subject=_called(material.certificate))
    if not asked.isdisjoint(_OF_A_CHAIN) and not path.has_root and len(path.links) == 1:
        raise InputError("exports.error.no_chain", subject=_called(path.leaf), issuer=path.leaf.issuer.text)
    if "trust_store" in asked and not path.has_root:
        raise InputError("exports.error.no_root", subject=_called(path.leaf), issuer=path.missing)


def _refuse_passphrase(form: ExportForm, passphrase: bytes | None) -> None:
    if not form.takes_passphrase:
        return
    if not passphrase:
        raise SecretError("exports.error.passphrase_needed", form=form.name)
    if form.program == "Java":
        refuse_for_java(passphrase)


def _named(form: ExportForm, name: str | None, material: Material) -> str:
    """Return what the export is called inside: as asked, or after the common name."""
    asked = name if name is not None else _called(material.certificate)
    if form.name == "kubernetes":
        return _of_kubernetes(asked, given=name is not None)
    return asked.casefold() if form.program == "Java" else asked  # keytool keeps aliases in lower case


def _of_kubernetes(asked: str, *, given: bool) -> str:
    name = asked if given else _made_plain(asked)
    if not _KUBERNETES_NAME.fullmatch(name):
        raise InvalidValueError("exports.error.secret_name", name=name)
    return name


def _made_plain(asked: str) -> str:
    """Return a name of labels between dots, each of which begins and ends with a letter or a digit."""
    labels = (label.strip("-") for label in re.sub("[^a-z0-9.-]+", "-", asked.lower())[:253].split("."))
    return ".".join(filter(None, labels))


@dataclass(frozen=True, slots=True)
class _Building:
    form: ExportForm
    material: Material
    target: str
    passphrase: bytes = field(repr=False)
    name: str
    legacy: bool
    rounds: int
    language: Language

    def files(self) -> Iterator[ExportedFile]:
        """Yield the files that have content."""
        for file in self.form.files:
            data = self._data(file)
            if data:
                yield ExportedFile(file.place(self.target), data, file.is_secret, file.holds or ("configuration",))

    def test(self) -> tuple[str, ...]:
        """Return the command that tests what is written; a file that begins with a dash would be an option there."""
        return tuple(_PLACE.sub(lambda found: self._pasted(found[1]), word) for word in self.form.test)

    def _pasted(self, suffix: str) -> str:
        path = str(self._path(suffix))
        return f"./{path}" if path.startswith("-") else path

    def _path(self, suffix: str) -> Path:
        return Path(f"{self.target}{suffix}")

    def _data(self, file: FormFile) -> bytes:
        if not file.holds:
            return self._configuration(file)
        if "root" in file.holds and self.material.path.root is None:
            return b""
        if file.holds == ("sheet",):
            return sheet_file(self.material.certificate, file.encoding, self.language)
        made = {"pkcs12": self._key_store, "trust_store": self._trust_store, "secret": self._secret}
        return made[file.holds[0]]() if file.holds[0] in made else self._parts(file)

    def _parts(self, file: FormFile) -> bytes:
        ders = [der for part in file.holds for der in self._ders(part)]
        if file.encoding == "der":
            return ders[0] if ders else b""
        texts = [to_pem("CERTIFICATE", der) for der in ders]
        return b"".join((*texts, *([self._key().pem(None)] if "key" in file.holds else ())))

    def _ders(self, part: str) -> list[bytes]:
        path = self.material.path
        parts = {
            "certificate": (path.leaf,),
            "intermediates": path.intermediates,
            "root": (path.root,) if path.root is not None else (),
        }
        return [facts.der for facts in parts.get(part, ())]

    def _key(self) -> PrivateKey:
        assert self.material.key is not None  # _refuse_incomplete
        return self.material.key

    def _key_store(self) -> bytes:
        leaf, above = self._ders("certificate")[0], self._ders("intermediates")
        return key_store(
            self._key(), leaf, above, self.passphrase, name=self.name, legacy=self.legacy, rounds=self.rounds
        )

    def _trust_store(self) -> bytes:
        root = self.material.path.root
        assert root is not None  # _refuse_incomplete
        roots = {_called(root).casefold(): root.der}
        return trust_store(roots, self.passphrase, legacy=self.legacy, rounds=self.rounds)

    def _secret(self) -> bytes:
        values = {
            "ca.crt": b"".join(to_pem("CERTIFICATE", der) for der in self._ders("root")),
            "tls.crt": self._parts(FormFile("", ("certificate", "intermediates"))),
            "tls.key": self._key().pem(None),
        }
        lines = [
            "apiVersion: v1",
            "kind: Secret",
            "metadata:",
            f'  name: "{self.name}"',
            "type: kubernetes.io/tls",
            "data:",
        ]
        lines += [f"  {name}: {base64.b64encode(value).decode('ascii')}" for name, value in values.items() if value]
        return ("\n".join(lines) + "\n").encode()

    def _configuration(self, file: FormFile) -> bytes:
        uses = [text for text, is_use in ((file.server, SERVER_AUTH), (file.client, CLIENT_AUTH)) if self._may(is_use)]
        written = {each.suffix for each in self.form.files if each.holds and self._is_written(each)}
        lines = [line for text in (file.text, *uses) for line in text.strip("\n").splitlines()]
        filled = [self._filled(line, written) for line in lines]
        text = "".join(f"{line}\n" for line in filled if line)
        # Windows PowerShell takes a script without this mark for text in the code page of the machine
        return text.encode("utf-8" if text.isascii() or not file.suffix.endswith(".ps1") else "utf-8-sig")

    def _is_written(self, file: FormFile) -> bool:
        if "root" in file.holds:
            return self.material.path.root is not None
        return file.holds != ("intermediates",) or bool(self.material.path.intermediates)

    def _may(self, use: str) -> bool:
        return _may(self.material.certificate, use)

    def _filled(self, line: str, written: set[str]) -> str:
        """Return a line with the paths in it; empty when it names intermediates, and there are none."""
        line = _IF_WRITTEN.sub(lambda found: found[2] if found[1] in written else "", line)
        absent = {*_PLACE.findall(line), *_OBJECT.findall(line)} & self._unwritten(written)
        self._refuse_rootless(absent)
        return "" if absent else _PLACE.sub(lambda found: self._word(found[1]), line)

    def _unwritten(self, written: set[str]) -> set[str]:
        return {file.suffix for file in self.form.files if file.holds} - written

    def _refuse_rootless(self, absent: set[str]) -> None:
        """Raise when a line asks the other side who it is, and there is nothing to hold the answer against."""
        path = self.material.path
        if any(file.suffix in absent and "root" in file.holds for file in self.form.files):
            raise InputError("exports.error.no_root", subject=_called(path.leaf), issuer=path.missing)

    def _word(self, place: str) -> str:
        if place == "ciphers":
            return tls_settings().ciphers
        if place == "name":
            return re.sub(r"[^\w.-]+", "-", Path(self.target).name)
        path = Path(self.target).name if place == "base" else self._path(place).absolute().as_posix()
        if not _PLAIN_PATH.fullmatch(path) or any(sign in os.path.splitdrive(path)[1] for sign in self.form.refuses):
            raise InvalidValueError("exports.error.path", path=path, form=self.form.name)
        return path


def _may(facts: CertificateFacts, use: str) -> bool:
    usages = facts.extended_key_usage
    return usages is None or use in usages or ANY_EXTENDED_KEY_USAGE in usages


def _out_of_place(material: Material, environment: Environment | None) -> Iterator[ExportNote]:
    """Yield what no production trusts, where it is for production."""
    if environment is not Environment.PRODUCTION:
        return
    facts, above = material.certificate, [link.facts for link in material.path.links[1:]]
    if is_self_signed(facts):
        yield ExportNote("exports.note.self_signed", {"subject": _called(facts)})
    elif hierarchy_of(facts, next(iter(above), None)).kind not in {None, HierarchyKind.PRODUCTION}:
        yield ExportNote("exports.note.test_hierarchy", {"subject": _called(facts)})


def _notes(form: ExportForm, material: Material, moment: datetime, *, legacy: bool) -> Iterator[ExportNote]:
    facts, path = material.certificate, material.path
    if is_valid_at(facts, moment) is not CAStatus.VALID:
        slug = "expired" if moment > facts.not_after else "not_yet_valid"
        yield ExportNote(
            f"exports.note.{slug}", {"subject": _called(facts), "since": facts.not_before, "until": facts.not_after}
        )
    if facts.is_ca and oin_from_certificate(facts).oin is None:  # a self-signed one of openssl is a CA with an OIN
        yield ExportNote("exports.note.authority", {"subject": _called(facts)})
    for link in path.links[1:]:
        if link.status is not CAStatus.VALID:
            yield ExportNote(f"exports.note.authority_{link.status}", {"subject": _called(link.facts)})
    for each in path.left_out:
        if each.is_imitation and each.facts is not None:
            yield ExportNote("exports.note.look_alike", {"subject": _called(each.facts), "position": each.position})
    if form.name != "public" and not path.has_root:
        yield ExportNote("exports.note.no_root", {"issuer": path.missing})
    yield from _of_form(form, facts, legacy=legacy)


def _of_form(form: ExportForm, facts: CertificateFacts, *, legacy: bool) -> Iterator[ExportNote]:
    if form.takes_key and is_self_signed(facts) and any("root" in file.holds for file in form.files):
        yield ExportNote("exports.note.own_root", {"subject": _called(facts)})
    if legacy and form.takes_passphrase:
        yield ExportNote("exports.note.legacy")
    if any(file.server for file in form.files) and not (_may(facts, SERVER_AUTH) or _may(facts, CLIENT_AUTH)):
        yield ExportNote("exports.note.not_for_tls", {"subject": _called(facts)})
    if form.takes_key and not form.takes_passphrase:
        yield ExportNote("exports.note.plain_key", {"form": form.program or form.name})
    if form.note and any(file.server for file in form.files) and _may(facts, SERVER_AUTH):
        yield ExportNote(f"exports.note.{form.note}")
    if not form.tried:
        yield ExportNote("exports.note.untried", {"program": form.program})


def _called(facts: CertificateFacts) -> str:
    return facts.subject.called
