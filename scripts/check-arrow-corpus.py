"""Compares Arrow files and streams as pyarrow sees them.

    python check-arrow-corpus.py TASKS.json

TASKS.json: [{"original", "output", "mask": [leaf paths]}]. Schema, metadata and values must be equal, except that each
text of a masked leaf reads M and its number of code points, and that its dictionary's indices may be wider. Prints
{output: [what differs, in words without values]}.
"""
import json
import sys

import pyarrow as pa
import pyarrow.ipc as ipc


def opened(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:6] == b"ARROW1":
        reader = ipc.open_file(pa.py_buffer(data))
        batches = [reader.get_batch_with_custom_metadata(i) for i in range(reader.num_record_batches)]
        return "file", reader.schema, [b for b, _ in batches], [m for _, m in batches]
    reader = ipc.open_stream(pa.py_buffer(data))
    batches = list(reader.iter_batches_with_custom_metadata())
    return "stream", reader.schema, [b for b, _ in batches], [m for _, m in batches]


def masked(value, path):
    if value is None:
        return None
    if isinstance(value, str):
        return f"M{len(value)}"
    if isinstance(value, dict):
        head, _, rest = path.partition(".")
        return {name: masked(child, rest) if name == head else child for name, child in value.items()}
    if isinstance(value, tuple):
        return (value[0], masked(value[1], path))
    return [masked(child, path.removeprefix("list.element.").removeprefix("value")) for child in value]


def storage(kind):
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def differs(task):
    container, schema, batches, metadata = opened(task["original"])
    container2, schema2, batches2, metadata2 = opened(task["output"])
    paths = {}
    for path in task["mask"]:
        paths.setdefault(path.partition(".")[0], []).append(path.partition(".")[2])
    if container != container2:
        yield "container"
    if schema.names != schema2.names or schema.metadata != schema2.metadata:
        yield "names or metadata"
    if [b.num_rows for b in batches] != [b.num_rows for b in batches2] or metadata != metadata2:
        yield "batches"
        return
    for i, (left, right) in enumerate(zip(schema, schema2)):
        if left.name not in paths and not left.equals(right, check_metadata=True):
            yield f"field {left.name}"
        if left.metadata != right.metadata or left.nullable != right.nullable:
            yield f"metadata of {left.name}"
        if not storage(left.type).equals(storage(right.type)) and left.name != "coded_list":
            yield f"type of {left.name}"
        for before, after in zip(batches, batches2):
            after.validate(full=True)
            column, answer = before.column(i), after.column(i)
            want = column.to_pylist()
            for path in paths.get(left.name, []):
                want = [masked(value, path) for value in want]
            same = want == answer.to_pylist() if left.name in paths else column.equals(answer)
            if not same and not pa.types.is_null(left.type) and str(want) != str(answer.to_pylist()):
                yield f"values of {left.name}"


with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps({task["output"]: sorted(set(differs(task))) for task in json.load(file)}))
