"""A key that stays on a token (HSM, smart card): it signs there, through PKCS#11, and is never read.

Needs the extra ``pkitools-nl[pkcs11]`` and the PKCS#11 library of the maker of the token, which runs in this process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from pkitools.arguments import octets
from pkitools.errors import InputError, InvalidValueError, SecretError, brought_by
from pkitools.requests.keys import PrivateKey, wrap_key
from pkitools.requests.token_uri import TokenURI

_PIN_FAULTS: Final = {
    "PinIncorrect": "pin_wrong",
    "PinInvalid": "pin_wrong",
    "PinLenRange": "pin_wrong",
    "PinLocked": "pin_locked",
    "PinExpired": "pin_locked",
    "UserPinNotInitialized": "pin_locked",
}


@contextmanager
def token_key(uri: TokenURI, pin: bytes, *, module: str = "") -> Iterator[PrivateKey]:
    """Give a private key on a token, to sign with for as long as the block lasts.

    Args:
        uri: where it is; it has to name one key.
        pin: of the user of the token.
        module: the PKCS#11 library, where the URI names none.

    Raises:
        MissingExtraError: the extra is not installed.
        InputError: the library cannot be loaded; there is no such token or key, or more than one; it is no RSA key; the
            token cannot sign with it.
        SecretError: the PIN is wrong or locked.
        InvalidValueError: no library is named.
    """
    pin = octets(pin, "pin")
    api = _api()
    path = uri.module_path or module
    if not path:
        raise InvalidValueError("requests.error.token_module_missing")
    with _told(api, uri):
        library = _library(api, path)
        token = _only(list(library.get_tokens(**_wanted_token(uri))), "token", uri)
        with token.open(user_pin=pin.decode("utf-8", "surrogateescape")) as session:
            found = _only(list(session.get_objects(_wanted_key(api, uri))), "token_key", uri)
            yield wrap_key(_TokenKey(api, found, _public(api, found), str(uri)), made_here=False)


def _api() -> Any:
    with brought_by("pkcs11"):
        import pkcs11
        import pkcs11.exceptions
    return pkcs11


@contextmanager
def _told(api: Any, uri: TokenURI) -> Iterator[None]:
    """Say in our words what goes wrong on the token; nothing it says of itself is taken over."""
    try:
        yield
    except api.exceptions.PKCS11Error as error:
        kind = type(error).__name__
        if kind in _PIN_FAULTS:
            raise SecretError(f"requests.error.token_{_PIN_FAULTS[kind]}", name=str(uri)) from None
        raise InputError("requests.error.token_failed", name=str(uri), detail=kind) from None


def _library(api: Any, path: str) -> Any:
    try:
        return api.lib(path)
    except (api.exceptions.PKCS11Error, OSError, RuntimeError, ValueError):
        raise InputError("requests.error.token_module", name=path) from None


def _wanted_token(uri: TokenURI) -> Mapping[str, object]:
    wanted = {"token_label": uri.token or None, "token_serial": uri.serial.encode() or None}
    return {name: value for name, value in wanted.items() if value is not None}


def _wanted_key(api: Any, uri: TokenURI) -> Mapping[Any, object]:
    wanted = {api.Attribute.LABEL: uri.object or None, api.Attribute.ID: uri.id or None}
    named = {name: value for name, value in wanted.items() if value is not None}
    return {api.Attribute.CLASS: api.ObjectClass.PRIVATE_KEY, **named}


def _only(found: list[Any], what: str, uri: TokenURI) -> Any:
    """Return the one that was found: a token, or a key on it. Which of several is meant is never guessed."""
    if len(found) != 1:
        raise InputError(f"requests.error.{what}_{'several' if found else 'absent'}", name=str(uri))
    return found[0]


def _public(api: Any, key: Any) -> rsa.RSAPublicKey:
    if key.key_type != api.KeyType.RSA:
        raise InputError("requests.error.token_key_kind")
    modulus, exponent = key[api.Attribute.MODULUS], key[api.Attribute.PUBLIC_EXPONENT]
    try:
        return rsa.RSAPublicNumbers(int.from_bytes(exponent), int.from_bytes(modulus)).public_key()
    except ValueError:
        raise InputError("requests.error.token_key_kind") from None


class _TokenKey(rsa.RSAPrivateKey):
    """A key of ``cryptography`` that signs on its token. It has no numbers to give, and signs only as requests are."""

    def __init__(self, api: Any, key: Any, public: rsa.RSAPublicKey, name: str) -> None:
        self._api, self._key, self._public, self._name = api, key, public, name

    def __repr__(self) -> str:
        return f"<key on token, RSA {self.key_size}>"

    @property
    def key_size(self) -> int:
        """Bits of the modulus."""
        return self._public.key_size

    def public_key(self) -> rsa.RSAPublicKey:
        """Return the public half."""
        return self._public

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """Return the signature that the token makes, once the public half says that it is one."""
        mechanism, parameter = _mechanism(self._api, padding, algorithm)
        made: bytes = self._key.sign(bytes(data), mechanism=mechanism, mechanism_param=parameter)
        try:
            self._public.verify(made, bytes(data), padding, algorithm)
        except InvalidSignature:
            raise InputError("requests.error.token_signature", name=self._name) from None
        return made

    def decrypt(self, ciphertext: Any, padding: Any) -> NoReturn:
        """Refuse: nothing here decrypts."""
        raise TypeError("a key on a token signs requests only")

    def private_numbers(self) -> NoReturn:
        """Refuse: they stay on the token."""
        raise TypeError("a key on a token has no numbers to give")

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> NoReturn:  # noqa: A002 -- their name
        """Refuse: they stay on the token."""
        raise TypeError("a key on a token has no bytes to give")

    def __copy__(self) -> _TokenKey:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> _TokenKey:
        return self


def _mechanism(api: Any, scheme: Any, algorithm: Any) -> tuple[Any, Any]:
    """Return the mechanism that signs so, and its parameter: the two ways in which requests are signed."""
    if isinstance(scheme, padding.PKCS1v15) and isinstance(algorithm, hashes.SHA256):
        return api.Mechanism.SHA256_RSA_PKCS, None
    if isinstance(scheme, padding.PSS) and isinstance(algorithm, hashes.SHA512):
        return api.Mechanism.SHA512_RSA_PKCS_PSS, (api.Mechanism.SHA512, api.MGF.SHA512, algorithm.digest_size)
    raise TypeError("a key on a token signs as requests are signed only")
