"""The catalogue on disk: every broken certificate, a sound one beside them, and an index in JSON and Markdown.

::

    OUT/index.json, index.md    what is wrong with each, which rules say so, and the command that shows it
    OUT/trust.pem               the root
    OUT/crls.pem                the CRLs, for those that need no others
    OUT/NAME.pem                a broken certificate; NAME.chain.pem: with what comes along with it
    OUT/NAME.key                its private key, mode 0600
    OUT/NAME.crls.pem           the CRLs, where they are part of the defect
    OUT/sound.*                 the certificate with no defect
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pkitools.errors import FileError
from pkitools.files import Output, is_folder, write_public, write_set
from pkitools.files.common import said
from pkitools.text import instant
from pkitools_test_pki.defects.laboratory import Laboratory
from pkitools_test_pki.defects.model import BrokenCertificate, Context, Defect, Layer
from pkitools_test_pki.defects.registry import defects

SCHEMA: Final = "pkitools.test-pki-broken/v1"
SOUND: Final = Defect("sound", "", "", frozenset(), Context(), lambda lab: lab.leaf())
NOTICED: Final = {
    Layer.TLS: "the TLS stack, in the handshake",
    Layer.REVOCATION: "the TLS stack, with CRLs or OCSP",
    Layer.APPLICATION: "the application that reads the certificate",
    Layer.CHECK: "`cert check` only: no connection depends on it",
}
"""Which layer can notice a defect first, in words."""
TRUST: Final = "trust.pem"
CRLS: Final = "crls.pem"


def write_catalogue(
    folder: str | os.PathLike[str], laboratory: Laboratory, chosen: Sequence[Defect] = ()
) -> dict[str, Any]:
    """Write the defects into a folder that does not exist yet, or is empty; all of it is there or nothing.

    Args:
        folder: where.
        laboratory: makes them.
        chosen: which; all when left out.

    Returns:
        The index, as in ``index.json``.

    Raises:
        FileError: the folder has content, or cannot be written.
    """
    target = Path(folder)
    refuse_occupied(target)
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(0o700)
        try:
            index = _fill(partial, laboratory, chosen or defects())
            partial.chmod(0o755)
            partial.rename(target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    except OSError as error:
        raise _failed(target, error) from error
    return index


def refuse_occupied(target: Path) -> None:
    """Raise FileError when something stands in the way: to be said before the keys are made."""
    try:
        occupied = target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir())))
    except (OSError, ValueError) as error:
        raise _failed(target, error) from error
    if occupied:
        raise FileError("test_pki.error.folder_occupied", path=str(target))
    if not is_folder(target.absolute().parent):
        raise FileError("test_pki.error.no_parent", path=str(target), parent=str(target.absolute().parent))


def _failed(target: Path, error: OSError | ValueError) -> FileError:
    detail = said(error) if isinstance(error, OSError) else str(error)
    return FileError("test_pki.error.folder", path=str(target), detail=detail)


def _fill(folder: Path, laboratory: Laboratory, chosen: Sequence[Defect]) -> dict[str, Any]:
    sound = SOUND.build(laboratory)
    write_set([Output(folder / TRUST, sound.trust_pem, False), Output(folder / CRLS, sound.crls_pem, False)])
    shared = sound.crls
    files = _write(folder, sound, shared)
    rows = [(defect, _write(folder, defect.build(laboratory), shared)) for defect in chosen]
    index = {
        "schema": SCHEMA,
        "moment": instant(laboratory.moment),
        "trust": TRUST,
        "sound": {"files": files, "command": command(SOUND.context, files, laboratory.moment)},
        "defects": [
            {**defect_document(defect), "files": files, "command": command(defect.context, files, laboratory.moment)}
            for defect, files in rows
        ],
    }
    write_public(folder / "index.json", (json.dumps(index, indent=2, ensure_ascii=False) + "\n").encode())
    text = "\n".join(_markdown(index, {defect.name: defect.layer for defect in chosen}))
    write_public(folder / "index.md", text.encode())
    return index


def _write(folder: Path, broken: BrokenCertificate, shared: tuple[bytes, ...]) -> dict[str, str | None]:
    name = broken.defect.name
    files: dict[str, str | None] = {
        "certificate": f"{name}.pem",
        "chain": f"{name}.chain.pem",
        "key": None if broken.key is None else f"{name}.key",
        "crls": None if not broken.crls else CRLS if broken.crls == shared else f"{name}.crls.pem",
    }
    write_set(broken.outputs(folder / name, with_crls=broken.crls != shared))
    return files


def defect_document(defect: Defect) -> dict[str, Any]:
    """Return what there is to say about a defect, as data."""
    context = defect.context
    return {
        "name": defect.name,
        "topic": defect.topic,
        "description": dict(defect.descriptions),
        "codes": sorted(defect.codes),
        "refused": defect.refused,
        "environment": str(context.environment),
        "systems": list(context.systems),
        "entity_id": context.entity_id,
        "host": context.host,
        "revocation": context.revocation,
    }


def command(context: Context, files: dict[str, str | None], moment: datetime) -> str:
    """Return the command that shows the defect, to be given in the folder of the catalogue."""
    parts = ["pkitools", "cert", "check", str(files["chain"]), "--environment", str(context.environment)]
    for system in context.systems:
        parts += ["--for", system]
    options = {
        "--entity-id": context.entity_id,
        "--host": context.host,
        "--revocation": context.revocation,
        "--trust": TRUST,
        "--crl": files["crls"],
        "--moment": instant(moment),
    }
    for option, value in options.items():
        parts += [] if value is None else [option, value]
    return shlex.join([*parts, "--offline"])


def _markdown(index: dict[str, Any], layers: Mapping[str, Layer]) -> Iterator[str]:
    yield "# Broken certificates"
    yield ""
    yield (
        f"For tests only. Made and to be looked at on {index['moment']}; trust {index['trust']}. "
        f"`sound.chain.pem` is the certificate with no defect:"
    )
    yield ""
    yield f"    {index['sound']['command']}"
    topic = None
    for row in index["defects"]:
        if row["topic"] != topic:
            topic = row["topic"]
            yield from ("", f"## {topic}")
        yield from ("", f"### {row['name']}", "", row["description"]["en"], f"*{row['description']['nl']}*", "")
        kind = "Rules" if row["refused"] else "Warnings only"
        yield f"{kind}: " + ", ".join(f"`{code}`" for code in row["codes"]) + "  "
        yield f"Noticed by: {NOTICED[layers[row['name']]]}"
        yield from ("", f"    {row['command']}")
    yield ""
