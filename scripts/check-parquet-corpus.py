"""Compares Parquet files as pyarrow sees them.

    python check-parquet-corpus.py TASKS.json

TASKS.json: [{"original", "output", "how", "mask": [leaf paths]}]. how: "same" (schema, metadata and values are equal),
"masked" (as "same", but each text of a masked leaf reads M and its number of code points) or "rewritten" (values are equal;
types may differ where Parquet has none of its own). Prints {output: [what differs, in words without values]}.
"""
import json
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def equal(left, right):
    left, right = left.combine_chunks(), right.combine_chunks()
    if pa.types.is_floating(left.type) and left.type == right.type:
        bits = {16: pa.uint16(), 32: pa.uint32(), 64: pa.uint64()}[left.type.bit_width]
        flat = [pa.concat_arrays(a.chunks) if isinstance(a, pa.ChunkedArray) else a for a in (left, right)]
        left, right = (a.view(bits) for a in flat)
    return left.equals(right)


def masked(value, path):
    if value is None:
        return None
    if isinstance(value, str):
        return f"M{len(value)}"
    if isinstance(value, dict):
        head, _, rest = path.partition(".")
        return {name: masked(child, rest) if name == head else child for name, child in value.items()}
    if isinstance(value, tuple):
        return (value[0], masked(value[1], path.partition(".")[2]))
    return [masked(child, path) for child in value]


def columns(table):
    return {name: table.column(i) for i, name in enumerate(table.column_names)}


def differs(task):
    original, output = pq.read_table(task["original"]), pq.read_table(task["output"])
    mask = task["mask"] if task["how"] == "masked" else []
    if original.num_rows != output.num_rows or original.column_names != output.column_names:
        yield "rows or columns"
        return
    if task["how"] != "rewritten":
        if not original.schema.equals(output.schema, check_metadata=False):
            yield "schema"
        if not pq.ParquetFile(task["original"]).schema.equals(pq.ParquetFile(task["output"]).schema):
            yield "Parquet schema"
    if task["how"] == "same" and original.schema.metadata != output.schema.metadata:
        yield "metadata"
    after = columns(output)
    for name, column in columns(original).items():
        paths = [path for path in mask if path == name or (path.startswith(f"{name}.") and path not in original.column_names)]
        if paths:
            want = column.to_pylist()
            for path in paths:
                want = [masked(value, path[len(name) + 1:]) for value in want]
            if want != after[name].to_pylist():
                yield f"masked column {name}"
            continue
        other = after[name]
        if task["how"] == "rewritten" and other.type != column.type:
            other = other.cast(column.type)
        if not equal(column, other):
            yield f"column {name}"


def main():
    found = {}
    for task in json.load(open(sys.argv[1])):
        try:
            found[task["output"]] = list(differs(task))
        except Exception as error:  # whatever pyarrow cannot do is a difference
            found[task["output"]] = [type(error).__name__, str(error)[:300]]
    print(json.dumps(found))


main()
