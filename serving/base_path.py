"""The folder below which the page is served, in one notation."""


def normalised(base_path: str) -> str:
    """Give ``server.baseUrlPath`` as paths begin with it: "" or "/folder", no slash at its end."""
    return f"/{base_path.strip('/')}".rstrip("/")
