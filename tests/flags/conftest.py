"""The same day as in the tests of ``oversight``."""

from tests.oversight.conftest import own_scene  # noqa: F401
