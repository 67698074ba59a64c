"""A text for people, not yet in any language: its key, and what goes into it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

NARROW_NO_BREAK = "\u202f"
"""Between groups of three digits, in every language: a full stop or a comma would be read as the
decimal mark by half of the readers. SI and ISO 80000-1 ask for the same."""

GROUPED_FROM = 10_000
"""Numbers of four digits, years and codes among them, are not grouped."""


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Message:
    """A text and its parameters. ``str()`` gives it in English, for logs and for tests.

    Parameters
    ----------
    text : str
        The English wording, which is the catalogue's key. Written as a literal, or
        `make words` does not find it; ``{name}`` stands for a parameter, as in `str.format`.
        ``{name:.}`` puts a full stop behind it unless it ends in one.
    **values
        The parameters: strings (of others, or names that are no words), numbers, or messages,
        which are rendered in the same language. Numbers are written as the language does.

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
        return fill(self.text if singular else self.many, self.values, str)

    def __repr__(self) -> str:
        return f"Message({str(self)!r})"

    @property
    def wording(self) -> str:
        """The English wording with its parameters' names in their places: for the log.

        What goes into a message may be a visitor's own, such as the name of a file.
        """
        parts = {
            name: value.wording if isinstance(value, Message) else f"{{{name}}}"
            for name, value in self.values
        }
        wording = self.text if not self.many or self.count == 1 else self.many
        return fill(wording, parts.items(), str)


class MessageError(Exception):
    """Base of errors that speak to people; ``str()`` gives what they say in English.

    Parameters
    ----------
    message : Message or str
        A sentence.
    """

    def __init__(self, message: Message | str) -> None:
        super().__init__(message)
        self.message = message if isinstance(message, Message) else joined([message])

    @property
    def wording(self) -> str:
        """What it says, without anything that a visitor brought: see `Message.wording`."""
        return self.message.wording


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


def joined(parts: Iterable[Message | str], between: str = " ") -> Message:
    """Make one message of several: whole sentences, or the items of a list.

    Parameters
    ----------
    parts : iterable of Message or str
        Strings are foreign text: the same in every language.
    between : str
        What stands between two of them.
    """
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Message(between.join(f"{{{name}}}" for name in values), **values)


def fill(
    wording: str,
    values: Iterable[tuple[str, object]],
    text_of: Callable[[object], str],
    decimal_mark: str = ".",
) -> str:
    """Put parameters into a wording.

    Parameters
    ----------
    wording : str
        As `str.format` takes it.
    values : iterable of (str, object)
    text_of : callable
        Makes text of what is no number.
    decimal_mark : str
        The language's.
    """
    ready: Mapping[str, object] = {
        name: _Number(value, decimal_mark)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else _Text(text_of(value))
        for name, value in values
    }
    return wording.format_map(ready)


class _Text(str):
    """A parameter that is text."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return f"{self.rstrip('.')}." if spec == "." else format(str(self), spec)


@dataclass(frozen=True, slots=True)
class _Number:
    """A parameter that is a number."""

    value: float
    decimal_mark: str

    def __format__(self, spec: str) -> str:
        if not spec and isinstance(self.value, int) and abs(self.value) >= GROUPED_FROM:
            spec = ","
        text = format(self.value, spec)
        return text.replace(",", NARROW_NO_BREAK).replace(".", self.decimal_mark)


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
