"""The web services, connected: one of each for the whole process, so that all share its limits."""

import secrets
from collections.abc import Generator, Mapping
from types import MappingProxyType, TracebackType
from typing import Self, overload

from i18n import Message, joined
from music_mood.clients import deezer, itunes, reccobeats
from music_mood.clients.deezer import DeezerApi
from music_mood.clients.itunes import ItunesApi
from music_mood.clients.preview_sound import PreviewSound
from music_mood.clients.reccobeats import ReccoBeatsApi
from music_mood.clients.spotify import api
from music_mood.clients.spotify.accounts import NAME, AppAccount, VisitorAccount
from music_mood.clients.spotify.api import SpotifyApi
from music_mood.clients.spotify.login import SpotifyLogin
from music_mood.errors import PlaylistError
from music_mood.features.chain import FeatureChain
from music_mood.features.deezer import DeezerIdentifiers
from music_mood.features.heard_previews import HeardPreviews
from music_mood.features.provider import FeatureProvider
from music_mood.features.reccobeats import ReccoBeats
from music_mood.features.remembered import RememberedFeatures, RememberedSound
from music_mood.features.sound import OwnSound
from music_mood.features.spotify_legacy import SpotifyLegacy
from music_mood.library.store import Library
from music_mood.previews.chain import PreviewChain
from music_mood.previews.deezer import DeezerPreviews
from music_mood.previews.itunes import ItunesPreviews
from music_mood.previews.own import LocalFile, SourcePreview, SpotifyEmbed
from music_mood.previews.provider import PreviewProvider
from music_mood.reference import Host, Reference, find_link
from music_mood.settings import Settings
from music_mood.sound.ear import Ear, is_installed
from music_mood.sources.deezer import read_deezer
from music_mood.sources.short_links import ShortLinks
from music_mood.sources.spotify import LOG_IN_OR_OTHER_WAYS, OTHER_WAYS, read_spotify
from music_mood.values import Playlist
from music_mood.web.paging import PagesRead
from music_mood.web.service import Service
from music_mood.web.transport import Patience


class Services:
    """Everything that needs the network, behind a few doors. Thread-safe.

    `close` it, or use it in a ``with`` block.

    Attributes
    ----------
    features : FeatureChain
        Completes tracks where nobody is logged in; see `feature_chain`.
    previews : PreviewChain
        Finds something to play.
    library : Library
        What the app remembers; not opened before it is needed.
    offline : bool
        Whether no service is asked at all.
    hears, hears_previews : bool
        Whether the sound of audio files is listened to: requirements-sound.txt is installed; and
        that of Deezer's previews.
    spotify_login : SpotifyLogin or None
        The way to Spotify's login and back; None if the settings name no app or no way back, or
        no service is asked.

    Parameters
    ----------
    settings : Settings
        Addresses.
    patience : Patience or None
        Time limits, for tests.
    stand_ins : mapping of str to str
        Site of short links -> base address asked in its place, for tests.
    login_secret : str
        What logins under way are signed with: the same in all processes that serve one page. If it
        is empty, nobody but this object can finish what it began.
    remember_files : bool
        Whether the library remembers what audio files sound like, by their content: for those
        whose own files they are, not for visitors'.
    """

    def __init__(
        self,
        settings: Settings,
        patience: Patience | None = None,
        stand_ins: Mapping[str, str] = MappingProxyType({}),
        login_secret: str = "",
        *,
        remember_files: bool = False,
    ) -> None:
        self.library = Library(settings.database_url)
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
        self._spotify = Service(
            NAME,
            settings.spotify_api_url,
            rate=api.RATE,
            wait_asked=api.wait_asked_s,
            patience=patience,
        )
        self._spotify_accounts = Service(NAME, settings.spotify_accounts_url, patience=patience)
        self._short_links = ShortLinks(patience, stand_ins)
        self._deezer_api = DeezerApi(self._deezer)
        self.offline = settings.work_offline
        self.spotify_login, self._app = self._who_can_ask(
            settings, login_secret or secrets.token_hex()
        )
        deezer_previews = DeezerPreviews(self._deezer_api)
        self._preview_sound = PreviewSound(settings.deezer_api_url, patience)
        self.hears = is_installed()
        self.hears_previews = self.hears and settings.hear_previews and not settings.work_offline
        self._by_ear: list[FeatureProvider] = []
        if self.hears:
            ear, memory = Ear(), RememberedSound(self.library)
            self._by_ear.append(OwnSound(ear, memory if remember_files else None))
            if self.hears_previews:
                self._by_ear.append(
                    HeardPreviews(ear, deezer_previews, self._preview_sound, memory)
                )
        self.features = self.feature_chain()
        by_call: list[PreviewProvider] = [deezer_previews, ItunesPreviews(ItunesApi(self._itunes))]
        self.previews = PreviewChain(
            [LocalFile(), SourcePreview(), *([] if self.offline else by_call), SpotifyEmbed()]
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

    def _who_can_ask(
        self, settings: Settings, secret: str
    ) -> tuple[SpotifyLogin | None, AppAccount | None]:
        app, accounts = settings.spotify_app, self._spotify_accounts
        if app is None or self.offline:
            return None, None
        login = SpotifyLogin(app, accounts, secret) if app.redirect_uri else None
        return login, AppAccount(app, accounts) if app.client_secret else None

    @overload
    def spotify(self, visitor: VisitorAccount) -> SpotifyApi: ...

    @overload
    def spotify(self, visitor: VisitorAccount | None = None) -> SpotifyApi | None: ...

    def spotify(self, visitor: VisitorAccount | None = None) -> SpotifyApi | None:
        """Give Spotify as a visitor sees it, or else the app; None if there is no app."""
        account = visitor or self._app
        return SpotifyApi(self._spotify, account) if account else None

    def feature_chain(self, visitor: VisitorAccount | None = None) -> FeatureChain:
        """Give the chain that completes tracks, beginning with what the library knows."""
        providers: list[FeatureProvider] = []
        if not self.offline:
            providers += [
                DeezerIdentifiers(self._deezer_api),
                ReccoBeats(ReccoBeatsApi(self._reccobeats)),
            ]
            if spotify := self.spotify(visitor):
                providers.append(SpotifyLegacy(spotify))
        return FeatureChain(providers, RememberedFeatures(self.library, providers), self._by_ear)

    def read(
        self, link: str, visitor: VisitorAccount | None = None
    ) -> Generator[PagesRead, None, Playlist]:
        """Read what a pasted link leads to; as a `Source`, bind the link with `partial`.

        A short link is followed first, within its service's own sites.

        Parameters
        ----------
        link : str
            As pasted.
        visitor : VisitorAccount or None
            Who is logged in to Spotify.

        Yields
        ------
        PagesRead

        Returns
        -------
        Playlist

        Raises
        ------
        PlaylistError
            It is no link, or nothing that can be read, or nobody is asked; says what to do instead.
        ProviderError
            The service failed.
        """
        reference = self.reference_of(link)
        if reference.host is Host.DEEZER:
            return (yield from read_deezer(self._deezer_api, reference))
        spotify = self.spotify(visitor)
        if spotify:
            return (yield from read_spotify(spotify, reference))
        ways = LOG_IN_OR_OTHER_WAYS if self.spotify_login else OTHER_WAYS
        raise PlaylistError(
            joined([Message("Spotify does not show to strangers what this link leads to."), ways])
        )

    def reference_of(self, link: str) -> Reference:
        """Tell what a pasted link leads to; a short one is followed. Raises as `read` does."""
        if self.offline:
            raise PlaylistError(
                Message("No service is asked here: please bring files instead of a link.")
            )
        found = find_link(link)
        return found if isinstance(found, Reference) else self._short_links.resolve(found)

    def close(self) -> None:
        """Close all connections."""
        self.library.close()
        for service in (
            self._deezer,
            self._reccobeats,
            self._itunes,
            self._spotify,
            self._spotify_accounts,
            self._short_links,
            self._preview_sound,
        ):
            service.close()
