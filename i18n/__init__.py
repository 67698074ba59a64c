"""What visitors read, in their language. Both halves of the project stand on this room.

Code names a text by its English wording and gives the parameters apart::

    raise NotFoundError(Message("{service} has no playlist {id}.", service=name, id=number), name)

and whoever shows it, the page or a command, renders it: ``Words("de").say(error.message)``. The
catalogues are gettext's (``locales/LANGUAGE/LC_MESSAGES/face_the_music.po``): the English wording
is the key, so English needs no file. `make words` brings them up to date; docs in CONTRIBUTING.md.
"""

from i18n.foreign import Address, linked, literal
from i18n.message import Message, MessageError, in_context, joined, plural
from i18n.words import DEFAULT, LANGUAGES, Words, language_of

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "Address",
    "Message",
    "MessageError",
    "Words",
    "in_context",
    "joined",
    "language_of",
    "linked",
    "literal",
    "plural",
]
