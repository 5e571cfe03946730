"""Whether a profile can be what a system asks: its uses, its names, its number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pkitools.profiles import Presence, Profile
from pkitools.systems import Stance, Statement, Topic
from pkitools.x509.oids import CLIENT_AUTH, SERVER_AUTH


def _policies(profile: Profile, statement: Statement) -> bool:
    return bool({*profile.policies.production, *profile.policies.trial} & set(statement.values))


_FITS: Final[Mapping[Topic, Callable[[Profile, Statement], bool]]] = {
    Topic.CLIENT_AUTH: lambda profile, _: CLIENT_AUTH in profile.usage.extended_key_usage,
    Topic.SERVER_AUTH: lambda profile, _: SERVER_AUTH in profile.usage.extended_key_usage,
    Topic.SIGNING: lambda profile, _: "digitalSignature" in profile.usage.key_usage,
    Topic.FQDN: lambda profile, _: profile.san.presence is not Presence.FORBIDDEN,
    Topic.OIN: lambda profile, _: profile.serial_number == "oin",
    Topic.URA: lambda profile, _: profile.serial_number == "uzi",
    Topic.POLICY: _policies,
}


def unmet(profile: Profile, said: Sequence[Statement]) -> list[Statement]:
    """Return the statements of a system that no certificate of this profile can meet.

    Args:
        profile: the profile.
        said: what the system says, in one environment at one moment.
    """
    asked = [each for each in said if each.answer is Stance.YES and each.topic in _FITS]
    return [each for each in asked if not _FITS[each.topic](profile, each)]


def fits(profile: Profile, said: Sequence[Statement]) -> bool:
    """Return whether a certificate of this profile can be what a system asks.

    A profile for UZI numbers is for who asks the URA: elsewhere nobody reads that number.
    """
    asks_ura = any(each.topic is Topic.URA and each.answer is Stance.YES for each in said)
    return not unmet(profile, said) and (profile.serial_number == "uzi") is asks_ura
