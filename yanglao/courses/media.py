"""Find the bundled media files (videos, captions, posters) by name."""

from pathlib import Path

from yanglao.kernel.canonical import digest
from yanglao.kernel.errors import NotFound

FOLDER = Path(__file__).parent / "media"


class MediaUnknown(NotFound):
    code = "courses.media_unknown"


def path_of(name: str, *, folder: Path = FOLDER) -> Path:
    """Return where the media file ``name`` lies. ``name`` is not trusted: only a plain name of an existing file passes.

    Raises:
        MediaUnknown: there is no such file, or the name leads out of the folder.
    """
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise MediaUnknown(name=name)
    return path


def light_of(name: str, *, folder: Path = FOLDER) -> Path | None:
    """Return the low-traffic version of the film ``name``, None where there is none."""
    path = folder / f"{Path(name).stem}_light{Path(name).suffix}"
    return path if path.is_file() else None


def digest_of(path: Path) -> str:
    """Return "sha256:<hex>" of the file's bytes."""
    return digest(path.read_bytes())
