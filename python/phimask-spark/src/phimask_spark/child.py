"""One `phimask stream` process: Arrow batches in, masked batches out."""

import json
import os
import subprocess
import threading
from typing import Any, Iterator, List, Optional

import pyarrow as pa

from phimask_spark.engine_files import ENGINE, environment, file_of, node
from phimask_spark.job import Job

#: Of stderr the end is kept: the last line is the summary.
KEPT = 65_536
#: Seconds that a child has to end by itself once its pipes are closed.
GRACE = 10


class MaskingFailed(RuntimeError):
    """The engine ended with an error. Its message holds a code, a sentence and a place, never a cell. `exit_code` 75
    means that the same task may succeed when run again; 2 that job or data must change."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(exit_code, message)
        self.exit_code = exit_code
        self.message = message

    def __str__(self) -> str:
        return f"phimask ended with exit code {self.exit_code}: {self.message}"


def masked(batches: Iterator[pa.RecordBatch], schema: pa.Schema, job: Job) -> Iterator[pa.RecordBatch]:
    """Masks batches as they are asked for. The child is ended when the caller stops asking, and on an error."""
    with _Child(job) as child:
        child.feed(batches, schema)
        rows = 0
        for batch in child.answers():
            rows += batch.num_rows
            yield batch
        child.conclude(rows)


def masked_schema(schema: pa.Schema, job: Job) -> pa.Schema:
    """The schema of what `masked` gives. Throws MaskingFailed where the job does not fit."""
    with _Child(job) as child:
        child.feed(iter(()), schema)
        answers = child.answers()
        if next(answers, None) is not None:
            raise MaskingFailed(1, "DEFECT: rows came out where none went in")
        child.conclude(0)
        return child.schema


class _Child:
    """The process with its two threads: one writes, since a pipe holds little and whoever both wrote and read would
    wait for themselves; one drains stderr."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._said: List[bytes] = []
        self._writer: Optional[_Writer] = None
        self.schema: Optional[pa.Schema] = None

    def __enter__(self) -> "_Child":
        self._file = file_of(self._job.text)
        path, descriptors = self._file.__enter__()
        command = [node(), str(ENGINE), "stream", path, "--workers", "1"]  # a task has one core
        command += self._job.settings
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(self._job.key), pass_fds=descriptors
        )
        self._drain = threading.Thread(target=self._read_stderr, daemon=True, name="phimask-stderr")
        self._drain.start()
        return self

    def feed(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._writer = _Writer(batches, schema, self._process.stdin)
        self._writer.start()

    def answers(self) -> Iterator[pa.RecordBatch]:
        try:
            with pa.ipc.open_stream(self._process.stdout) as reader:
                self.schema = reader.schema
                yield from reader
        except (pa.ArrowException, OSError):
            # What Arrow says of a stream may hold its bytes; the child itself says why it ended.
            raise self._failure() from None

    def conclude(self, rows: int) -> None:
        """Throws unless the child ended well and gave as many rows as it was fed."""
        self._writer.join(GRACE)
        if self._ended() != 0 or self._writer.failed is not None:
            raise self._failure()
        if rows != self._writer.rows:
            raise MaskingFailed(1, "DEFECT: not as many rows came out as went in")

    def _failure(self) -> Exception:
        exit_code = self._ended()
        failed = self._writer.failed
        if isinstance(failed, Exception) and not isinstance(failed, OSError):
            return failed  # the source of the batches failed; that is Spark's own error
        return MaskingFailed(exit_code, self._reason())

    def _reason(self) -> str:
        """The engine's own words, which never hold a cell. Whatever else stands on stderr is not passed on."""
        self._drain.join(GRACE)
        try:
            summary: Any = json.loads(b"".join(self._said).decode("utf-8").rstrip().rsplit("\n", 1)[-1])
            return f"{summary['code']}: {summary['message']}"
        except (ValueError, KeyError, TypeError):
            return "it gave no reason; run `phimask stream` with the same job to see more"

    def _ended(self) -> int:
        try:
            return self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _read_stderr(self) -> None:
        with self._process.stderr as pipe:
            for chunk in iter(lambda: pipe.read1(KEPT), b""):
                self._said = [b"".join([*self._said, chunk])[-KEPT:]]

    def __exit__(self, *_: object) -> None:
        self._process.stdout.close()
        if self._process.poll() is None:
            self._process.terminate()
        self._ended()
        self._drain.join(GRACE)
        self._file.__exit__(None, None, None)


class _Writer(threading.Thread):
    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, pipe: Any) -> None:
        super().__init__(daemon=True, name="phimask-writer")
        self._batches, self._schema, self._pipe = batches, schema, pipe
        self.rows = 0
        self.failed: Optional[BaseException] = None

    def run(self) -> None:
        try:
            writer = pa.ipc.new_stream(self._pipe, self._schema)
            for batch in self._batches:
                writer.write_batch(batch)
                self.rows += batch.num_rows
            writer.close()  # the mark of a valid end, so only after the last batch
        except BaseException as error:  # noqa: BLE001 - the reading side tells it
            self.failed = error
        try:
            self._pipe.close()
        except OSError:
            pass
