"""Why finding music can fail.

One tree, so that callers catch `MusicError` and show its sentence::

    MusicError                  base; ``str(error)`` is a sentence for the visitor in English
    ├── PlaylistError           a link or file that holds no playlist we can read
    ├── ModelError              the mood model is missing, altered or of another kind
    ├── SettingsError           an environment variable or secret that cannot be used
    ├── LibraryError            the database cannot be opened, read or written
    ├── OutputError             labelled tracks cannot be written, or half-done work not resumed
    └── ProviderError           a web service did not give what it was asked for
        ├── NotFoundError       it does not have that                       404, 410
        ├── ForbiddenError      it has it, but not for us                   401, 403
        │   └── LoginNeededError  ... unless the visitor logs in (again)    401, invalid_grant
        ├── RateLimitedError    it wants us to wait: `retry_after_s`        429, quota
        ├── UnavailableError    it is down or out of reach                  5xx, no connection
        │   └── TimedOutError   it took the call and stayed silent
        └── BadAnswerError      it answered something that makes no sense   HTML, half a JSON, ...

The technical cause travels as ``__cause__`` (``raise ... from``) and goes to the log.
"""

from i18n import Message, MessageError


class MusicError(MessageError):
    """Base of everything `music_mood` raises on purpose; it speaks to the visitor."""


class PlaylistError(MusicError):
    """A link, file or table that cannot be read as a playlist; says what to do instead."""


class ModelError(MusicError):
    """The mood model is missing, was altered, or does not match its metadata."""


class SettingsError(MusicError):
    """A setting cannot be used; names it and says what it should look like."""


class LibraryError(MusicError):
    """The library cannot be opened, read or written; the music goes on without it."""


class OutputError(MusicError):
    """Labelled tracks cannot be written, or half-done work cannot be gone on with; says why."""


class ProviderError(MusicError):
    """A web service did not give what it was asked for.

    Parameters
    ----------
    message : Message or str
        For the visitor.
    provider : str
        The service's name as shown, e.g. ``"Deezer"``.
    """

    def __init__(self, message: Message | str, provider: str) -> None:
        super().__init__(message)
        self.provider = provider


class NotFoundError(ProviderError):
    """The service does not have what was asked for."""


class ForbiddenError(ProviderError):
    """The service has it, but does not give it to us."""


class LoginNeededError(ForbiddenError):
    """The visitor has to log in, or to log in again."""


class RateLimitedError(ProviderError):
    """The service, or our own courtesy towards it, asks to wait.

    Parameters
    ----------
    message, provider
        As for `ProviderError`; the message tells the time.
    retry_after_s : float
        Seconds until a call makes sense again.
    """

    def __init__(self, message: Message | str, provider: str, retry_after_s: float) -> None:
        super().__init__(message, provider)
        self.retry_after_s = retry_after_s


class UnavailableError(ProviderError):
    """The service is down or out of reach; later it may work."""


class TimedOutError(UnavailableError):
    """The service took too long."""


class BadAnswerError(ProviderError):
    """The service answered something that cannot be understood; asking again would not help."""
