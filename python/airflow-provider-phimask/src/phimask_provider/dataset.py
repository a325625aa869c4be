"""Whether a masked dataset stands."""

import json
from typing import Any, Optional


def published(target: str, run_id: Optional[str], conn_id: Optional[str]) -> bool:
    """`_SUCCESS` comes last, after the manifest; a run takes it away before it changes a file. Of a dataset in versions,
    the one in force is looked at."""
    from airflow.sdk import ObjectStoragePath

    root = ObjectStoragePath(target if "://" in target else f"file://{target}", conn_id=conn_id)
    current = _json(root / "_phimask" / "current")
    if current is not None:
        root = root / current["version"]
    if not (root / "_SUCCESS").exists():
        return False
    return run_id is None or (_json(root / "_phimask" / "manifest.json") or {}).get("run_id") == run_id


def _json(path: Any) -> Any:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
