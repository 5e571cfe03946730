"""What signatures a peer asks of client certificates: what only ``openssl s_client`` tells.

Neither Python nor pyOpenSSL says which signature algorithms a peer names in its request. Where the program is there it
is asked, with a connection of its own to the address that was tested; where it is not, nothing is known.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from contextlib import suppress
from threading import Timer
from typing import Final

from pkitools.fetching.addresses import Address
from pkitools.probing.model import AskedSignatures, peer_name
from pkitools.text import pattern

_MOST_OUTPUT: Final = 512 * 1024
_MOST_ALGORITHMS: Final = 100
_REQUESTED: Final = pattern(r"^Requested Signature Algorithms: (\S+)", re.MULTILINE)
_TYPE: Final = pattern(r"^Peer signature type: (\S+)", re.MULTILINE)
_IANA_PSS: Final = pattern(r"rsa_pss_(?:rsae|pss)_(sha\d+)", re.IGNORECASE)
_IANA_RSA: Final = pattern(r"rsa_pkcs1_(sha\d+)", re.IGNORECASE)
_IANA_EC: Final = pattern(r"ecdsa_\w+_(sha\d+)", re.IGNORECASE)


def asked_signatures(
    address: Address | None,
    port: int,
    host: str,
    *,
    starttls: str = "",
    proxy: str = "",
    seconds: float,
    program: str | None = None,
) -> AskedSignatures | None:
    """Return what a peer asks, or ``None`` when nobody can tell.

    Args:
        address, port: where to connect; the address was tested. Without one the proxy looks up the host.
        host: the name to ask for.
        starttls: the protocol in which TLS is asked for.
        proxy: address and port of the proxy to go through.
        seconds: for all of it.
        program: the path of ``openssl``; by default the one that is found.
    """
    openssl = program or shutil.which("openssl")
    if openssl is None:
        return None
    words = [
        openssl,
        "s_client",
        "-connect",
        peer_name(str(address or host), port),
        "-cipher",
        "ALL:!aNULL:@SECLEVEL=0",
    ]
    words += ["-servername", host] if re.search("[a-z]", host, re.IGNORECASE) and ":" not in host else ["-noservername"]
    words += ["-starttls", starttls] if starttls else []
    words += ["-proxy", proxy] if proxy else []
    told = _output(words, seconds)
    return None if told is None else read_s_client(told)


def _output(words: list[str], seconds: float) -> str | None:
    """Return what a program says, of a flood the beginning; it is gone when this returns."""
    with suppress(OSError):
        process = subprocess.Popen(  # noqa: S603 - our own words; the host is a name that was checked
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        ends = Timer(seconds, process.kill)
        ends.start()
        try:
            assert process.stdout is not None  # a pipe was asked for
            return process.stdout.read(_MOST_OUTPUT).decode("ascii", "replace")
        finally:
            ends.cancel()
            process.kill()
            process.communicate()
    return None


def read_s_client(told: str) -> AskedSignatures | None:
    """Return what the output of ``openssl s_client`` tells; ``None`` when it came to no handshake."""
    requested, kind = _REQUESTED.search(told), _TYPE.search(told)
    if requested is None and kind is None:
        return None
    names = requested[1].split(":")[:_MOST_ALGORITHMS] if requested else []
    return AskedSignatures(tuple(dict.fromkeys(map(_usual, names))), _signing(kind[1]) if kind else "")


def _usual(name: str) -> str:
    """Return a name as OpenSSL 3.0 has it: newer versions use those of the register."""
    for form, family in ((_IANA_PSS, "RSA-PSS"), (_IANA_RSA, "RSA"), (_IANA_EC, "ECDSA")):
        if found := form.fullmatch(name):
            return f"{family}+{found[1].upper()}"
    return name


def _signing(name: str) -> str:
    return _usual(name).partition("+")[0]
