"""The web services, connected: one of each for the whole process, so that all share its limits."""

from types import TracebackType
from typing import Self

from music_mood import deezer
from music_mood.deezer import DeezerApi
from music_mood.errors import PlaylistError
from music_mood.features import reccobeats
from music_mood.features.chain import FeatureChain
from music_mood.features.deezer_isrc import DeezerIsrcs
from music_mood.features.reccobeats import ReccoBeats
from music_mood.http import Service
from music_mood.previews import itunes
from music_mood.previews.chain import PreviewChain
from music_mood.previews.deezer import DeezerPreviews
from music_mood.previews.itunes import ItunesPreviews
from music_mood.previews.own import LocalFile, SourcePreview, SpotifyEmbed
from music_mood.settings import Settings
from music_mood.sources.deezer import read_deezer
from music_mood.sources.link import Host, parse_link
from music_mood.sources.paging import OnProgress
from music_mood.transport import Patience
from music_mood.values import Playlist


class Services:
    """Everything that needs the network, behind a few doors. Thread-safe.

    `close` it, or use it in a ``with`` block.

    Parameters
    ----------
    settings : Settings
        Addresses.
    patience : Patience or None
        Time limits, for tests.
    """

    def __init__(self, settings: Settings, patience: Patience | None = None) -> None:
        self._deezer = Service(
            deezer.NAME,
            settings.deezer_api_url,
            rate=deezer.RATE,
            inspect=deezer.inspect,
            patience=patience,
        )
        self._reccobeats = Service(
            reccobeats.NAME,
            settings.reccobeats_api_url,
            rate=reccobeats.RATE,
            patience=patience,
        )
        self._itunes = Service(
            itunes.NAME,
            settings.itunes_api_url,
            rate=itunes.RATE,
            wait_asked=itunes.wait_asked_s,
            patience=patience,
        )
        self._deezer_api = DeezerApi(self._deezer)
        # A library of known features goes first; what Spotify still gives old apps goes last.
        self.features = FeatureChain([DeezerIsrcs(self._deezer_api), ReccoBeats(self._reccobeats)])
        self.previews = PreviewChain(
            [
                LocalFile(),
                SourcePreview(),
                DeezerPreviews(self._deezer_api),
                ItunesPreviews(self._itunes),
                SpotifyEmbed(),
            ]
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, link: str, on_progress: OnProgress | None = None) -> Playlist:
        """Read what a pasted link leads to; as a `Source`, bind the link with `partial`.

        Raises
        ------
        PlaylistError
            It is no link, or nothing that can be read; says what to do instead.
        ProviderError
            The service failed.
        """
        reference = parse_link(link)
        if reference.host is Host.SPOTIFY:
            raise PlaylistError(
                "Spotify shows playlists to their owners only, and this app cannot log in there "
                "yet. You can export the playlist as a CSV file with https://exportify.net, or "
                "paste the link of a public playlist on Deezer."
            )
        return read_deezer(self._deezer_api, reference, on_progress)

    def close(self) -> None:
        """Close all connections."""
        for service in (self._deezer, self._reccobeats, self._itunes):
            service.close()
