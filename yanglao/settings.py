"""Read files and environment into one frozen ``Settings``; refuse what is unknown or malformed, by name."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from yanglao.kernel import notice_templates, simulated

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("demo", "development", "test", "production")
DEFAULT_SECRETS = frozenset(
    {"", "dev", "secret", "demo", "changeme", "change-me", "change_me", "please-change-me"}
)
SHORTEST_SECRET = 32
LONGEST_ROOM_URL = 40
ROOM_CODE_LENGTH = 16
LONGEST_SOCKET_PATH = 100


class WrongSetting(Exception):
    """Says in one line which setting cannot be used and why; its text never holds a secret value."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"setting {name}: {why}")
        self.name = name


@dataclass(frozen=True)
class Settings:
    """Hold everything that is decided outside the code. Secrets stay out of ``repr``."""

    env: str
    host: str
    port: int
    data_dir: Path
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    redis_embedded: bool
    keys_file: Path
    clock_file: Path | None
    public_base_url: str
    short_base_url: str
    trusted_proxies: tuple[str, ...]
    trusted_hops: int
    wechat_app_id: str
    wechat_app_secret: str = field(repr=False)
    wechat_token: str = field(repr=False)
    wechat_aes_key: str = field(repr=False)
    wechat_aes_key_previous: str = field(repr=False)
    wechat_api_base: str
    wechat_authorize_base: str
    web_workers: int
    web_threads: int
    task_workers: int
    log_format: str
    question_file_mb: int
    demo_trainees: int
    wechat_templates: Mapping[str, notice_templates.Template]
    warnings: tuple[str, ...] = ()

    @property
    def sqlite(self) -> bool:
        """Say whether the database is SQLite (one file) and not PostgreSQL."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path | None:
        """Return the file of the SQLite database, ``None`` on PostgreSQL."""
        return (
            Path(unquote(self.database_url.removeprefix("sqlite:///").split("?")[0])) if self.sqlite else None
        )


def load(environ: Mapping[str, str] = os.environ, *, config_dir: Path = ROOT / "config") -> Settings:
    """Read ``config/*.toml``, then ``environ``, and return the settings; an empty variable counts as not given.

    Where no WeChat account is named, a simulator that runs beside DATA_DIR is taken, never in production.

    Makes DATA_DIR, and outside production a random SECRET_KEY kept in it (0600), when they are missing.

    Raises:
        WrongSetting: an unknown name, a malformed value, a default secret in production, an unwritable DATA_DIR.
    """
    given = {name: value.strip() for name, value in environ.items() if name in NAMES and value.strip()}
    _refuse_unknown_names(environ)
    env = given.get("YANGLAO_ENV", "demo")
    if env not in ENVIRONMENTS:
        raise WrongSetting("YANGLAO_ENV", f"{env!r} is none of {', '.join(ENVIRONMENTS)}")
    raw = _files(config_dir, env) | {NAMES[name]: (name, value) for name, value in given.items()}
    if env != "production" and "wechat_app_id" not in raw and not any("WECHAT_" in name for name in given):
        found = simulated.read(_parse(*raw["data_dir"], _path))
        raw |= {NAMES[name]: (name, value) for name, value in found.items()}
    parsed = {key: _parse(name, value, PARSERS[key]) for key, (name, value) in raw.items() if key in PARSERS}
    return _complete(env, parsed, config_dir)


def _complete(env: str, parsed: dict[str, Any], config_dir: Path) -> Settings:
    """Fill in what follows from other settings and check what only makes sense together."""
    if parsed.get("clock_file") and env != "test":
        raise WrongSetting("YANGLAO_CLOCK_FILE", "is obeyed only when YANGLAO_ENV=test")
    if bool(parsed.get("wechat_app_id")) != bool(parsed.get("wechat_app_secret")):
        raise WrongSetting("WECHAT_APP_ID", "and WECHAT_APP_SECRET must be given together")
    data_dir = _writable(parsed["data_dir"])
    hops, proxies = parsed.pop("trusted_proxies", (0, ()))
    public = parsed.pop("public_base_url", None) or f"http://127.0.0.1:{parsed['port']}"
    short = parsed.pop("short_base_url", None) or public
    redis_url = parsed.pop("redis_url", "")
    unused: dict[str, Any] = {key: "" for key in WECHAT_SECRETS if key not in parsed}
    clock_file = parsed.pop("clock_file", None)
    return Settings(
        env=env,
        secret_key=_secret_key(env, parsed.pop("secret_key", ""), data_dir),
        database_url=parsed.pop("database_url", "")
        or f"sqlite:///{quote(str(data_dir / 'yanglao.sqlite3'))}",
        redis_url=redis_url or f"unix://{quote(str(embedded_redis_socket(data_dir)))}?db=0",
        redis_embedded=not redis_url,
        keys_file=_keys_file(env, parsed.pop("keys_file", None), data_dir),
        clock_file=clock_file,
        wechat_templates=_parse("wechat.toml", (config_dir, data_dir), notice_templates.read),
        public_base_url=public,
        short_base_url=short,
        trusted_proxies=proxies,
        trusted_hops=hops,
        warnings=_warnings(short),
        **unused,
        **parsed,
    )


def embedded_redis_socket(data_dir: Path) -> Path:
    """Return where the embedded Redis listens: in ``data_dir``, or a short folder when that path is too long."""
    inside = data_dir / "redis" / "redis.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    name = sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"yanglao-{os.getuid()}-{name}" / "redis.sock"


def _refuse_unknown_names(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith(("YANGLAO_", "WECHAT_")) and name not in NAMES:
            raise WrongSetting(name, "is not a setting of yanglao (is it misspelt?)")


def _files(config_dir: Path, env: str) -> dict[str, tuple[str, Any]]:
    """Return key -> (where it was read, value) from the files; the later file wins."""
    names = ["default.toml"] + (["production.toml"] if env == "production" else [])
    found: dict[str, tuple[str, Any]] = {}
    for name in names:
        try:
            content = tomllib.loads((config_dir / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WrongSetting(f"config/{name}", f"cannot be read: {error}") from None
        for key, value in content.items():
            if key not in PARSERS or key in NOT_IN_FILES:
                raise WrongSetting(key, f"in config/{name} is not a setting that may stand there")
            found[key] = (f"{key} in config/{name}", value)
    return found


def _parse(name: str, value: Any, parser: Callable[[Any], Any]) -> Any:
    try:
        return parser(value)
    except (ValueError, TypeError) as error:
        raise WrongSetting(name, str(error)) from None


def _writable(folder: Path) -> Path:
    """Make ``folder`` when it is missing and try a write in it, for permission bits do not tell the truth to root."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        raise WrongSetting("DATA_DIR", f"{folder} cannot be written to ({error.strerror or error})") from None
    return folder


def _secret_key(env: str, given: str, data_dir: Path) -> str:
    if env == "production":
        if given.lower() in DEFAULT_SECRETS or len(given) < SHORTEST_SECRET or len(set(given)) < 8:
            raise WrongSetting(
                "SECRET_KEY", f"production needs one of its own, random, {SHORTEST_SECRET}+ characters"
            )
        return given
    return given or kept_secret(data_dir / "secret_key")


def kept_secret(path: Path) -> str:
    """Return the secret kept in ``path``; the first caller makes it (0600), also when several start at once."""
    if not path.exists():
        write_once(path, secrets.token_urlsafe(48).encode())
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise WrongSetting("SECRET_KEY", f"cannot be read from {path} ({error})") from None


def write_once(path: Path, content: bytes) -> None:
    """Write a secret file whole and readable to its owner only; keep what another process wrote a moment before."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise WrongSetting("DATA_DIR", f"{path.name} cannot be written ({error.strerror or error})") from None
    finally:
        os.unlink(draft)


def _keys_file(env: str, given: Path | None, data_dir: Path) -> Path:
    if env != "production":
        return given or data_dir / "keys.toml"
    if given is None:
        raise WrongSetting(
            "YANGLAO_KEYS", "production needs a keys file of its own (`keys create` makes one)"
        )
    if not given.is_file():
        raise WrongSetting("YANGLAO_KEYS", f"there is no file {given} (`keys create` makes one)")
    return given


def _warnings(short: str) -> tuple[str, ...]:
    longest = len(short) + len("/c/") + ROOM_CODE_LENGTH
    if longest <= LONGEST_ROOM_URL:
        return ()
    return (
        f"SHORT_BASE_URL {short} makes room codes of {longest} characters; more than {LONGEST_ROOM_URL} make the"
        " QR code dense and hard to scan from the last row",
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    return value.strip()


def _matching(pattern: str, why: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not re.fullmatch(pattern, _text(value)):
            raise ValueError(why)
        return _text(value)

    return parse


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        text = str(value)
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return parse


def _path(value: Any) -> Path:
    return (ROOT / Path(_text(value)).expanduser()).resolve()


def _base_url(value: Any) -> str:
    text = _text(value).rstrip("/")
    parts = urlsplit(text)
    _ = parts.port  # raises ValueError when it is no number
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or " " in text
    ):
        raise ValueError(f"{text!r} is not an address like https://learn.example.org")
    return text


def _database_url(value: Any) -> str:
    text = _text(value)
    for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    if text.startswith("sqlite:////"):
        return text
    if text.startswith("sqlite:///") and len(text) > len("sqlite:///"):
        return f"sqlite:///{ROOT / text.removeprefix('sqlite:///')}"
    raise ValueError("is neither postgresql://user:password@host/name nor sqlite:///file")


def _redis_url(value: Any) -> str:
    text = _text(value)
    if not re.match(r"(redis|rediss)://[^/\s]+|unix://\S*/", text):
        raise ValueError("is none of redis://host:port/0, rediss://…, unix:///path?db=0")
    return text


def _host(value: Any) -> str:
    text = _text(value)
    try:
        return str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        if re.fullmatch(r"(?=[^.]*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]{0,252})", text):
            return text
        raise ValueError(f"{text!r} is neither an address nor a host name") from None


def _proxies(value: Any) -> tuple[int, tuple[str, ...]]:
    """Return (how many hops to believe, networks they must come from); no networks means any."""
    text = str(value).strip()
    if re.fullmatch(r"[0-9]", text):
        return int(text), ()
    try:
        networks = tuple(
            str(ipaddress.ip_network(part.strip(), strict=False)) for part in text.split(",") if part.strip()
        )
    except ValueError as error:
        raise ValueError(f"{error}; give addresses, networks or how many proxies there are") from None
    return len(networks) and 1, networks


def _log_format(value: Any) -> str:
    if value not in ("plain", "json"):
        raise ValueError(f"{value!r} is neither plain nor json")
    return str(value)


PARSERS: dict[str, Callable[[Any], Any]] = {
    "port": _whole(1, 65535),
    "host": _host,
    "secret_key": _text,
    "database_url": _database_url,
    "redis_url": _redis_url,
    "data_dir": _path,
    "keys_file": _path,
    "clock_file": _path,
    "public_base_url": _base_url,
    "short_base_url": _base_url,
    "trusted_proxies": _proxies,
    "wechat_app_id": _matching(r"[A-Za-z0-9_-]{3,64}", "is not an app id (letters and digits)"),
    "wechat_app_secret": _matching(r"\S{8,128}", "is not an app secret"),
    "wechat_token": _matching(r"[A-Za-z0-9_-]{3,64}", "is not a token of 3 to 32 letters and digits"),
    "wechat_aes_key": _matching(r"[A-Za-z0-9+/]{43}", "is not a key of 43 letters and digits"),
    "wechat_aes_key_previous": _matching(r"[A-Za-z0-9+/]{43}", "is not a key of 43 letters and digits"),
    "wechat_api_base": _base_url,
    "wechat_authorize_base": _base_url,
    "web_workers": _whole(1, 64),
    "web_threads": _whole(1, 256),
    "task_workers": _whole(1, 32),
    "log_format": _log_format,
    "question_file_mb": _whole(1, 512),
    "demo_trainees": _whole(30, 1_000_000),
}
WECHAT_SECRETS = (
    "wechat_app_id",
    "wechat_app_secret",
    "wechat_token",
    "wechat_aes_key",
    "wechat_aes_key_previous",
)
NOT_IN_FILES = frozenset({"secret_key", "clock_file", *WECHAT_SECRETS[1:]})
IN_ENVIRONMENT = [
    "port",
    "host",
    "secret_key",
    "database_url",
    "redis_url",
    "data_dir",
    "public_base_url",
    "short_base_url",
    "trusted_proxies",
    "wechat_app_id",
    "wechat_app_secret",
    "wechat_token",
    "wechat_aes_key",
    "wechat_aes_key_previous",
    "wechat_api_base",
    "wechat_authorize_base",
]
NAMES = {key.upper(): key for key in IN_ENVIRONMENT} | {
    "YANGLAO_ENV": "env",
    "YANGLAO_KEYS": "keys_file",
    "YANGLAO_CLOCK_FILE": "clock_file",
}
