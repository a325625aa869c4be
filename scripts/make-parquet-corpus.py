"""Parquet files of foreign writers, over every codec, encoding, page version, logical and nested type.

    python make-parquet-corpus.py FOLDER

needs pyarrow; polars, fastparquet and (with PHIMASK_SPARK=1, and Java) pyspark are used where they are installed.
Every file holds made-up people. FOLDER/files.json lists the files: {"file", "writer", "mask": [leaf paths]}; each text
in a leaf to be masked begins with PLANTED, and no other leaf holds it.
"""
import datetime as dt
import decimal
import glob
import json
import os
import shutil
import sys
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

PLANTED = "Zanzibar-Quillfeather"
ROWS = 300
FILES = []


def planted(i, what="note"):
    """Every seventh is null; some are empty, some repeat, some are long, some are beyond ASCII."""
    if i % 7 == 3:
        return None
    if i % 11 == 5:
        return ""
    tail = ["said so", "Ünïcödé 漢字 🙂", f"no. {i}", "x" * (i % 97)][i % 4]
    return f"{PLANTED} {what} {tail}"


def listed(file, writer, mask=("note",)):
    FILES.append({"file": file, "writer": writer, "mask": list(mask)})


def flat(rows=ROWS):
    return pa.table({
        "id": pa.array(range(rows), pa.int64()),
        "note": pa.array([planted(i) for i in range(rows)], pa.string()),
        "ward": pa.array([["north", "south", None][i % 3] for i in range(rows)], pa.string()),
        "weight": pa.array([None if i % 5 == 0 else i / 7 for i in range(rows)], pa.float64()),
        "seen": pa.array([None if i % 9 == 0 else 1_600_000_000_123_457 + i for i in range(rows)], pa.timestamp("us")),
    })


def typed(rows=ROWS, nullable=True):
    """A column of every logical type, next to the note."""
    def some(make, gap):
        return [None if nullable and i % gap == 1 else make(i) for i in range(rows)]

    def ints(kind, bits, signed):
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
        return pa.array(some(lambda i: [low, high, i % 100][i % 3], 4), kind)

    def scaled(digits, scale, sign=1):
        with decimal.localcontext() as context:
            context.prec = 100
            return lambda i: decimal.Decimal(sign * (-1) ** i * (10**digits - 1 - i)).scaleb(-scale, context)

    columns = {
        "note": pa.array([planted(i) if nullable else planted(i) or "" for i in range(rows)], pa.string()),
        "flag": pa.array(some(lambda i: i % 3 == 0, 5), pa.bool_()),
        "i8": ints(pa.int8(), 8, True), "i16": ints(pa.int16(), 16, True),
        "i32": ints(pa.int32(), 32, True), "i64": ints(pa.int64(), 64, True),
        "u8": ints(pa.uint8(), 8, False), "u16": ints(pa.uint16(), 16, False),
        "u32": ints(pa.uint32(), 32, False), "u64": ints(pa.uint64(), 64, False),
        "f16": pa.array(some(lambda i: [0.5, -2.0, float("inf")][i % 3], 6), pa.float16()),
        "f32": pa.array(some(lambda i: [i / 3, -0.0, float("nan")][i % 3], 6), pa.float32()),
        "f64": pa.array(some(lambda i: [i / 3, float("-inf"), 5e-324][i % 3], 6), pa.float64()),
        "bytes": pa.array(some(lambda i: bytes([i % 256, 0, 255]) * (i % 5), 4), pa.binary()),
        "fixed": pa.array(some(lambda i: bytes([i % 256] * 5), 4), pa.binary(5)),
        "large": pa.array(some(lambda i: f"large {i}", 4), pa.large_string()),
        "view": pa.array(some(lambda i: f"a view of some length {i}", 4), pa.string_view()),
        "dictionary": pa.array(some(lambda i: f"kind {i % 4}", 4), pa.string()).dictionary_encode(),
        "day": pa.array(some(lambda i: dt.date(1900, 1, 1) + dt.timedelta(days=i * 97), 4), pa.date32()),
        "t_ms": pa.array(some(lambda i: i * 1001, 4), pa.time32("ms")),
        "t_us": pa.array(some(lambda i: i * 1_000_001, 4), pa.time64("us")),
        "t_ns": pa.array(some(lambda i: i * 1_000_000_001, 4), pa.time64("ns")),
        "ts_ms": pa.array(some(lambda i: -62_135_596_800_000 + i, 4), pa.timestamp("ms")),
        "ts_us": pa.array(some(lambda i: 253_402_300_799_999_999 - i, 4), pa.timestamp("us")),
        "ts_ns": pa.array(some(lambda i: 1_600_000_000_123_456_789 + i, 4), pa.timestamp("ns")),
        "ts_utc": pa.array(some(lambda i: 1_600_000_000_123_457 + i, 4), pa.timestamp("us", "UTC")),
        "ts_zone": pa.array(some(lambda i: 1_600_000_000_123_457 + i, 4), pa.timestamp("us", "America/New_York")),
        "span": pa.array(some(lambda i: i * 1001, 4), pa.duration("us")),
        "d9": pa.array(some(scaled(9, 2), 4), pa.decimal128(9, 2)),
        "d18": pa.array(some(scaled(18, 6), 4), pa.decimal128(18, 6)),
        "d38": pa.array(some(scaled(38, 10), 4), pa.decimal128(38, 10)),
        "d76": pa.array(some(scaled(76, 10), 4), pa.decimal256(76, 10)),
        "uuid": pa.array(some(lambda i: uuid.UUID(int=i).bytes, 4), pa.uuid()),
        "json": pa.array(some(lambda i: json.dumps({"i": i}), 4), pa.json_()),
        "nothing": pa.nulls(rows),
    }
    fields = [pa.field(name, column.type, nullable or name == "nothing") for name, column in columns.items()]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


def nested(rows=ROWS):
    def some(make):
        return [None if i % 6 == 2 else make(i) for i in range(rows)]

    people = pa.list_(pa.struct([("name", pa.string()), ("age", pa.int32())]))
    return pa.table({
        "id": pa.array(range(rows)),
        "tags": pa.array(some(lambda i: [planted(i + j, "tags") for j in range(i % 4)]), pa.list_(pa.string())),
        "deep": pa.array(
            some(lambda i: [None if j == 2 else [planted(i + j + k, "deep") for k in range(j)] for j in range(i % 4)]),
            pa.list_(pa.list_(pa.string()))),
        "home": pa.array(
            some(lambda i: {"line": planted(i, "home"), "number": None if i % 4 == 0 else i,
                            "inner": None if i % 5 == 0 else {"place": planted(i + 1, "place"), "at": i}}),
            pa.struct([("line", pa.string()), ("number", pa.int32()),
                       ("inner", pa.struct([("place", pa.string()), ("at", pa.int64())]))])),
        "people": pa.array(
            some(lambda i: [None if j == 1 else {"name": planted(i + j, "people"), "age": j} for j in range(i % 5)]),
            people),
        "map": pa.array(some(lambda i: [(f"k{j}", planted(i + j, "map")) for j in range(i % 3)]),
                        pa.map_(pa.string(), pa.string())),
        "maps": pa.array(some(lambda i: [(f"k{j}", [{"name": planted(i, "maps"), "age": j}]) for j in range(i % 3)]),
                         pa.map_(pa.string(), people)),
        "numbers": pa.array(some(lambda i: list(range(i % 6))), pa.list_(pa.int64())),
        "pair": pa.array(some(lambda i: [float(i), None]), pa.list_(pa.float32(), 2)),
    })


NESTED = ["tags", "deep", "home.line", "home.inner.place", "people.name", "map.value", "maps.value.name"]


def by_pyarrow(folder):
    def write(name, table, mask=("note",), **options):
        pq.write_table(table, os.path.join(folder, name), **options)
        listed(name, "pyarrow", mask)

    for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        for version in ["1.0", "2.0"]:
            for dictionary in [True, False]:
                name = f"arrow-{codec}-v{version[0]}{'-dictionary' if dictionary else ''}.parquet"
                write(name, flat(), compression=codec, data_page_version=version, use_dictionary=dictionary)
    for encoding in ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"]:
        for version in ["1.0", "2.0"]:
            write(f"arrow-note-{encoding.lower()}-v{version[0]}.parquet", flat(), use_dictionary=False,
                  column_encoding={"note": encoding}, data_page_version=version)
    write("arrow-delta-all.parquet", flat(), use_dictionary=False, compression="zstd", column_encoding={
        "id": "DELTA_BINARY_PACKED", "note": "DELTA_BYTE_ARRAY", "ward": "DELTA_BYTE_ARRAY", "weight": "BYTE_STREAM_SPLIT",
        "seen": "DELTA_BINARY_PACKED"})
    split = ["i32", "i64", "f16", "f32", "f64", "fixed", "day", "d9", "d38", "ts_us"]
    types = typed().select(["note"] + split)
    write("arrow-byte-stream-split.parquet", types, use_dictionary=False,
          column_encoding={name: "BYTE_STREAM_SPLIT" for name in split})
    write("arrow-fixed-delta.parquet", typed().select(["note", "fixed", "d38"]), use_dictionary=False,
          column_encoding={"fixed": "DELTA_BYTE_ARRAY", "d38": "DELTA_BYTE_ARRAY"})
    many = flat(2000)
    write("arrow-small-groups.parquet", many, row_group_size=700)
    write("arrow-small-pages.parquet", many, data_page_size=512, write_batch_size=16, use_dictionary=False)
    write("arrow-small-pages-v2.parquet", many, data_page_size=512, write_batch_size=16, data_page_version="2.0",
          compression="gzip")
    write("arrow-dictionary-fallback.parquet", many, dictionary_pagesize_limit=300, data_page_size=2000,
          write_batch_size=64)
    write("arrow-indexes.parquet", many, write_page_index=True, data_page_size=2000, write_page_checksum=True,
          write_batch_size=64, sorting_columns=[pq.SortingColumn(0), pq.SortingColumn(1)],
          bloom_filter_options={"note": True, "id": True})
    for nullable in [True, False]:
        for version in ["1.0", "2.0"]:
            kind = "" if nullable else "-required"
            write(f"arrow-types{kind}-v{version[0]}.parquet", typed(nullable=nullable), data_page_version=version)
    write("arrow-types-plain.parquet", typed(), use_dictionary=False, store_schema=False)
    write("arrow-decimals-as-integers.parquet", typed().select(["note", "d9", "d18", "d38"]),
          store_decimal_as_integer=True)
    old = typed().select(["note", "ts_ms", "ts_ns", "i8", "u32"]).set_column(1, "ts_ms", typed()["ts_utc"])
    write("arrow-int96.parquet", old, version="1.0", use_deprecated_int96_timestamps=True, store_schema=False)
    write("arrow-format-1.parquet", typed().drop_columns(["ts_ns", "t_ns", "ts_ms"]), version="1.0")
    write("arrow-nested-v1.parquet", nested(), NESTED)
    write("arrow-nested-v2.parquet", nested(), NESTED, data_page_version="2.0", compression="zstd")
    write("arrow-nested-plain.parquet", nested(), NESTED, use_dictionary=False, use_compliant_nested_type=False)
    write("arrow-nested-small.parquet", nested(500), NESTED, data_page_size=256, write_batch_size=8,
          row_group_size=200)
    write("arrow-nested-delta.parquet", nested(), NESTED, use_dictionary=False, data_page_version="2.0",
          column_encoding={"tags.list.element": "DELTA_BYTE_ARRAY", "map.key_value.value": "DELTA_LENGTH_BYTE_ARRAY"})
    write("arrow-no-rows.parquet", flat(0))
    write("arrow-no-rows-nested.parquet", nested(0), NESTED)
    write("arrow-one-row.parquet", flat(1))
    write("arrow-all-null.parquet", pa.table({"note": pa.nulls(50, pa.string()), "id": pa.array(range(50))}))
    write("arrow-all-empty.parquet", pa.table({"note": pa.array([""] * 50), "id": pa.array(range(50))}))
    write("arrow-large-note.parquet", pa.table({"note": pa.array([f"{PLANTED} {'é' * 400_000}", None, "short"])}))
    empties = pa.table({"tags": pa.array([[]] * 40 + [None] * 40, pa.list_(pa.string())), "id": pa.array(range(80))})
    write("arrow-empty-lists.parquet", empties, ["tags"])
    kinds = pa.array([planted(i % 5, "kind") for i in range(ROWS)])
    categories = pa.table({"note": kinds.dictionary_encode(), "view": kinds.cast(pa.string_view()),
                           "large": kinds.cast(pa.large_string()), "id": pa.array(range(ROWS))})
    write("arrow-kinds-of-text.parquet", categories, ["note", "view", "large"])
    rows = 9000
    many_kinds = pa.table({
        "kind": pa.array([planted(i % 977, "kind") for i in range(rows)]).dictionary_encode(),
        "kinds": pa.array([[planted(i % 5, "kinds")] * (i % 3) for i in range(rows)],
                          pa.list_(pa.dictionary(pa.int32(), pa.string()))),
        "id": pa.array(range(rows))})
    write("arrow-dictionaries.parquet", many_kinds, ["kind", "kinds"])
    odd = pa.table([pa.array([planted(i) for i in range(9)]), pa.array(range(9)), pa.array(range(9))],
                   names=["a.b", "__proto__", "with, comma and \"quotes\""])
    write("arrow-odd-names.parquet", odd, ["a.b"])
    wide = pa.table({"note": pa.array([planted(i) for i in range(20)])} | {f"c{i}": pa.array(range(20)) for i in range(1000)})
    write("arrow-wide.parquet", wide)
    pandas_file(write)


def pandas_file(write):
    try:
        import pandas as pd
    except ImportError:
        return
    frame = flat().to_pandas().set_index("id")
    frame["ward"] = frame["ward"].astype("category")
    frame["when"] = pd.date_range("2020-01-01", periods=len(frame), freq="h", tz="Europe/Zurich")
    write("pandas-index.parquet", pa.Table.from_pandas(frame))


def by_polars(folder):
    import polars as pl

    frame = pl.from_arrow(flat())
    for codec in ["uncompressed", "snappy", "gzip", "brotli", "zstd", "lz4"]:
        name = f"polars-{codec}.parquet"
        frame.write_parquet(os.path.join(folder, name), compression=codec, statistics=True)
        listed(name, "polars")
    pl.from_arrow(flat(2000)).write_parquet(
        os.path.join(folder, "polars-small.parquet"), row_group_size=900, data_page_size=1000)
    listed("polars-small.parquet", "polars")
    table = nested().drop_columns(["map", "maps"])
    pl.from_arrow(table).write_parquet(os.path.join(folder, "polars-nested.parquet"))
    listed("polars-nested.parquet", "polars", NESTED[:5])
    kinds = typed().select(["note", "flag", "i8", "u64", "f32", "f64", "bytes", "day", "t_ns", "ts_us", "ts_ns", "d38"])
    pl.from_arrow(kinds).write_parquet(os.path.join(folder, "polars-types.parquet"), compression="zstd")
    listed("polars-types.parquet", "polars")


def by_fastparquet(folder):
    import fastparquet

    frame = flat().to_pandas()
    for codec in ["UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4_RAW"]:
        name = f"fastparquet-{codec.lower()}.parquet"
        fastparquet.write(os.path.join(folder, name), frame, compression=codec, row_group_offsets=[0, 100],
                          times="int96" if codec == "GZIP" else "int64")
        listed(name, "fastparquet")


def by_spark(folder):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.sql.session.timeZone", "UTC").getOrCreate()

    def write(name, table, mask, **options):
        for key, value in options.items():
            spark.conf.set(f"spark.sql.parquet.{key}", value)
        source = os.path.join(folder, "spark-source.parquet")
        pq.write_table(table, source, store_schema=False, coerce_timestamps="us")
        made = os.path.join(folder, "spark-made")
        spark.read.parquet(source).coalesce(1).write.mode("overwrite").parquet(made)
        os.replace(glob.glob(os.path.join(made, "part-*.parquet"))[0], os.path.join(folder, name))
        shutil.rmtree(made)
        os.remove(source)
        listed(name, "spark", mask)

    types = typed().select(["note", "flag", "i8", "i64", "f32", "f64", "bytes", "day", "ts_us", "ts_utc", "d9", "d18", "d38"])
    for codec in ["snappy", "gzip", "zstd", "lz4_raw", "uncompressed"]:
        options = {"compression.codec": codec}
        write(f"spark-{codec}.parquet", types, ["note"], **options)
    write("spark-int96.parquet", types, ["note"], **{"compression.codec": "snappy", "outputTimestampType": "INT96"})
    write("spark-nested.parquet", nested().drop_columns(["pair"]), NESTED)
    write("spark-legacy.parquet", nested().drop_columns(["pair"]), NESTED, writeLegacyFormat="true")
    spark.stop()


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    by_pyarrow(folder)
    for module, make in [("polars", by_polars), ("fastparquet", by_fastparquet)]:
        try:
            __import__(module)
        except ImportError:
            print(f"{module} is not installed: no files of it", file=sys.stderr)
            continue
        make(folder)
    if os.environ.get("PHIMASK_SPARK") == "1":
        by_spark(folder)
    with open(os.path.join(folder, "files.json"), "w") as out:
        json.dump(FILES, out, indent=1)


main()
