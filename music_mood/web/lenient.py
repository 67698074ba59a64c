"""Fields of an answer that may be anything: what is null or of another kind is not known.

Texts that people shall read are bounded, and so are lengths and addresses: what a service names
goes into the page, the library and files.
"""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from i18n.foreign import shown


def or_else(default: Any) -> WrapValidator:
    """Make a field give this where its value does not fit; for ``Annotated``.

    Parameters
    ----------
    default : Any
        Frozen or never changed: all answers share it.
    """

    def read(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        try:
            return handler(value)
        except ValidationError:
            return default

    return WrapValidator(read)


Shown = Annotated[str, AfterValidator(shown)]
"""A title or a name, as `i18n.foreign.shown` gives it; may be empty."""

Name = Annotated[Shown, or_else("")]
"""The same; empty where it does not fit."""

WebAddress = Annotated[str | None, Field(max_length=2_000), or_else(None)]

Milliseconds = Annotated[int | None, Field(ge=0, le=2**40), or_else(None)]
"""Up to 34 years, as files may tell."""
