"""The server asks for as many open connections as its owner may have."""

import resource

import pytest

from tests.unit.test_rooms import run_python

LIMITED = """
import resource
from serving.descriptors import allow_many
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
allow_many()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "allowed"), [(256, 512, 512), (512, 512, 512), (256, 100_000, 65_536)]
)
@pytest.mark.slow
def test_the_limit_is_raised_as_far_as_it_may_be(soft: int, hard: int, allowed: int) -> None:
    hard_here = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard_here != resource.RLIM_INFINITY and hard > hard_here:  # only root may go beyond
        hard, allowed = hard_here, min(hard_here, 65_536)
    assert int(run_python(LIMITED.format(soft=soft, hard=hard))) == allowed
