"""Fields of an answer that may be anything: what is null or of another kind is not known."""

from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator


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
