import {
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Float64,
  Int8,
  Int32,
  Int64,
  TimestampMillisecond,
  Uint8,
} from "apache-arrow";
import { describe, expect, it } from "vitest";
import { policyOf } from "../../src/policy.ts";
import type { Cell } from "../../src/types.ts";
import { daysOf, isoDay } from "../../transforms/operators/calendar.ts";
import type { OperatorRule } from "../../transforms/operators/operators.ts";
import { masked, masking, replaced, TEXT } from "../fakes/masking.ts";

const days = (iso: string) => daysOf(isoDay(iso));

describe("zip", () => {
  it.each<[DataType, Cell, unknown]>([
    [TEXT, "02139", "021"],
    [TEXT, "02139-1234", "021"],
    [TEXT, "02139 1234", "021"],
    [TEXT, "021391234", "021"],
    [TEXT, " 02139 ", "021"],
    [TEXT, "2139", "021"],
    [TEXT, "2139-1234", "021"],
    [TEXT, "21391234", "021"],
    [TEXT, "02139.0", "021"],
    [TEXT, "021", "021"],
    [TEXT, "021**", "021"],
    [TEXT, "036", "000"],
    [TEXT, "03601", "000"],
    [TEXT, "69201-0001", "000"],
    [TEXT, "83101", "000"],
    [TEXT, "75301", "000"],
    [TEXT, "00000", "000"],
    [TEXT, "99999", "999"],
    [TEXT, "K1A 0B1", "000"],
    [TEXT, "k1a0b1", "000"],
    [TEXT, "K1A", "000"],
    [TEXT, "", ""],
    [TEXT, "SW1A 1AA", "CELL_UNEXAMINED"],
    [TEXT, "Boston", "CELL_UNEXAMINED"],
    [TEXT, "12", "CELL_UNEXAMINED"],
    [TEXT, "021391", "CELL_UNEXAMINED"],
    [TEXT, "0213912345", "CELL_UNEXAMINED"],
    [TEXT, "02139-12", "CELL_UNEXAMINED"],
    [TEXT, "MA 02139", "CELL_UNEXAMINED"],
    [new Int32(), 2139, 21],
    [new Int32(), 94105, 941],
    [new Int32(), 3601, 0],
    [new Int32(), 21391234, 21],
    [new Int32(), 501, 0],
    [new Int64(), 94105n, 941n],
    [new Float64(), 94105, 941],
    [new Float64(), 94105.5, "CELL_UNEXAMINED"],
    [new Decimal(2, 10), 9410500n, 94100n],
    [new Int32(), -94105, "CELL_UNEXAMINED"],
    [new Int64(), 9410512345n, "CELL_UNEXAMINED"],
    [new DateDay(), 5, "COLUMN_TYPE"],
  ])("%s %s becomes %s", (type, cell, answer) => expect(masked({ mask: "zip" }, cell, type)).toEqual(answer));
  it("follows the census of the policy", () => {
    const of = (zip3: "2000" | "2020") => masking("safe_harbor", { policy: policyOf("safe_harbor", { zip3 }) });
    expect([
      masked({ mask: "zip" }, "83101", TEXT, of("2000")),
      masked({ mask: "zip" }, "83101", TEXT, of("2020")),
    ]).toEqual(["000", "831"]);
    expect([
      masked({ mask: "zip" }, "75301", TEXT, of("2000")),
      masked({ mask: "zip" }, "75301", TEXT, of("2020")),
    ]).toEqual(["753", "000"]);
  });
  it("labels a place in a note that is no ZIP code", () => {
    expect(replaced({ mask: "zip" }, "ADDRESS", "02139")).toBe("021");
    expect(replaced({ mask: "zip" }, "ADDRESS", "Boston")).toBe("[ADDRESS]");
  });
});

describe("generalize", () => {
  const ten: OperatorRule = { mask: "generalize", width: 10 };
  const bins: OperatorRule = { mask: "generalize", bins: [0, 18, 40, 65] };
  it.each<[OperatorRule, DataType, Cell, unknown]>([
    [ten, new Int32(), 47, 40],
    [ten, new Int32(), 40, 40],
    [ten, new Int32(), -1, -10],
    [ten, new Int64(), 47n, 40n],
    [ten, new Float64(), 47.9, 40],
    [{ mask: "generalize", width: 0.1 }, new Float64(), 0.37, 0.3],
    [{ mask: "generalize", width: 0.5 }, new Int32(), 3, 3],
    [ten, new Decimal(1, 5), 479n, 400n],
    [ten, TEXT, "47", "40-49"],
    [ten, TEXT, " 47.5 ", "40-49"],
    [{ mask: "generalize", width: 1 }, TEXT, "47", "47"],
    [{ mask: "generalize", width: 2.5 }, TEXT, "4", "2.5-<5"],
    [ten, TEXT, "forty", "CELL_UNEXAMINED"],
    [ten, TEXT, "", ""],
    [ten, new Float64(), Number.NaN, Number.NaN],
    [ten, new Float64(), Number.NEGATIVE_INFINITY, "CELL_UNEXAMINED"],
    [{ mask: "generalize", width: 100 }, new Int8(), -120, "CELL_UNEXAMINED"],
    [{ mask: "generalize", bins: [-10, 100] }, new Uint8(), 5, "CELL_UNEXAMINED"],
    [bins, new Int32(), 17, 0],
    [bins, new Int32(), 18, 18],
    [bins, new Int32(), 99, 65],
    [bins, new Int32(), -1, "CELL_UNEXAMINED"],
    [bins, TEXT, "17", "0-17"],
    [bins, TEXT, "64.9", "40-64"],
    [bins, TEXT, "70", "65+"],
    [bins, TEXT, "-3", "<0"],
    [ten, new DateDay(), 5, "COLUMN_TYPE"],
    [ten, new Bool(), true, "COLUMN_TYPE"],
    [{ mask: "generalize" }, TEXT, "5", "RULE_UNFIT"],
    [{ mask: "generalize", width: 1, bins: [1] }, TEXT, "5", "RULE_UNFIT"],
    [{ mask: "generalize", width: 0 }, TEXT, "5", "RULE_UNFIT"],
    [{ mask: "generalize", bins: [] }, TEXT, "5", "RULE_UNFIT"],
    [{ mask: "generalize", bins: [2, 1] }, TEXT, "5", "RULE_UNFIT"],
  ])("%o makes of %s %s %s", (rule, type, cell, answer) => expect(masked(rule, cell, type)).toEqual(answer));

  const open = masking("limited_data_set");
  it.each<["month" | "quarter" | "year" | "decade", DataType, Cell, unknown]>([
    ["month", new DateDay(), days("1987-05-20"), days("1987-05-01")],
    ["quarter", new DateDay(), days("1987-05-20"), days("1987-04-01")],
    ["year", new DateDay(), days("1987-05-20"), days("1987-01-01")],
    ["decade", new DateDay(), days("1987-05-20"), days("1980-01-01")],
    ["month", new TimestampMillisecond(), 1n, 0n],
    ["month", TEXT, "May 20, 1987", "1987-05"],
    ["quarter", TEXT, "5/20/1987", "1987-Q2"],
    ["year", TEXT, "1987", "1987"],
    ["decade", TEXT, "1987", "1980s"],
    ["month", TEXT, "1987", "CELL_UNEXAMINED"],
    ["year", TEXT, "May 20", "CELL_UNEXAMINED"],
    ["year", new Int32(), 1987, "COLUMN_TYPE"],
  ])("by %s, %s %s is %s", (width, type, cell, answer) =>
    expect(masked({ mask: "generalize", width }, cell, type, open)).toEqual(answer),
  );
  it("keeps to what the profile lets stand of a date", () => {
    const of = (width: "month" | "year" | "decade", cell: Cell, type: DataType = TEXT) =>
      masked({ mask: "generalize", width }, cell, type);
    expect(of("month", "1987-05-20")).toBe("RULE_UNFIT");
    expect(of("year", "1987-05-20")).toBe("1987");
    expect(of("decade", "1931-05-20")).toBe("90+");
    expect(of("year", days("1931-05-20"), new DateDay())).toBe(null);
  });
});
