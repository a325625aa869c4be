/** The dictionary of a masked column: it never holds more than the masked values that rows point at. */
import { type Data, type Dictionary, makeData } from "apache-arrow";
import { dictionaryCells, readCells } from "../../src/cells.ts";
import { writeCells } from "../../src/columns.ts";
import { MaskingError } from "../../src/errors.ts";
import type { Cell, Leaf } from "../../src/types.ts";

/** Rows by number of their value; -1 is null. */
export interface Indexed {
  readonly values: readonly (Cell | null)[];
  readonly rows: Int32Array;
}

export interface MaskedDictionary {
  readonly id: number;
  /** Indices for rows, and whether the dictionary is another one than before and must be written first. */
  point(indexed: Indexed): { readonly indices: Data; readonly renewed: boolean };
  /** The values, in order of their index. */
  values(): Data;
}

/**
 * `grows`: one dictionary for all batches, as a file must have it; else it is replaced whenever a batch has a value
 * that it lacks, and then holds that batch's values alone. Readers want one before the first batch, if an empty one.
 */
export function maskedDictionary(id: number, type: Dictionary, leaf: Leaf, grows: boolean): MaskedDictionary {
  let numbers = new Map<Cell, number>();
  let cells: Cell[] = [];
  let begun = grows;
  const numberOf = (cell: Cell): number => {
    const key = keyOf(cell);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, cells.length);
    return cells.push(cell) - 1;
  };
  return {
    id,
    point({ values, rows }) {
      const renewed = !begun || (!grows && values.some((cell) => cell !== null && !numbers.has(keyOf(cell))));
      begun = true;
      if (renewed) [numbers, cells] = [new Map(), []];
      const table = Int32Array.from(values, (cell) => (cell === null ? -1 : numberOf(cell)));
      return { indices: indexArray(table, rows, type, cells.length, leaf), renewed };
    },
    values: () => writeCells(cells, type.dictionary, leaf),
  };
}

function keyOf(cell: Cell): Cell {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString("latin1") : cell;
}

function indexArray(table: Int32Array, rows: Int32Array, type: Dictionary, size: number, leaf: Leaf): Data {
  const { isSigned, ArrayType } = type.indices;
  const bitWidth: number = type.indices.bitWidth;
  if (size > 2 ** (bitWidth - (isSigned ? 1 : 0))) {
    throw new MaskingError("COLUMN_TYPE", { column: leaf, expected: "wider dictionary indices" });
  }
  const numbers = rows.map((row) => (row < 0 ? -1 : table[row]!));
  const nullBitmap = new Uint8Array((rows.length + 7) >> 3);
  let nullCount = 0;
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i]! >= 0) nullBitmap[i >> 3]! |= 1 << (i & 7);
    else {
      numbers[i] = 0;
      nullCount++;
    }
  }
  const data =
    bitWidth === 64 ? BigInt64Array.from(numbers as never, BigInt) : new (ArrayType as Int32ArrayConstructor)(numbers);
  return makeData({ type, length: rows.length, nullCount, nullBitmap, data } as never);
}

/** A dictionary array's rows; of its dictionary, the values that rows use and no others. */
export function indexedRows(pieces: readonly Data[], leaf: Leaf): Indexed {
  const values: (Cell | null)[] = [];
  const rows = new Int32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    const entries = piece.dictionary ? dictionaryCells(piece.dictionary, leaf) : readCells(piece, leaf);
    const numbers = new Map<number, number>();
    for (let i = 0; i < piece.length; i++, at++) {
      const entry = piece.dictionary ? Number(piece.values[i]) : i;
      rows[at] = -1;
      if (!piece.getValid(i)) continue;
      if (entries[entry] === undefined) throw new MaskingError("INPUT_MALFORMED", { column: leaf });
      let number = numbers.get(entry);
      if (number === undefined) {
        number = values.push(entries[entry]) - 1;
        numbers.set(entry, number);
      }
      rows[at] = number;
    }
  }
  return { values, rows };
}
