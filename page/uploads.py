"""Uploads that are not needed any more, taken out of Streamlit's memory.

Streamlit keeps what was uploaded until the visit ends, also when the uploader has long gone from
the page; only the cross beside a file takes it away.
"""

import logging
from collections.abc import Iterable

from streamlit.runtime.scriptrunner import get_script_run_ctx

log = logging.getLogger(__name__)


def let_go(file_ids: Iterable[str]) -> None:
    """Take this visit's uploads with these ids away; whoever still has their bytes keeps them.

    Parameters
    ----------
    file_ids : iterable of str
        `UploadedFile.file_id`; those that are gone already do not matter.
    """
    context = get_script_run_ctx()
    if context is None:
        return
    # not part of the protocol of Streamlit's managers, which a host may replace
    remove = getattr(context.uploaded_file_mgr, "remove_file", None)
    if remove is None:
        log.warning("Streamlit keeps uploads until the visit ends: it has no remove_file")
        return
    for file_id in file_ids:
        remove(context.session_id, file_id)
