"""A server that is far away: a proxy on loopback whose every byte takes its time.

Chromium can pretend to be far away itself, but spares connections and WebSockets from it.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 65_536


@contextmanager
def far_away(url: str, round_trip_s: float) -> Iterator[str]:
    """Give the address under which a server is that far away, until the block ends.

    Parameters
    ----------
    url : str
        Where it really is: ``http://HOST:PORT``.
    round_trip_s : float
        Half of it each way; a new connection costs a whole one first. Bandwidth is not limited.
    """
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host and port, f"expected http://HOST:PORT, got {url}"
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = _Proxy(host, port, round_trip_s)
    try:
        own_port = asyncio.run_coroutine_threadsafe(proxy.start(), loop).result()
        yield f"http://127.0.0.1:{own_port}"
    finally:
        asyncio.run_coroutine_threadsafe(proxy.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Proxy:
    def __init__(self, host: str, port: int, round_trip_s: float) -> None:
        self._where = host, port
        self._round_trip_s = round_trip_s
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listen; gives the port."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up."""
        assert self._server is not None
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        writers = [writer]
        try:
            await asyncio.sleep(self._round_trip_s)  # the handshake
            far_reader, far_writer = await asyncio.open_connection(*self._where)
            writers.append(far_writer)
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        except asyncio.CancelledError:
            pass  # a task that ends cancelled makes asyncio's streams complain
        finally:
            self._connections.discard(task)
            for one in writers:
                one.close()
                with suppress(OSError):
                    await one.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, each piece that much later, without waiting between them."""
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            while True:
                at, data = await under_way.get()
                await asyncio.sleep(at - loop.time())
                if not data:
                    break
                writer.write(data)
                await writer.drain()
            writer.write_eof()

        arriving = asyncio.create_task(arrive())
        try:
            with suppress(OSError):  # either side may hang up
                data = b"-"
                while data:
                    data = await reader.read(CHUNK)
                    under_way.put_nowait((loop.time() + self._round_trip_s / 2, data))
                await arriving
        finally:
            arriving.cancel()
