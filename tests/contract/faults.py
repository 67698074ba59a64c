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
