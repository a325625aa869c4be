"""What a partition needs of a job: its text, and where the key is; small, and fit to be sent to executors."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Mapping, Optional, Union

JobLike = Union[str, "os.PathLike[str]", Mapping[str, Any]]


@dataclass(frozen=True)
class Job:
    """`text` is YAML or JSON. Without `key` and `secret`, executors look for the key where `policy.key` says."""

    text: str
    key: Optional[str] = field(repr=False)
    secret: Optional[str] = None

    @property
    def settings(self) -> List[str]:
        """What the command is told beside the job. A key is in the environment, never among the arguments."""
        if self.key is not None:
            return ["--set", "policy.key={env: PHIMASK_KEY}"]
        if self.secret is not None:
            return ["--set", f"policy.key={json.dumps({'secrets_manager': self.secret})}"]
        return []


def open_job(job: JobLike, key: Optional[str], secret: Optional[str]) -> Job:
    """A job as a mapping, as text (it has a line break), or by its path. Without `key` and `secret`, the driver's
    PHIMASK_KEY is taken where it is set."""
    if key is None and secret is None:
        key = os.environ.get("PHIMASK_KEY")
    if isinstance(job, Mapping):
        return Job(json.dumps(job), key, secret)
    return Job(job if isinstance(job, str) and "\n" in job else Path(job).read_text("utf-8"), key, secret)
