"""Widgets that follow a value which the page keeps, and buttons that change it: in one run each."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def controlled(
    widget: Callable[..., Any],
    label: str,
    *options: object,
    key: str,
    value: T,
    chosen: Callable[[T], None],
    initial: str = "default",
    **look: Any,
) -> None:
    """Draw a widget that shows a value, and tells what the visitor chose instead.

    Parameters
    ----------
    widget : callable
        ``st.pills``, ``st.text_input``, ...
    label, *options
        Its first arguments.
    key : str
        Its key. Where it moves to another place of the page, it needs another one: for a moment
        the browser holds both, and the one that goes would answer for the one that comes.
    value
        What it shall show.
    chosen : callable
        Is told what the visitor chose: before the page is drawn again, as callbacks are. Only
        after a restart of the server, whose first run knows no callbacks, it is told here, and
        the page is drawn anew: a click is not lost because the server was.
    initial : str
        What the widget calls its first value.
    **look
        Its other arguments.
    """
    if key in st.session_state:
        st.session_state[key] = value
    else:
        look[initial] = value
    shown = widget(
        label, *options, key=key, on_change=lambda: chosen(st.session_state[key]), **look
    )
    if shown != value:
        chosen(shown)
        st.rerun()


def action_button(label: str, act: Callable[[], None], *, key: str, **look: Any) -> None:
    """Draw a button that changes what the page shows.

    Parameters
    ----------
    label : str
    act : callable
        What pressing it does: before the page is drawn again, as callbacks are, so that one press
        costs the server one run of the page. After a restart of the server, as in `controlled`.
    key : str
        Its key.
    **look
        Other arguments of ``st.button``.
    """
    known = key in st.session_state
    if st.button(label, key=key, on_click=act, **look) and not known:
        act()
        st.rerun()
