"""A text for people, not yet in any language: its key, and what goes into it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Message:
    """A text and its parameters. ``str()`` gives it in English, for logs and for tests.

    Parameters
    ----------
    text : str
        The English wording, which is the catalogue's key. Written as a literal, or
        `make words` does not find it; ``{name}`` stands for a parameter, as in `str.format`.
    **values
        The parameters: strings (of others, or names that are no words), numbers, or messages,
        which are rendered in the same language.

    Attributes
    ----------
    many : str
        The wording for more than one; empty if the text counts nothing.
    count : int
        How many; of no meaning without `many`.
    context : str
        Tells apart what is one word in English and two elsewhere.
    """

    text: str
    values: tuple[tuple[str, object], ...]
    many: str
    count: int
    context: str

    def __init__(self, text: str, /, **values: object) -> None:
        _fill(self, text, values)

    def __str__(self) -> str:
        singular = not self.many or self.count == 1
        return (self.text if singular else self.many).format_map(dict(self.values))

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"


def plural(one: str, many: str, /, count: int, **values: object) -> Message:
    """Make a message that counts; ``{count}`` may stand in either wording."""
    message = Message(one)
    _fill(message, one, {"count": count, **values}, many=many, count=count)
    return message


def in_context(context: str, text: str, /, **values: object) -> Message:
    """Make a message whose English wording stands for different things elsewhere."""
    message = Message(text)
    _fill(message, text, values, context=context)
    return message


def _fill(
    message: Message,
    text: str,
    values: dict[str, object],
    *,
    many: str = "",
    count: int = 0,
    context: str = "",
) -> None:
    """Set a frozen message's fields; sorted, so that equal messages are equal."""
    for name, value in {
        "text": text,
        "values": tuple(sorted(values.items())),
        "many": many,
        "count": count,
        "context": context,
    }.items():
        object.__setattr__(message, name, value)
