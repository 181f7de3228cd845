"""The same days as in the tests of ``oversight``."""

from tests.oversight.conftest import own_scene, played, scene, scene_on_either  # noqa: F401
