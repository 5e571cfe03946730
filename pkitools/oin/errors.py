"""The errors of this room.

An error about a number carries the code of the rule the number breaks, so that an exception, a report and a refused
certificate request say the same thing in the same words.
"""

from __future__ import annotations

from pkitools.errors import InvalidValueError


class InvalidOINError(InvalidValueError):
    """The text is not an OIN. ``code`` is that of the first rule it breaks, such as ``oin.rsin.eleven_test``.

    Where it would be one with digits for the letters that look like them it is ``oin.input.like_digits``.
    """


class InvalidNumberError(InvalidValueError):
    """The number an OIN was to be derived from does not have the form of such a number."""


class NoOINError(InvalidValueError):
    """The number has its form and gives no OIN, and the sentence says why."""


class InvalidIdentifierError(InvalidValueError):
    """The text is not the identifier it should be: an entity ID, a service ID, an organizationIdentifier, a PartyId."""
