"""What any stranger can send to Streamlit, past the page's own code."""

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.browser.server import Server


def send(server: Server, *messages: BackMsg) -> None:
    """Begin a visit, send these, and wait until the server has dealt with them."""
    address = server.url.replace("http", "ws", 1)
    with connect(f"{address}/_stcore/stream", subprotocols=["streamlit"], proxy=None) as socket:
        for message in (*messages, BackMsg(app_heartbeat=True)):
            socket.send(message.SerializeToString())
        answer = ForwardMsg()
        while answer.WhichOneof("type") != "heartbeat_ack":  # they are dealt with in turn
            answer = ForwardMsg.FromString(socket.recv(timeout=30))


def clear_cache(server: Server) -> None:
    """Tell Streamlit to forget what it keeps for all visitors."""
    send(server, BackMsg(clear_cache=True))
