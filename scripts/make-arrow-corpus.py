"""Arrow files and streams of pyarrow and polars, over every type, nesting, dictionary, codec and metadata version.

    python make-arrow-corpus.py FOLDER

needs pyarrow; polars is used where it is installed. Every file holds made-up people. FOLDER/files.json lists the files:
{"file", "mask": [leaf paths]}; each text in a leaf to be masked begins with PLANTED, and no other leaf holds it.
"""
import datetime as dt
import decimal
import json
import os
import sys

import pyarrow as pa
import pyarrow.ipc as ipc

PLANTED = "Zanzibar-Quillfeather"
ROWS = 40
FILES = []
MASKED = [
    "text", "large_text", "text_view", "bytes_as_text", "list", "large_list", "pair", "struct.a", "struct.c.list.element.d",
    "map.value", "coded", "coded_narrow", "coded_wide", "coded_large", "coded_list",
]


def planted(i, what):
    tail = ["said so", "Ünïcödé 漢字 🙂", f"no. {i}", "x" * (i % 40)][i % 4]
    return f"{PLANTED} {what} {tail}"


def some(make, every=7):
    return [None if i % every == 3 else make(i) for i in range(ROWS)]


def texts(what):
    return some(lambda i: "" if i % 11 == 5 else planted(i, what))


def coded(indices, values, ordered=False):
    return pa.DictionaryArray.from_arrays(pa.array(some(lambda i: i % 3), indices), values, ordered=ordered)


def numbers():
    integers = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
    columns = {name: pa.array(some(lambda i: i), pa.type_for_alias(name)) for name in integers}
    columns |= {f"float{bits}": pa.array(some(lambda i: i / 4), t) for bits, t in
                [(16, pa.float16()), (32, pa.float32()), (64, pa.float64())]}
    for bits, make in [(32, pa.decimal32), (64, pa.decimal64), (128, pa.decimal128), (256, pa.decimal256)]:
        columns[f"decimal{bits}"] = pa.array(some(lambda i: decimal.Decimal(-i) / 4), make(bits // 4, 2))
    return columns


def times():
    day = dt.date(1970, 1, 1)
    columns = {f"stamp_{unit}": pa.array(some(lambda i: i * 1001), pa.timestamp(unit)) for unit in ["s", "ms", "us", "ns"]}
    return columns | {
        "date32": pa.array(some(lambda i: day + dt.timedelta(days=i * 1000)), pa.date32()),
        "date64": pa.array(some(lambda i: day + dt.timedelta(days=i * 1000)), pa.date64()),
        "zoned": pa.array(some(lambda i: i * 1001), pa.timestamp("us", "Europe/Berlin")),
        "time32": pa.array(some(lambda i: i), pa.time32("s")),
        "time64": pa.array(some(lambda i: i), pa.time64("ns")),
        "duration": pa.array(some(lambda i: i), pa.duration("us")),
        "interval": pa.array(some(lambda i: pa.MonthDayNano([i, i, i])), pa.month_day_nano_interval()),
    }


def words():
    return {
        "text": pa.array(texts("text")),
        "large_text": pa.array(texts("large"), pa.large_string()),
        "text_view": pa.array(texts("view"), pa.string_view()),
        "bytes_as_text": pa.array(some(lambda i: planted(i, "d").replace("Ü", "U"))),
        "bytes": pa.array(some(lambda i: b"\x00\xff" * i)),
        "large_bytes": pa.array(some(lambda i: b"\x00\xff" * i), pa.large_binary()),
        "bytes_view": pa.array(some(lambda i: b"\x00\xff" * i), pa.binary_view()),
        "fixed": pa.array(some(lambda i: b"%08d" % i), pa.binary(8)),
        "coded": pa.array(texts("coded")).dictionary_encode(),
        "coded_narrow": coded(pa.int8(), pa.array([planted(i, "narrow") for i in range(4)]), ordered=True),
        "coded_wide": coded(pa.int64(), pa.array([planted(i, "wide") for i in range(4)])),
        "coded_large": coded(pa.uint32(), pa.array([planted(i, "large") for i in range(4)], pa.large_string())),
        "coded_numbers": coded(pa.uint16(), pa.array([10, 20, 30], pa.int64())),
    }


def nested():
    person = pa.struct([("a", pa.string()), ("b", pa.int32()), ("c", pa.list_(pa.struct([("d", pa.string())])))])
    tags = lambda what: some(lambda i: [None if j == 1 else planted(i + j, what) for j in range(i % 4)])
    offsets = pa.array([min(2 * i, 2 * ROWS - 2) for i in range(ROWS + 1)], pa.int32())
    return {
        "list": pa.array(tags("list"), pa.list_(pa.string())),
        "large_list": pa.array(tags("large list"), pa.large_list(pa.string())),
        "pair": pa.array(some(lambda i: [planted(i, "pair"), None]), pa.list_(pa.string(), 2)),
        "struct": pa.array(some(lambda i: {"a": planted(i, "a") if i % 5 else None, "b": i,
                                           "c": [{"d": planted(i, "d")}] * (i % 3)}), person),
        "map": pa.array(some(lambda i: [(f"k{j}", planted(i, "map")) for j in range(i % 3)]), pa.map_(pa.string(), pa.string())),
        "coded_list": pa.ListArray.from_arrays(offsets, pa.array([planted(i % 5, "cl") for i in range(2 * ROWS - 2)]).dictionary_encode()),
    }


def odd():
    """Columns that are copied or dropped, never masked."""
    ids = pa.array([i % 2 for i in range(ROWS)], pa.int8())
    two = [pa.array([f"kept {i}" for i in range(ROWS)]), pa.array(range(ROWS))]
    return {
        "null": pa.nulls(ROWS),
        "bool": pa.array(some(lambda i: i % 2 == 0)),
        "list_view": pa.array(some(lambda i: [f"kept {i}"] * (i % 3)), pa.list_view(pa.string())),
        "large_list_view": pa.array(some(lambda i: [f"kept {i}"] * (i % 3)), pa.large_list_view(pa.string())),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([5, 10, ROWS], pa.int32()), pa.array(["kept", None, "kept too"])),
        "coded_struct": pa.DictionaryArray.from_arrays(pa.array([i % 2 for i in range(ROWS)]), pa.array([{"p": "kept"}, {"p": "2"}])),
        "sparse": pa.UnionArray.from_sparse(ids, two),
        "dense": pa.UnionArray.from_dense(ids, pa.array([i // 2 for i in range(ROWS)], pa.int32()), two),
        "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes([i] * 16) for i in range(ROWS)], pa.binary(16))),
        "no fields": pa.array([{}] * ROWS, pa.struct([])),
    }


def batch_of(columns):
    fields = [pa.field(name, column.type, metadata={"about": name}) for name, column in columns.items()]
    noted = {"pandas": '{"index_columns": [], "columns": []}', b"raw\xff": b"\xff\xfe"}
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=pa.schema(fields, metadata=noted))


def write(folder, file, batches, mask, schema=None, **options):
    make = ipc.new_file if file.endswith(".arrow") else ipc.new_stream
    with open(os.path.join(folder, file), "wb") as out:
        with make(out, schema or batches[0].schema, options=ipc.IpcWriteOptions(**options)) as writer:
            for batch in batches: # pyarrow cannot read metadata of batches of version 4
                writer.write_batch(batch, custom_metadata=None if "metadata_version" in options else {"batch": "kept"})
    FILES.append({"file": file, "mask": mask})


def dictionaries(folder):
    schema = pa.schema([("coded", pa.dictionary(pa.int8(), pa.string())), ("n", pa.int32())])

    def batch(indices, values):
        column = pa.DictionaryArray.from_arrays(pa.array(indices, pa.int8()), pa.array([f"{PLANTED} {v}" for v in values]))
        return pa.RecordBatch.from_arrays([column, pa.array(range(len(indices)), pa.int32())], schema=schema)

    growing = [batch([0, 1, None], "AB"), batch([2, 1, 0], "ABC"), batch([3, 3, 0], "ABCD")]
    for end in ["arrow", "arrows"]:
        write(folder, f"dictionary-delta.{end}", growing, ["coded"], emit_dictionary_deltas=True)
        write(folder, f"dictionary-all-null.{end}", [batch([None, None], "A")], ["coded"])
        write(folder, f"no-batches.{end}", [], ["coded"], schema=schema)
    write(folder, "dictionary-replaced.arrows", [batch([0, 1], "AB"), batch([1, 0], "XY"), batch([None], "Z")], ["coded"])


def polars_files(folder):
    try:
        import polars as pl
    except ImportError:
        return
    frame = pl.DataFrame({
        "text": texts("text"),
        "coded": pl.Series(some(lambda i: planted(i % 3, "coded"))).cast(pl.Categorical),
        "list": some(lambda i: [planted(i, "list")] * (i % 3)),
        "struct": some(lambda i: {"a": planted(i, "a"), "b": i}),
        "n": list(range(ROWS)),
    })
    mask = ["text", "coded", "list", "struct.a"]
    for codec in ["uncompressed", "lz4", "zstd"]:
        for level in ["oldest", "newest"]:
            name = f"polars-{codec}-{level}"
            options = {"compression": codec, "compat_level": getattr(pl.CompatLevel, level)()}
            frame.write_ipc(os.path.join(folder, f"{name}.arrow"), **options)
            frame.write_ipc_stream(os.path.join(folder, f"{name}.arrows"), **options)
            FILES.extend([{"file": f"{name}.{end}", "mask": mask} for end in ["arrow", "arrows"]])


def main(folder):
    os.makedirs(folder, exist_ok=True)
    every = numbers() | times() | words() | nested() | odd()
    whole = batch_of(every)
    batches = [whole, whole.slice(3, 21), whole.slice(0, 0), whole.slice(ROWS - 1)]
    for codec in [None, "lz4", "zstd"]:
        for end in ["arrow", "arrows"]:
            write(folder, f"every-type-{codec or 'plain'}.{end}", batches, MASKED, compression=codec)
    old = batch_of({name: column for name, column in every.items() if "view" not in name and name != "runs"})
    old_mask = [leaf for leaf in MASKED if "view" not in leaf]
    for end in ["arrow", "arrows"]:
        write(folder, f"version-4.{end}", [old, old.slice(5, 9)], old_mask, metadata_version=ipc.MetadataVersion.V4)
        write(folder, f"before-0.15.{end}", [old, old], old_mask, use_legacy_format=True)
    wide = batch_of({f"c{i}": pa.array([planted(i, "wide"), None]) for i in range(500)})
    write(folder, "wide.arrow", [wide, wide], [f"c{i}" for i in range(500)])
    twice = pa.RecordBatch.from_arrays([pa.array([1]), pa.array(["kept"]), pa.array([planted(2, "t")])], names=["a", "a", "text"])
    write(folder, "name-twice.arrows", [twice], ["text"])
    rows = pa.table({"text": [planted(i, "text") for i in range(60_000)], "n": range(60_000)})
    write(folder, "large-batch.arrow", rows.to_batches(), ["text"])
    dictionaries(folder)
    polars_files(folder)
    with open(os.path.join(folder, "files.json"), "w", encoding="utf-8") as out:
        json.dump(FILES, out, indent=1)


main(sys.argv[1])
