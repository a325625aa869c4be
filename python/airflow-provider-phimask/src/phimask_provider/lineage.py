"""The command's own lineage events as what Airflow's OpenLineage provider asks of an operator."""

import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, Optional


@contextmanager
def events_file() -> Iterator[Path]:
    """A file that the command leaves its events in; they hold names of datasets and columns, and counts."""
    descriptor, path = tempfile.mkstemp(prefix="phimask-lineage-", suffix=".jsonl")
    os.close(descriptor)
    try:
        yield Path(path)
    finally:
        Path(path).unlink(missing_ok=True)


def environment_for(path: Path) -> Dict[str, str]:
    """Airflow sends the events, so the command only writes them down."""
    return {"OPENLINEAGE__TRANSPORT__TYPE": "file", "OPENLINEAGE__TRANSPORT__LOG_FILE_PATH": str(path)}


def last_event(path: Path) -> Optional[Dict[str, Any]]:
    lines = path.read_text("utf-8").splitlines()
    return json.loads(lines[-1]) if lines else None


def operator_lineage(event: Optional[Dict[str, Any]]) -> Any:
    """None where the OpenLineage provider is not installed, or nothing was run."""
    if event is None:
        return None
    try:
        from airflow.providers.openlineage.extractors import OperatorLineage
        from openlineage.client.event_v2 import InputDataset, OutputDataset
    except ImportError:
        return None
    inputs = [
        InputDataset(inputFacets=_facets(each, "inputFacets"), **_named(each)) for each in event["inputs"]
    ]
    outputs = [
        OutputDataset(outputFacets=_facets(each, "outputFacets"), **_named(each)) for each in event["outputs"]
    ]
    ours = {name: facet for name, facet in event["run"]["facets"].items() if name == "phimask_run"}
    return OperatorLineage(inputs=inputs, outputs=outputs, run_facets=ours)


def _named(dataset: Dict[str, Any]) -> Dict[str, Any]:
    return {"namespace": dataset["namespace"], "name": dataset["name"], "facets": _facets(dataset, "facets")}


def _facets(dataset: Dict[str, Any], where: str) -> Dict[str, Any]:
    return {name: _facet(name, content) for name, content in dataset.get(where, {}).items()}


def _facet(name: str, content: Dict[str, Any]) -> Any:
    """Facets as the classes of OpenLineage's client, which are made from the spec's schemas and so check them."""
    from openlineage.client import facet_v2 as facets

    body = {key: value for key, value in content.items() if not key.startswith("_")}
    if name == "schema":
        module = facets.schema_dataset
        return module.SchemaDatasetFacet(fields=[module.SchemaDatasetFacetFields(**field) for field in body["fields"]])
    if name == "columnLineage":
        module = facets.column_lineage_dataset
        fields = {
            column: module.Fields(inputFields=[_input_field(module, each) for each in field["inputFields"]])
            for column, field in body["fields"].items()
        }
        return module.ColumnLineageDatasetFacet(fields=fields)
    if name == "tags":
        module = facets.tags_dataset
        return module.TagsDatasetFacet(tags=[module.TagsDatasetFacetFields(**tag) for tag in body["tags"]])
    if name == "outputStatistics":
        return facets.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(**body)
    module = facets.data_quality_assertions_dataset
    return module.DataQualityAssertionsDatasetFacet(assertions=[module.Assertion(**each) for each in body["assertions"]])


def _input_field(module: Any, field: Dict[str, Any]) -> Any:
    made = [module.Transformation(**each) for each in field["transformations"]]
    return module.InputField(field["namespace"], field["name"], field["field"], made)
