"""What ``csr create`` can be given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pkitools.environment import Environment
from pkitools.frozen import dataclass
from pkitools_cli.commands.csr.writing import KeyPassphrase


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOptions:
    """What ``csr create`` was given."""

    oin: str | None
    organization: str | None
    common_name: str | None
    dns: tuple[str, ...]
    kvk: str | None
    organization_identifier: str | None
    tsp: str | None
    locality: str | None
    province: str | None
    country: str | None
    system: str | None
    profile: str | None
    renew: str | None
    environment: Environment | None
    key_file: str | None
    token: str | None
    key_type: str | None
    signature: str | None
    passphrase_file: str | None
    passphrase_env: str | None
    no_passphrase: bool
    prefix: str | None
    batch_file: str | None
    out_dir: str | None
    force: bool
    resume: bool
    self_signed: bool
    days: int | None
    moment: datetime

    @property
    def has_key(self) -> bool:
        """Whether there is a key to sign with."""
        return self.key_file is not None or self.token is not None

    def wishes(self) -> dict[str, str | Sequence[str]]:
        """Return what a request is to hold, as the columns of a batch name it; what was not given is left out."""
        values: dict[str, str | Sequence[str] | None] = {
            "oin": self.oin,
            "organization": self.organization,
            "common_name": self.common_name,
            "dns": self.dns or None,
            "kvk": self.kvk,
            "organization_identifier": self.organization_identifier,
            "tsp": self.tsp,
            "locality": self.locality,
            "province": self.province,
            "country": self.country,
            "for": self.system,
            "profile": self.profile,
            "environment": self.environment,
            "key_type": self.key_type,
            "signature": self.signature,
        }
        return {name: value for name, value in values.items() if value is not None}

    def passphrase(self) -> KeyPassphrase:
        """Return where the passphrase of the key comes from."""
        if self.renew is not None and self.no_passphrase:  # what is given opens the old keystore
            return KeyPassphrase(None, None, none=True)
        return KeyPassphrase(self.passphrase_file, self.passphrase_env, self.no_passphrase)
