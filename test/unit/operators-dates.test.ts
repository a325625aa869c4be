import {
  type DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Float64,
  Int8,
  Int32,
  Int64,
  TimeMillisecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint8,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../src/policy.ts";
import type { Cell } from "../../src/types.ts";
import { dayOf, daysOf, isDay, isoDay, yearsBetween } from "../../transforms/operators/calendar.ts";
import type { OperatorRule } from "../../transforms/operators/operators.ts";
import { moveDate, readDate } from "../../transforms/operators/writtenDate.ts";
import { EXPERT, KEY, masked, masking, replaced, TEXT } from "../fakes/masking.ts";

const days = (iso: string) => daysOf(isoDay(iso));

describe("calendar", () => {
  it.each(["1970-01-01", "2000-02-29", "1900-03-01", "0001-01-01", "9999-12-31"])("%s comes back", (iso) =>
    expect(dayOf(days(iso))).toEqual(isoDay(iso)),
  );
  it("agrees with Date", () => {
    for (let day = -200_000; day < 200_000; day += 97) {
      const date = new Date(day * 86_400_000);
      expect(dayOf(day)).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      });
    }
  });
  it.each(["2021-02-29", "1900-02-29", "2021-04-31", "2021-13-01", "2021-00-10", "2021-01-00"])("has no %s", (iso) =>
    expect(isDay(isoDay(iso))).toBe(false),
  );
  it.each([
    ["1936-01-01", "2026-01-01", 90],
    ["1936-01-02", "2026-01-01", 89],
    ["2000-02-29", "2021-02-28", 20],
    ["2000-02-29", "2021-03-01", 21],
  ])("from %s to %s are %d years", (from, to, years) => expect(yearsBetween(isoDay(from), isoDay(to))).toBe(years));
});

describe("written dates", () => {
  it.each([
    ["2021-03-03", "2020-11-23"],
    ["2021/3/3", "2020/11/23"],
    ["2021.03.03", "2020.11.23"],
    ["03/03/2021", "11/23/2020"],
    ["3/3/21", "11/23/20"],
    ["3-3-2021", "11-23-2020"],
    ["03.04.2021", "24.12.2020"],
    ["25/12/2020", "16/09/2020"],
    ["12/25/2020", "09/16/2020"],
    ["20210303", "20201123"],
    ["20210303101530", "20201123101530"],
    ["March 3, 2021", "November 23, 2020"],
    ["MARCH 3, 2021", "NOVEMBER 23, 2020"],
    ["march 3 2021", "november 23 2020"],
    ["Mar. 3rd, 2021", "Nov. 23rd, 2020"],
    ["March the 11th, 2021", "December the 1st, 2020"],
    ["3 March 2021", "23 November 2020"],
    ["the 3rd of March, 2021", "the 23rd of November, 2020"],
    ["03-MAR-2021", "23-NOV-2020"],
    ["03MAR2021", "23NOV2020"],
    ["3-Mar-21", "23-Nov-20"],
    ["2021 Mar 3", "2020 Nov 23"],
    ["March 3", "November 23"],
    ["3 Mar", "23 Nov"],
    ["12/25", "09/16"],
    ["Feb 29", "Nov 21"],
    ["March 2021", "December 2020"],
    ["Mar '21", "Dec '20"],
    ["03/2021", "12/2020"],
    ["2021-03", "2020-12"],
    ["2021", "2021"],
    ["Tuesday, March 3, 2021", "Monday, November 23, 2020"],
    ["WED 3/3/2021", "MON 11/23/2020"],
    ["2021-03-03T10:20:30.123Z", "2020-11-23T10:20:30.123Z"],
    ["2021-03-03 10:20:30+01:00", "2020-11-23 10:20:30+01:00"],
    ["3/3/2021 10:20 PM", "11/23/2020 10:20 PM"],
    ["March 3rd at 4 pm", "November 23rd at 4 pm"],
    ["3/3/2021 at 1530 hrs", "11/23/2020 at 1530 hrs"],
    [" 2021-03-03 ", " 2020-11-23 "],
  ])("%j 100 days earlier is %j", (text, earlier) => expect(moveDate(readDate(text, 2027)!, -100)).toBe(earlier));

  it.each([
    "",
    "3",
    "yesterday",
    "Monday",
    "2/30/2021",
    "13/13/2021",
    "2021-02-29",
    "99/99/9999",
    "00/00/0000",
    "John 3:16",
    "120/80",
    "March",
    "Marching 3",
    "3/3/2021 and 3/5/2021",
    "10.5",
    "555-0123",
    "1234567",
    "12345678901234567890",
    `2021-03-03${" ".repeat(90)}x`,
  ])("%j is none", (text) => expect(readDate(text, 2027)).toBeUndefined());

  it("takes two digits for the latest such year that is not ahead", () => {
    expect(readDate("1/1/27", 2027)!.year).toBe(2027);
    expect(readDate("1/1/28", 2027)!.year).toBe(1928);
  });
});

describe("days first", () => {
  it.each([
    ["03/04/2024", "2024-04-03"],
    ["03-04-24", "2024-04-03"],
    ["31/12/2024", "2024-12-31"],
    ["12/31/2024", "2024-12-31"],
    ["2024-03-04", "2024-03-04"],
    ["March 4, 2024", "2024-03-04"],
  ])("reads %s as %s", (text, iso) => {
    const { year, month, day } = readDate(text, 2027, true)!;
    expect({ year, month, day }).toEqual(isoDay(iso));
  });
  it("moves and counts by the policy's order", () => {
    const policy = policyOf("expert_determination", { asOf: "2026-01-01", dayFirst: true });
    const how = masking("expert_determination", { subject: true, policy });
    const rule: OperatorRule = { mask: "shift", days: [-1, -1] };
    expect(masked(rule, "01/04/2024", TEXT, how, "p1")).toBe("31/03/2024");
    expect(masked(rule, "01/04/2024", TEXT, EXPERT, "p1")).toBe("01/03/2024");
    expect(masked({ mask: "age" }, "02/01/2000", TEXT, how)).toBe("25");
    expect(masked({ mask: "age" }, "02/01/2000", TEXT)).toBe("25");
    expect(masked({ mask: "age" }, "03/01/1996", TEXT, how)).toBe("29");
    expect(masked({ mask: "age" }, "01/03/1996", TEXT)).toBe("29");
  });
});

describe("shift", () => {
  const shift: OperatorRule = { mask: "shift" };
  const by = (rule: OperatorRule, cell: Cell, type: DataType = TEXT, id: string | null = "p1") =>
    masked(rule, cell, type, EXPERT, id);
  const offset = days(by(shift, "2021-06-30") as string) - days("2021-06-30");

  it("moves a subject's dates by one number of days, from -364 to -1", () => {
    expect(offset).toBeGreaterThanOrEqual(-364);
    expect(offset).toBeLessThanOrEqual(-1);
    expect(by(shift, "2021-06-30", TEXT, "p1")).toBe(by(shift, "2021-06-30", TEXT, "p1"));
    const offsets = Array.from({ length: 400 }, (_, i) => days(by(shift, "2021-06-30", TEXT, `p${i}`) as string));
    expect(new Set(offsets).size).toBeGreaterThan(200);
    expect(Math.max(...offsets) - days("2021-06-30")).toBeLessThanOrEqual(-1);
    expect(Math.min(...offsets) - days("2021-06-30")).toBeGreaterThanOrEqual(-364);
  });
  it.each<[DataType, Cell, (offset: number) => unknown]>([
    [new DateDay(), 20_000, (n) => 20_000 + n],
    [new DateMillisecond(), 86_400_000n * 20_000n, (n) => 86_400_000n * BigInt(20_000 + n)],
    [new TimestampSecond(), 1_000_000_123n, (n) => 1_000_000_123n + 86_400n * BigInt(n)],
    [new TimestampMicrosecond("UTC"), -5n, (n) => -5n + 86_400_000_000n * BigInt(n)],
    [
      new TimestampNanosecond(),
      1_600_000_000_123_456_789n,
      (n) => 1_600_000_000_123_456_789n + 86_400_000_000_000n * BigInt(n),
    ],
    [
      new Int32(),
      20210630,
      (n) => Number(new Date((days("2021-06-30") + n) * 86_400_000).toISOString().slice(0, 10).replaceAll("-", "")),
    ],
    [
      TEXT,
      "2021-06-30T08:00:00Z",
      (n) => `${new Date((days("2021-06-30") + n) * 86_400_000).toISOString().slice(0, 10)}T08:00:00Z`,
    ],
    [TEXT, "", () => ""],
    [TEXT, "soon", () => "CELL_UNEXAMINED"],
    [new Int32(), 7, () => "CELL_UNEXAMINED"],
    [new DateDay(), -2_147_483_648, () => "CELL_UNEXAMINED"],
    [new TimestampNanosecond(), -(2n ** 63n), () => "CELL_UNEXAMINED"],
    [new TimeMillisecond(), 5, () => "COLUMN_TYPE"],
    [new Float64(), 5.5, () => "COLUMN_TYPE"],
  ])("%s %s", (type, cell, answer) => expect(by(shift, cell, type)).toEqual(answer(offset)));

  it("keeps to the days it is given", () => {
    expect(by({ mask: "shift", days: [10, 10] }, "2021-06-30")).toBe("2021-07-10");
    for (const range of [
      [2, 1],
      [0.5, 1],
    ] as const)
      expect(by({ mask: "shift", days: range }, "2021-06-30")).toBe("RULE_UNFIT");
  });
  it("fails closed", () => {
    expect(by(shift, "2021-06-30", TEXT, null)).toBe("CELL_UNEXAMINED");
    for (const profile of ["safe_harbor", "strict"] as const) {
      expect(masked(shift, "2021-06-30", TEXT, masking(profile, { subject: true }), "p1")).toBe("RULE_UNFIT");
    }
    expect(masked(shift, "2021-06-30", TEXT, masking("expert_determination"))).toBe("RULE_UNFIT");
    expect(masked(shift, "x", TEXT, masking("expert_determination", { subject: true, key: undefined }))).toBe(
      "KEY_MISSING",
    );
  });
  it("labels what it cannot read in a note", () => {
    expect(replaced(shift, "DATE", "yesterday", EXPERT, "p1")).toBe("[DATE]");
    expect(replaced({ mask: "shift", days: [-1, -1] }, "DATE", "Jan 1st", EXPERT, "p1")).toBe("Dec 31st");
    expect(replaced(shift, "DATE", "Jan 1st", EXPERT, null)).toBe("CELL_UNEXAMINED");
  });
});

describe("date and year", () => {
  const year: OperatorRule = { mask: "year" };
  it.each<[DataType, Cell, unknown]>([
    [TEXT, "1987-03-04", "1987"],
    [TEXT, "3/4/87", "1987"],
    [TEXT, "March 1987", "1987"],
    [TEXT, "1987", "1987"],
    [TEXT, "1987-03-04T10:00:00Z", "1987"],
    [TEXT, " ", " "],
    [TEXT, "March 3", "CELL_UNEXAMINED"],
    [TEXT, "unknown", "CELL_UNEXAMINED"],
    [TEXT, "1936-01-02", "1936"],
    [TEXT, "1936-01-01", "90+"],
    [TEXT, "1936", "90+"],
    [TEXT, "5/5/31", "90+"],
    [new DateDay(), days("1987-03-04"), days("1987-01-01")],
    [new DateDay(), days("1987-01-01"), days("1987-01-01")],
    [new DateDay(), days("1931-03-04"), null],
    [new DateMillisecond(), BigInt(days("1987-03-04")) * 86_400_000n, BigInt(days("1987-01-01")) * 86_400_000n],
    [new TimestampNanosecond(), 1n, 0n],
    [new TimestampMicrosecond(), -1n, BigInt(days("1969-01-01")) * 86_400_000_000n],
    [new Int32(), 19870304, 1987],
    [new Int64(), 1987n, 1987n],
    [new Int32(), 19310304, null],
    [new Float64(), 1987, "COLUMN_TYPE"],
  ])("the year of %s %s is %s", (type, cell, answer) => {
    expect(masked(year, cell, type)).toEqual(answer);
    expect(masked({ mask: "date" }, cell, type)).toEqual(answer);
    expect(masked({ mask: "date" }, cell, type, masking("strict"))).toEqual(answer);
  });
  it("is as the profile says", () => {
    const date: OperatorRule = { mask: "date" };
    expect(masked(date, "1931-03-04", TEXT, masking("limited_data_set"))).toBe("1931-03-04");
    expect(masked(year, "1931-03-04", TEXT, masking("limited_data_set"))).toBe("1931");
    expect(masked(date, "2021-03-04", TEXT, EXPERT, "p1")).toBe(
      masked({ mask: "shift" }, "2021-03-04", TEXT, EXPERT, "p1"),
    );
    expect(masked(date, "2021-03-04", TEXT, masking("expert_determination"))).toBe("RULE_UNFIT");
    expect(replaced(date, "DATE", "March 4, 2021")).toBe("2021");
    expect(replaced(date, "DATE", "next week")).toBe("[DATE]");
    expect(KEY.fingerprint).toHaveLength(16);
  });
});

describe("age", () => {
  it.each<[DataType, Cell, unknown]>([
    [new Int32(), 45, 45],
    [new Int8(), 89, 89],
    [new Uint8(), 90, 90],
    [new Int32(), 101, 90],
    [new Int64(), 101n, 90n],
    [new Int64(), 44n, 44n],
    [new Float64(), 89.5, 90],
    [new Float64(), 12.25, 12.25],
    [new Float64(), Number.NaN, Number.NaN],
    [new Float64(), Number.POSITIVE_INFINITY, "CELL_UNEXAMINED"],
    [new Decimal(1, 4), 925n, 900n],
    [new Decimal(1, 4), 455n, 455n],
    [new Int32(), -1, "CELL_UNEXAMINED"],
    [new Int32(), 1950, "CELL_UNEXAMINED"],
    [TEXT, "45", "45"],
    [TEXT, "92", "90+"],
    [TEXT, "92 years", "90+ years"],
    [TEXT, "ninety-two", "90+"],
    [TEXT, "forty-five", "forty-five"],
    [TEXT, "90+", "90+"],
    [TEXT, "18 mo", "18 mo"],
    [TEXT, "1980-06-01", "45"],
    [TEXT, "1931-06-01", "90+"],
    [TEXT, "2027-06-01", "CELL_UNEXAMINED"],
    [TEXT, "old", "CELL_UNEXAMINED"],
    [new DateDay(), days("1980-06-01"), 45],
    [new DateDay(), days("1931-06-01"), 90],
    [new DateDay(), days("2026-06-01"), "CELL_UNEXAMINED"],
    [new TimestampSecond(), BigInt(days("1980-06-01")) * 86_400n, 45],
    [new TimeMillisecond(), 5, "COLUMN_TYPE"],
  ])("%s %s becomes %s", (type, cell, answer) => expect(masked({ mask: "age" }, cell, type)).toEqual(answer));
  it.each([
    ["92", "90+"],
    ["92-year-old", "90+ year-old"],
    ["ninety", "90+"],
    ["45", "45"],
    ["elderly", "[AGE]"],
  ])("in a note %j becomes %j", (text, answer) => expect(replaced({ mask: "age" }, "AGE", text)).toBe(answer));
});
