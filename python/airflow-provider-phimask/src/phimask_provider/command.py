"""The phimask command as a child process in a session of its own, so that all of it can be ended."""

import json
import logging
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence

#: Exit codes of the command.
DONE, FIX, RETRY, UNCHANGED = 0, 2, 75, 99


@dataclass(frozen=True)
class Ended:
    exit_code: int
    #: The JSON summary: counts, codes and places. Empty where the command could not write one.
    summary: Dict[str, Any]

    @property
    def reason(self) -> str:
        """What the command said of its end, which never holds a cell."""
        code, message = self.summary.get("code"), self.summary.get("message")
        return f"exit code {self.exit_code}: {code}: {message}" if code else f"exit code {self.exit_code}"


class Command:
    """One run of the command. Its lines go to the log: progress, plans and errors, never the text of a cell."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._process: Optional[subprocess.Popen] = None

    def run(
        self,
        words: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: Optional[str] = None,
        stdin: Optional[str] = None,
    ) -> Ended:
        self._log.info("Running: %s", " ".join(words))
        pipe = subprocess.PIPE
        self._process = process = subprocess.Popen(
            list(words), stdin=pipe, stdout=pipe, stderr=pipe, env=dict(environment), cwd=folder,
            start_new_session=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        errors = threading.Thread(target=self._log_lines, args=(process.stderr,), daemon=True)
        errors.start()
        writer = threading.Thread(target=_write, args=(process.stdin, stdin or ""), daemon=True)
        writer.start()
        last: List[str] = []
        for line in process.stdout:
            if last:
                self._log.info("%s", last.pop())
            last.append(line.rstrip("\n"))
        exit_code = process.wait()
        errors.join(5)
        return Ended(exit_code, _summary(last))

    def stop(self, grace: float) -> None:
        """Asks the command to end and clean up; after `grace` seconds ends it."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _log_lines(self, pipe: Any) -> None:
        for line in pipe:
            self._log.info("%s", line.rstrip("\n"))


def _write(pipe: Any, text: str) -> None:
    try:
        pipe.write(text)
        pipe.close()
    except OSError:
        pass  # the command ended before it read its job; its exit code says why


def _summary(lines: Sequence[str]) -> Dict[str, Any]:
    try:
        parsed = json.loads(lines[0])
    except (ValueError, IndexError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
