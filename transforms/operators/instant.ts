/** Columns of dates and instants as days, whatever unit they count in. Instants with a time zone are read in UTC. */
import { DataType, DateUnit } from "apache-arrow";
import type { Cell } from "../../src/types.ts";
import { type Day, dayOf, daysOf } from "./calendar.ts";
import { floorDiv, perSecond } from "./canonical.ts";

/** How a type's cells and the calendar's days turn into each other. */
export interface Instants {
  /** The day that a cell falls on. */
  day(cell: Cell): Day;
  /** The cell some days later, its time of day kept; undefined where the type cannot hold it. */
  moved(cell: Cell, days: number): Cell | undefined;
  /** The first instant of a day; undefined where the type cannot hold it. */
  at(day: Day): Cell | undefined;
}

/** Undefined for types that hold no dates. */
export function instantsOf(type: DataType): Instants | undefined {
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) {
    return {
      day: (cell) => dayOf(cell as number),
      moved: (cell, days) => int32((cell as number) + days),
      at: (day) => int32(daysOf(day)),
    };
  }
  if (!DataType.isDate(type) && !DataType.isTimestamp(type)) return undefined;
  const length = 86_400n * (DataType.isDate(type) ? 1000n : perSecond(type.unit));
  return {
    day: (cell) => dayOf(Number(floorDiv(cell as bigint, length))),
    moved: (cell, days) => int64((cell as bigint) + BigInt(days) * length),
    at: (day) => int64(BigInt(daysOf(day)) * length),
  };
}

function int32(value: number): number | undefined {
  return (value | 0) === value ? value : undefined;
}

function int64(value: bigint): bigint | undefined {
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
