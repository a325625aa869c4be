"""What a partition needs of a job: its text and the key, both small and fit to be sent to executors."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Mapping, Optional, Union

JobLike = Union[str, "os.PathLike[str]", Mapping[str, Any]]


@dataclass(frozen=True)
class Job:
    """`text` is YAML or JSON. `key` is None where executors look for it where the job's `policy.key` says."""

    text: str
    key: Optional[str] = field(repr=False)


def open_job(job: JobLike, key: Optional[str]) -> Job:
    """A job file by its path, or a job as a mapping. Without `key`, the driver's PHIMASK_KEY is taken where it is set."""
    text = json.dumps(job) if isinstance(job, Mapping) else Path(job).read_text("utf-8")
    return Job(text, key if key is not None else os.environ.get("PHIMASK_KEY"))
