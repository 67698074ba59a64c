"""A visitor without a browser: Streamlit's protocol over one websocket."""

import http.client
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

BOUNDARY = "x"
PATIENCE_S = 60


class Visitor:
    """Who has opened the page.

    Parameters
    ----------
    socket : ClientConnection
        To the page's server.
    url : str
        Where that is.

    Attributes
    ----------
    session_id : str
        Streamlit's.
    """

    def __init__(self, socket: ClientConnection, url: str) -> None:
        self._socket, self._netloc = socket, urlsplit(url).netloc
        with urllib.request.urlopen(f"{url}/_stcore/health") as answer:  # noqa: S310  loopback
            self._token = SimpleCookie(answer.headers["Set-Cookie"])["_streamlit_xsrf"].value
        self._say(rerun_script={})
        self.session_id = self._until("new_session").new_session.initialize.session_id
        self._until("script_finished")

    def ask_for_uploads(self, count: int) -> list[str]:
        """Say that files will come; gives the paths that they shall go to."""
        names = [f"{number}.mp3" for number in range(count)]
        self._say(file_urls_request={"request_id": "1", "file_names": names})
        told = self._until("file_urls_response").file_urls_response
        return [one.upload_url for one in told.file_urls]

    def put(self, path: str, size: int) -> int:
        """Upload so many bytes; gives the answer's status."""
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a.mp3"\r\n'
            "Content-Type: audio/mpeg\r\n\r\n"
        )
        body = head.encode() + bytes(size) + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self._request("PUT", path, body)

    def delete(self, path: str) -> int:
        """Take an upload back; gives the answer's status."""
        return self._request("DELETE", path, json.dumps({"sessionId": self.session_id}).encode())

    def _request(self, method: str, path: str, body: bytes) -> int:
        connection = http.client.HTTPConnection(self._netloc, timeout=PATIENCE_S)
        connection.request(
            method,
            path,
            body,
            {
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                "Cookie": f"_streamlit_xsrf={self._token}",
                "X-Xsrftoken": self._token,
            },
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def _say(self, **message: object) -> None:
        self._socket.send(BackMsg(**message).SerializeToString())

    def _until(self, kind: str) -> ForwardMsg:
        while True:
            told = ForwardMsg.FromString(self._socket.recv(timeout=PATIENCE_S))
            if told.HasField(kind):
                return told


@contextmanager
def visitor(url: str) -> Iterator[Visitor]:
    """Open the page; at the block's end the connection ends without a word."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], max_size=None) as socket:
        yield Visitor(socket, url)
