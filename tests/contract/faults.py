"""How services misbehave, by name."""

import json

from tests.contract.server import Reply, as_json


def unauthorized(message: str = "The access token expired") -> Reply:
    return as_json({"error": {"status": 401, "message": message}}, 401)


def forbidden(message: str = "Forbidden", reason: str | None = None) -> Reply:
    error = {"status": 403, "message": message} | ({"reason": reason} if reason else {})
    return as_json({"error": error}, 403)


def too_many(retry_after: str | None) -> Reply:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return as_json({"error": {"status": 429, "message": "API rate limit exceeded"}}, 429, **headers)


QUOTA_EXCEEDED = as_json(
    {"error": {"status": 429, "message": "Quota exceeded", "reason": "QUOTA_EXCEEDED"}}, 429
)
NOT_FOUND = as_json({"error": {"status": 404, "message": "Not found"}}, 404)
BROKEN = Reply(500, b"Internal Server Error")
DOWN = Reply(503, b"Service Unavailable")
SILENT = Reply(silence_s=30)
TRICKLE = Reply(200, b" " * 200 + b"{}", trickle_s=0.05)
_SLOWLY = b"x" * 600  # a byte each 0.05 s: half a minute
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TRICKLES = {
    "status line": Reply(raw=(b"HTTP/1.1 200 ", _SLOWLY), trickle_s=0.05),
    "header": Reply(raw=(b"HTTP/1.1 200 OK\r\nX-Mine: ", _SLOWLY), trickle_s=0.05),
    "headers": Reply(raw=(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 90), trickle_s=0.05),
    "interim answers": Reply(raw=(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 30), trickle_s=0.05),
    "redirect's head": Reply(raw=(b"HTTP/1.1 302 Found\r\nLocation: /", _SLOWLY), trickle_s=0.05),
    "body": Reply(200, b" " * 600 + b"{}", trickle_s=0.05),
    "body without an end": Reply(raw=(b"HTTP/1.0 200 OK\r\n\r\n", _SLOWLY), trickle_s=0.05),
    "chunk's size": Reply(raw=(_CHUNKED + b"2;", _SLOWLY), trickle_s=0.05),
    "chunk": Reply(raw=(_CHUNKED + b"258\r\n", _SLOWLY), trickle_s=0.05),
    "trailer": Reply(raw=(_CHUNKED + b"2\r\n{}\r\n0\r\nX-Mine: ", _SLOWLY), trickle_s=0.05),
}
"""Answers that never pause for long, and never end."""
HALF_JSON = Reply(200, b'{"data": [{"id": 1, "tit', {"Content-Type": "application/json"})
CUT_OFF = Reply(200, b'{"data": [{"id": 1', {"Content-Type": "application/json"}, announced=9_999)
HTML = Reply(200, b"<!DOCTYPE html><title>Sign in</title>", {"Content-Type": "text/html"})
NOTHING = Reply(200, b"")
NOT_TEXT = Reply(200, b"\xff\xfe\x00{}")
NOT_GZIP = Reply(200, b"certainly not", {"Content-Encoding": "gzip"})
TOO_DEEP = Reply(200, b'{"a":' + b"[" * 100_000)
TOO_LARGE = Reply(200, json.dumps({"data": "x" * 9_000_000}).encode())
A_LIST = as_json([1, 2, 3])
REDIRECT = Reply(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"})


def deezer_error(code: int, message: str = "") -> Reply:
    """Deezer's errors come with status 200."""
    return as_json({"error": {"type": "Exception", "message": message, "code": code}})


def nested(depth: int) -> Reply:
    """A whole JSON object with lists within lists."""
    return Reply(200, b'{"a":' + b"[" * depth + b"]" * depth + b"}")
