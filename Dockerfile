# The page, for servers: docs/deploy.md. Built in two stages, so that what installs is not served.
#   docker build -t face-the-music .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:8501:8501 face-the-music
FROM python:3.12-slim-bookworm AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-serve.txt /
# The list is complete and each file's hash is known: nothing is resolved, nothing else installed.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /requirements-serve.txt

FROM python:3.12-slim-bookworm

# Python's own caches are made here, once: the file system is read-only later.
COPY --from=packages /venv /venv
WORKDIR /app
COPY main.py CHANGELOG.md ./
COPY .streamlit .streamlit
COPY i18n i18n
COPY models models
COPY page page
COPY telemetry telemetry
COPY emotion emotion
COPY music_mood music_mood
COPY serving serving
RUN /venv/bin/python -m compileall -q /app

# Nobody's home and nobody's group: a number, so that Kubernetes can see that it is not root.
USER 10001:10001

# /tmp is the one place that is written to. A library that outlives the container: DATABASE_URL.
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    DATABASE_URL=sqlite:////tmp/face-the-music.db \
    FACE_THE_MUSIC_LOG=json \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SERVER_HEADLESS=true

EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

# No shell between: SIGTERM must reach the server, which then says goodbye to its visitors.
CMD ["python", "-m", "streamlit", "run", "main.py"]
