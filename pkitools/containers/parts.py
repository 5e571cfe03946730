"""One piece of a file that holds others: an attachment, a value of a Secret, an entry of ``x5c``."""

from __future__ import annotations

from collections.abc import Hashable

from pkitools.errors import InputError
from pkitools.frozen import dataclass, field


class ObjectName(str):
    """What an object of Kubernetes is called: a value in it has that around it, and not in its name."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece, to be read by its content as a file of its own would be.

    Args:
        data: its bytes.
        name: what the file calls it, if anything.
        expected: something must be in it; what is not recognised is a problem and not passed over.
        form: of a private key that is taken as it is, such as ``JWK``; else empty.
        error: why it is not read, where the file itself says so.
        stated_key: of the first entry of ``x5c``, the public key that its JWK states.
        stated_kind: of that one, the kind of key that its JWK states.
        is_stated: of that one, whether the thumbprints that the JWK states are its own.
        place: the certificate in it is somebody's own, or is said to be the chain of one: parts of one number share it.
        among: what it shares with the parts that stand beside it, each under a name of its own.
        is_served: it stands in a Secret as what a server loads: its certificate with the chain, or its private key.
        is_rest: it is what was not read of the file itself: what stands together there does so with what was.
        again: it says in another form what another part says that has so many PEM blocks: what stands in both counts
            once, and what cannot be read in it only where it has more; ``None`` of what stands by itself.
        certificate: it is said to be a certificate: a private key is none.
    """

    data: bytes = field(repr=False)
    name: str | None = None
    expected: bool = True
    form: str = ""
    error: InputError | None = None
    is_stated: bool | None = None
    place: int | None = None
    stated_key: bytes | None = field(default=None, repr=False)
    stated_kind: str | None = None
    again: int | None = None
    certificate: bool = False
    among: Hashable = None
    is_rest: bool = False
    is_served: bool = False
