"""Uploads stay in memory, on their way in as well: importing this module sees to it."""

from starlette.formparsers import MultiPartParser

MAX_SPOOLED_MB = 64
"""Above everything the page lets visitors upload (`server.maxUploadSize` in config.toml)."""

# Streamlit leaves uploads to Starlette, which would park all beyond 1 MB in a temporary file while
# they come in, photos too. Starlette knows no other way to set this, and it holds for the process.
MultiPartParser.spool_max_size = MAX_SPOOLED_MB << 20
