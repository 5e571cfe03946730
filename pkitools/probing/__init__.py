"""A connection tried: what a peer sends and asks, whether it takes a client certificate, and why not.

:func:`probe` tries and judges, and needs the extra ``pkitools-nl[probe]`` (pyOpenSSL): Python's own ``ssl`` does not
tell what a peer asks of its clients. :func:`fetch_chain` only fetches the certificates, from Python 3.13 on without it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pkitools.probing.chain import fetch_chain, fetch_chains
    from pkitools.probing.handshake import ClientIdentity
    from pkitools.probing.model import (
        Alert,
        AskedSignatures,
        Handshake,
        Observation,
        Offered,
        ProbeError,
        ProbeFault,
        Taken,
        TLSVersion,
    )
    from pkitools.probing.observing import ClientMaterial
    from pkitools.probing.starttls import starttls_protocols, usual_port
    from pkitools.probing.trying import ProbeResult, probe

__all__ = [
    "Alert",
    "AskedSignatures",
    "ClientIdentity",
    "ClientMaterial",
    "Handshake",
    "Observation",
    "Offered",
    "ProbeError",
    "ProbeFault",
    "ProbeResult",
    "TLSVersion",
    "Taken",
    "fetch_chain",
    "fetch_chains",
    "probe",
    "starttls_protocols",
    "usual_port",
]

_MODULES: Final = {
    "Alert": "model",
    "AskedSignatures": "model",
    "ClientIdentity": "handshake",
    "ClientMaterial": "observing",
    "Handshake": "model",
    "Observation": "model",
    "Offered": "model",
    "ProbeError": "model",
    "ProbeFault": "model",
    "ProbeResult": "trying",
    "TLSVersion": "model",
    "Taken": "model",
    "fetch_chain": "chain",
    "fetch_chains": "chain",
    "probe": "trying",
    "starttls_protocols": "starttls",
    "usual_port": "starttls",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
