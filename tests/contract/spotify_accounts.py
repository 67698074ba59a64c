"""Spotify's accounts service: consent, codes, tokens, as RFC 6749 and 7636 have them."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tests.contract.server import Call, FakeWeb, Reply, as_json

CLIENT_ID = "fakeclientid"
CLIENT_SECRET = "fakeclientsecret"  # noqa: S105 - the fake's own


@dataclass(frozen=True)
class Grant:
    """What a code or token stands for; `user` is None for the app itself."""

    user: str | None
    scope: str
    until_s: float = float("inf")
    redirect_uri: str = ""
    challenge: str | None = None


class SpotifyAccounts:
    """The consent page, which agrees at once, and the token endpoint.

    Attributes
    ----------
    user : str
        Who sits in front of the consent page.
    refuses : bool
        Whether that person says no.
    scope : str or None
        What that person agrees to; None: to whatever is asked.
    token_life_s : int
        Seconds for which access tokens work.
    tokens : dict of str to Grant
        Valid access tokens.
    refresh_tokens : dict of str to Grant
        Valid refresh tokens; clear it to let them die.
    secrets : list of str
        Everything that must not be told: every token, code and verifier so far.
    """

    def __init__(self, web: FakeWeb) -> None:
        self.user = "visitor"
        self.refuses = False
        self.token_life_s = 3600
        self.scope: str | None = None
        self.tokens: dict[str, Grant] = {}
        self.refresh_tokens: dict[str, Grant] = {}
        self.secrets: list[str] = [CLIENT_SECRET]
        self._codes: dict[str, Grant] = {}
        self._web = web

    def __call__(self, call: Call) -> Reply:
        path = call.path.removeprefix("/spotify-accounts")
        if (call.method, path) == ("GET", "/authorize"):
            return self._authorize(call.query)
        if (call.method, path) == ("POST", "/api/token"):
            return self._token(call)
        return Reply(404)

    def new_token(self, user: str | None, scope: str) -> str:
        token = self._secret()
        self.tokens[token] = Grant(user, scope, self._web.now_s() + self.token_life_s)
        return token

    def _secret(self) -> str:
        self.secrets.append(secrets.token_urlsafe(32))
        return self.secrets[-1]

    def _authorize(self, query: dict[str, str]) -> Reply:
        if query.get("client_id") != CLIENT_ID or query.get("response_type") != "code":
            return Reply(400, b"INVALID_CLIENT: Invalid client")
        back = {"state": query["state"]}
        if self.refuses:
            back["error"] = "access_denied"
        else:
            back["code"] = self._secret()
            self._codes[back["code"]] = Grant(
                self.user,
                query.get("scope", "") if self.scope is None else self.scope,
                redirect_uri=query["redirect_uri"],
                challenge=query.get("code_challenge"),
            )
        location = f"{query['redirect_uri']}?{urlencode(back)}"
        return Reply(302, b"", {"Location": location})

    def _token(self, call: Call) -> Reply:
        form = dict(parse_qsl(call.body.decode()))
        by_secret = self._knows_secret(call)
        if not by_secret and form.get("client_id") != CLIENT_ID:
            return _refusal("invalid_client", "Invalid client")
        match form.get("grant_type"):
            case "client_credentials" if by_secret:
                return self._granted(Grant(None, ""), refresh=False)
            case "authorization_code":
                return self._exchange(form, by_secret)
            case "refresh_token":
                return self._refresh(form, by_secret)
        return _refusal("unsupported_grant_type", "grant_type must be ...")

    def _exchange(self, form: dict[str, str], by_secret: bool) -> Reply:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.redirect_uri != form.get("redirect_uri"):
            return _refusal("invalid_grant", "Invalid authorization code")
        verifier = form.get("code_verifier", "")
        self.secrets += [verifier] if verifier else []
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        if not by_secret and digest.decode().rstrip("=") != grant.challenge:
            return _refusal("invalid_grant", "code_verifier was incorrect")
        return self._granted(grant, refresh=True)

    def _refresh(self, form: dict[str, str], by_secret: bool) -> Reply:
        token = form.get("refresh_token", "")
        grant = self.refresh_tokens.get(token)
        if grant is None:
            return _refusal("invalid_grant", "Refresh token revoked")
        if not by_secret:  # with PKCE, a refresh token works once
            del self.refresh_tokens[token]
        return self._granted(grant, refresh=not by_secret)

    def _granted(self, grant: Grant, *, refresh: bool) -> Reply:
        answer = {
            "access_token": self.new_token(grant.user, grant.scope),
            "token_type": "Bearer",
            "expires_in": self.token_life_s,
        }
        if grant.user:
            answer["scope"] = grant.scope
        if refresh:
            answer["refresh_token"] = self._secret()
            self.refresh_tokens[answer["refresh_token"]] = grant
        return as_json(answer)

    def _knows_secret(self, call: Call) -> bool:
        given = call.headers.get("authorization", "").removeprefix("Basic ")
        return given == base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


def _refusal(error: str, description: str) -> Reply:
    return as_json({"error": error, "error_description": description}, 400)
