"""Large revocation lists of any mix of entries, to the first verdict, against one SHA-256 over the file.

No reader can do with less. Equal lists have serial numbers of 20 octets and a reason each; mixed ones what CAs that
draw 64 to 159 bits have, half of them with a reason; the worst has 100 layouts in turn. Memory is the growth of the
peak of a process of its own, the file included.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from functools import cache
from itertools import product
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks.crl import LISTED, MEMORY, made
from benchmarks.harness import MissingError, Work
from benchmarks.inputs import MOMENT, written
from benchmarks.processes import openssl, pkitools
from pkitools.revocation import read_crl
from pkitools_test_pki import der
from pkitools_test_pki.algorithms import RSA_SHA256
from pkitools_test_pki.crl import CrlBlueprint, crl_number
from pkitools_test_pki.keys import spki

Mix = Literal["equal", "mixed", "layouts"]
_REASON: Final = bytes.fromhex("300a0603551d1504030a0101")
_SINCE: Final = bytes.fromhex("30180603551d180411180f32303236303130313030303030305a")  # invalidityDate
_EXTENSIONS: Final = (
    b"",
    der.sequence(_REASON),
    der.sequence(_SINCE),
    der.sequence(_REASON, _SINCE),
    der.sequence(_SINCE, _REASON),
)
_NEXT: Final = MOMENT.replace(year=MOMENT.year + 1)


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 4096)


@cache
def _public() -> bytes:
    return spki(_key().public_key())


@cache
def crl(mix: Mix, count: int) -> bytes:
    """A list of so many entries, the last of them for ``LISTED``."""
    if mix == "equal":
        return made(_key(), count)
    sizes = tuple(range(1, 21)) if mix == "layouts" else (8, 12, 16, 16, 20)
    extensions = _EXTENSIONS if mix == "layouts" else _EXTENSIONS[:2]
    layouts = tuple(product(sizes, extensions))
    draw, at = random.Random(count), der.time(MOMENT)
    rows = [
        _entry(draw, layouts[n % len(layouts) if mix == "layouts" else draw.randrange(len(layouts))], at)
        for n in range(count - 1)
    ]
    last = der.sequence(der.tlv(0x02, LISTED), at)
    raw = {"revoked_certificates": der.tlv(der.SEQUENCE, b"".join((*rows, last)))}
    return CrlBlueprint(RSA_SHA256, der.sequence(), MOMENT, _NEXT, (), (crl_number(1),), raw).signed(_key())


def _entry(draw: random.Random, layout: tuple[int, bytes], at: bytes) -> bytes:
    size, extensions = layout
    number = bytes((draw.randrange(1, 0x80),)) + draw.randbytes(size - 1)
    content = b"\x02" + bytes((size,)) + number + at + extensions
    return b"\x30" + bytes((len(content),)) + content


def hashed(mix: Mix, count: int) -> Work:
    data = crl(mix, count)
    return lambda _: hashlib.sha256(data).digest()


def first_verdict(mix: Mix, count: int) -> Work:
    """Load, signature, strict parse, first look-up: what a single check of one certificate costs."""
    data, public = crl(mix, count), _public()

    def first(_: int) -> None:
        found = read_crl(data)
        assert found.signed_by(public)
        assert found.index.find(LISTED) is not None

    return first


def by_cryptography(mix: Mix, count: int) -> Work:
    """The same by cryptography as it is documented: load, signature, look-up by number."""
    data, public = crl(mix, count), _key().public_key()
    number = int.from_bytes(LISTED, "big")

    def first(_: int) -> None:
        found = x509.load_der_x509_crl(data)
        assert found.is_signature_valid(public)
        assert found.get_revoked_certificate_by_serial_number(number) is not None

    return first


def later(mix: Mix, count: int, *, listed: bool) -> Work:
    index, wanted = read_crl(crl(mix, count)).index, LISTED if listed else LISTED[:-1] + b"\xff"
    return lambda _: index.find(wanted)


def shown(mix: Mix, count: int) -> Work:
    return pkitools("cert", "show", written(f"{mix}.crl", crl(mix, count)))


def openssl_crl(mix: Mix, count: int) -> Work:
    return openssl("crl", "-inform", "DER", "-noout", "-nextupdate", "-in", written(f"{mix}.crl", crl(mix, count)))


def memory(mix: Mix, count: int) -> float:
    """Growth of the peak, in sizes of the file."""
    if not sys.platform.startswith("linux"):
        raise MissingError("the peak of a process is read from /proc")
    files = (written("list.crl", crl(mix, count)), written("spki", _public()), written("small.crl", crl(mix, 3000)))
    command = [sys.executable, "-c", MEMORY, *files, LISTED.hex()]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
