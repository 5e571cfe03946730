"""A validator and a form field of Django for an OIN. Django itself is imported when one is used.

``from pkitools.http.django import OINField, OINValidator``
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pkitools.arguments import optional_choice
from pkitools.environment import Environment
from pkitools.findings import Severity, Verdict
from pkitools.messages import Language, outcome_message
from pkitools.oin import OIN, check_oin


class OINValidator:
    """Refuses a text that is no OIN, in the language that Django speaks: for fields of models and of forms.

    It accepts letters, as an OIN of a school has them; it is compared and written to migrations by its argument.

    Args:
        environment: ``production`` refuses test OINs as well.

    Raises:
        InvalidValueError: there is no such environment.
    """

    def __init__(self, environment: Environment | str | None = None) -> None:
        self.environment = optional_choice(Environment, environment, "environment")

    def __call__(self, value: object) -> None:
        """Raise Django's ``ValidationError`` with the code of the rule that the value breaks."""
        report = check_oin(str(value), environment=self.environment)
        if report.verdict is Verdict.PASSED:
            return
        from django.core.exceptions import ValidationError

        broken = next((one for one in report.findings if one.rule.severity is Severity.ERROR), report.findings[0])
        text = outcome_message(broken, _language())
        raise ValidationError(f"{text.title}. {text.message}", code=broken.rule.code)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OINValidator) and other.environment == self.environment

    def __hash__(self) -> int:
        return hash((OINValidator, self.environment))

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, str]]:
        """Return how a migration writes it."""
        given = {"environment": str(self.environment)} if self.environment else {}
        return "pkitools.http.django.OINValidator", (), given


def _language() -> Language:
    from django.utils.translation import get_language

    return "nl" if (get_language() or "").startswith("nl") else "en"


@cache
def _field() -> type[Any]:
    from django.forms import CharField

    class OINField(CharField):  # type: ignore[misc]  # Django has no type information
        """A form field for an OIN: takes it with spaces, dots or dashes between its groups, and gives an OIN.

        Args:
            environment: ``production`` refuses test OINs as well.
            kwargs: as of ``CharField``.
        """

        def __init__(self, *, environment: Environment | str | None = None, **kwargs: Any) -> None:
            super().__init__(**{"max_length": 40, **kwargs})
            self.validators.append(OINValidator(environment))

        def to_python(self, value: Any) -> Any:
            """Return the text without what stands between its groups."""
            text = super().to_python(value)
            return text if text in self.empty_values else OIN.compact(text)

        def clean(self, value: Any) -> Any:
            """Return the OIN, or what Django has for an empty field."""
            text = super().clean(value)
            return text if text in self.empty_values else OIN(text)

    return OINField


def __getattr__(name: str) -> Any:
    if name == "OINField":
        return _field()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
