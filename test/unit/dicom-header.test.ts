import { describe, expect, it } from "vitest";
import { MaskingError } from "../../src/errors.ts";
import type { Redaction } from "../../src/image-types.ts";
import type { Masked } from "../../src/types.ts";
import { attributeOf } from "../../transforms/images/dicom/dictionary.ts";
import { tagText } from "../../transforms/images/dicom/element.ts";
import { openDicom } from "../../transforms/images/dicom/file.ts";
import { actionOf, rowOf } from "../../transforms/images/dicom/profile.ts";
import { rewriteDicom } from "../../transforms/images/dicom/rewrite.ts";
import { type DicomOptions, headerRules } from "../../transforms/images/dicom/rules.ts";
import { CONFIDENTIALITY } from "../../transforms/images/dicom/standard/confidentiality.ts";
import { wholeOf } from "../../transforms/images/dicom/writer.ts";
import { dicomOf, type Made, made } from "../fakes/dicom.ts";
import { said } from "../fakes/dicom-said.ts";
import { EXPERT, masked, masking } from "../fakes/masking.ts";

const SOP = [made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.7"), made(0x00080018, "UI", "1.2.3.4")];

async function rewritten(
  elements: readonly Made[],
  options: DicomOptions = {},
  how = masking(),
  redaction: Partial<Redaction> = {},
  syntax?: string,
  planes: readonly number[] = [],
): Promise<Buffer> {
  const file = openDicom(dicomOf([...SOP, ...elements], syntax, [made(0x00020016, "AE", "HOSPITAL")]));
  const rules = headerRules(options, how);
  const full: Redaction = {
    boxes: [],
    fill: [0, 0, 0],
    subject: { id: how.subject ? "p1" : null },
    maskText: async (texts) => texts.map((text) => text.replaceAll("Roe", "[NAME]") as Masked),
    ...redaction,
  };
  return wholeOf(
    await rewriteDicom(file, rules, full, {
      replaced: [],
      syntax: file.syntax.uid,
      pixelsExamined: false,
      planes: new Set(planes),
    }),
  );
}

/** What the masked file says of one tag. */
async function answer(element: Made, options?: DicomOptions, how = masking()): Promise<unknown> {
  return said(await rewritten([element], options, how)).find(([tag]) => tag === tagText(element.tag))?.[1];
}

describe("the table", () => {
  it("has 621 rows, each with an action of its own", () => {
    expect(Object.values(CONFIDENTIALITY).flatMap((texts) => texts.split(" ")).length).toBe(621);
    expect([
      rowOf(0x00100010)?.basic,
      rowOf(0x50200010)?.basic,
      rowOf(0x60043000)?.basic,
      rowOf(0x00091001)?.basic,
    ]).toEqual(["Z", "X", "X", "X"]);
  });

  it.each([
    [0x00280010, "US", "keep", "no row"],
    [0x00080002, "LO", "remove", "unknown to the standard"],
    [0x60000002, "LO", "remove", "unknown within overlays"],
    [0x00142006, "PN", "dummy", "a person that the table forgot"],
    [0x0008041f, "DT", "dummy", "a date that the table forgot"],
    [0x00041512, "UI", "uid", "a UID that the table forgot"],
  ])("%i of VR %s is %s: %s", (tag, vr, action) => expect(actionOf(tag, vr, new Set())).toBe(action));
});

describe("values", () => {
  it.each([
    [made(0x00080020, "DA", "20240131"), {}, masking(), ""],
    [made(0x00080020, "DA", "20240131"), {}, EXPERT, masked({ mask: "shift" }, "20240131", undefined, EXPERT, "p1")],
    [
      made(0x0008002a, "DT", "20240131101500.5+0100"),
      {},
      EXPERT,
      `${masked({ mask: "shift" }, "20240131", undefined, EXPERT, "p1")}101500.5+0100`,
    ],
    [made(0x00080030, "TM", "1015"), {}, EXPERT, "1015"],
    [made(0x00080020, "DA", "2024.01.31"), {}, EXPERT, masked({ mask: "shift" }, "20240131", undefined, EXPERT, "p1")],
    [made(0x00080020, "DA", "gestern"), {}, EXPERT, "19000101"],
    [made(0x00080020, "DA", "20240131"), {}, masking("limited_data_set"), "20240131"],
    [made(0x00080020, "DA", "20240131"), { tags: { StudyDate: { mask: "year" } } }, masking(), "20240101"],
    [made(0x00100020, "LO", "MRN-77"), {}, masking(), masked({ mask: "hash" }, "MRN-77")],
    [
      made(0x00100020, "LO", "MRN-77"),
      { tags: { PatientID: { mask: "hash", length: 16 } } },
      masking(),
      masked({ mask: "hash", length: 16 }, "MRN-77"),
    ],
    [made(0x00081010, "SH", "CT7"), {}, masking(), "REMOVED"],
    [made(0x00081010, "SH", "CT7"), { tags: { StationName: { mask: "keep" } } }, masking(), "CT7"],
    [made(0x00081010, "SH", "CT7"), { tags: { "0008,1010": { mask: "keep" } } }, masking(), "CT7"],
    [made(0x00081010, "SH", "CT7"), { tags: { "(0008,1010)": { mask: "null" } } }, masking(), ""],
    [made(0x00080070, "LO", "Acme"), { tags: { Manufacturer: { mask: "drop" } } }, masking(), undefined],
    [made(0x00081030, "LO", "Head of Roe"), {}, masking(), "Head of [NAME]"],
    [made(0x00081030, "LO", "Head of Roe"), { options: [] }, masking(), undefined],
    [made(0x00100040, "CS", "F"), {}, masking(), ""],
    [made(0x00100040, "CS", "F"), { options: ["retain_patient_characteristics"] }, masking(), "F"],
    [made(0x00101010, "AS", "093Y"), { options: ["retain_patient_characteristics"] }, masking(), "090Y"],
    [
      made(0x00101010, "AS", "093Y"),
      { options: ["retain_patient_characteristics"] },
      masking("limited_data_set"),
      "093Y",
    ],
    [made(0x00101010, "AS", "011M"), { options: ["retain_patient_characteristics"] }, masking(), "011M"],
    [made(0x00101010, "AS", "093Y"), { tags: { PatientAge: { mask: "age" } } }, masking(), "090Y"],
    [made(0x00181000, "LO", "SN1"), { options: ["retain_device_identity"] }, EXPERT, "SN1"],
    [made(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.2"), {}, masking(), "1.2.840.10008.5.1.4.1.1.2"],
    [made(0x0020000d, "UI", "1.2.77"), { options: ["retain_uids"] }, masking("limited_data_set"), "1.2.77"],
  ] as const)("%# %o", async (element, options, how, expected) => {
    expect(await answer(element, options, how)).toBe(expected);
  });

  it("names agree with the table's columns, component by component", async () => {
    const name = (await answer(made(0x00100010, "PN", "Roe^Jane"))) as string;
    const of = (text: string): unknown => masked({ mask: "surrogate", type: "NAME" }, text);
    expect(name).toBe(`${of("Roe")}^${of("Jane")}`);
  });

  it("UIDs agree wherever they stand, and nothing of the old ones is left", async () => {
    const bytes = await rewritten([
      made(0x00081140, "SQ", { items: [[made(0x00081155, "UI", "1.2.77")]] }),
      made(0x0020000d, "UI", "1.2.77"),
      made(0x00203401, "UI", "1.2.840.10008.1.2"),
    ]);
    const uids = said(bytes).flatMap(([tag, value]) => (tag === "(0020,000D)" || tag === "(0008,1155)" ? [value] : []));
    expect(uids[0]).toMatch(/^2\.25\.\d{20,39}$/);
    expect(new Set(uids).size).toBe(1);
    expect(bytes.includes("1.2.77")).toBe(false);
    expect(bytes.includes("HOSPITAL")).toBe(false);
  });

  it("what the header says of the patient is found in texts that stay", async () => {
    const elements = [
      made(0x00100010, "PN", "Thistlewood^Amara"),
      made(0x00100020, "LO", "MRN-448812"),
      made(0x00181020, "LO", "v1.2 THISTLEWOOD"),
      made(0x0018a001, "SQ", { items: [[made(0x00080080, "LO", "x"), made(0x00181411, "LO", "of MRN448812")]] }),
    ];
    const bytes = await rewritten(elements, {}, masking(), { known: [{ value: "Quillfeather" }] });
    expect(bytes.includes("THISTLEWOOD")).toBe(false);
    expect(bytes.includes("448812")).toBe(false);
  });

  it.each([
    ["a code that is the name", made(0x00180015, "CS", "THISTLEWOOD"), "REMOVED"],
    ["a code that only holds it", made(0x00180015, "CS", "THISTLEWOOD_1"), "THISTLEWOOD_1"],
    ["a term of the standard", made(0x00080008, "CS", "ORIGINAL\\THISTLEWOOD"), "ORIGINAL\\THISTLEWOOD"],
    ["any other code", made(0x00180015, "CS", "CHEST"), "CHEST"],
    ["a colour profile that holds the name", made(0x00282000, "OB", Buffer.from("..ICC of Thistlewood..")), undefined],
    ["the same in sixteen bits", made(0x00282000, "OB", Buffer.from("ICC of Thistlewood", "utf16le")), undefined],
    ["any other profile", made(0x00282000, "OB", Buffer.from("ICC of somebody.")), "ICC of somebody."],
    ["a drawing of commands", made(0x00686300, "OB", Buffer.from("LB7 Arrow;")), undefined],
  ])("of what else stays, %s", async (_, element, expected) => {
    const name = made(0x00100010, "PN", "Thistlewood^Amara");
    const found = said(await rewritten([name, element])).find(([tag]) => tag === tagText(element.tag));
    expect(found?.[1]).toBe(expected);
  });

  it("encrypted originals are not passed along", async () => {
    const item = [made(0x04000510, "UI", "1.2.840.10008.1.2"), made(0x04000520, "OB", Buffer.from("sealed"))];
    expect((await rewritten([made(0x04000500, "SQ", { items: [item] })])).includes("sealed")).toBe(false);
  });

  it.each([
    ["山田 left hand", "[NAME] left hand"],
    ["山田太郎の手", "[NAME]の手"],
    ["やまだ left hand", "[NAME] left hand"],
    ["富士山 left hand", "富士山 left hand"],
  ])("names without blanks around them are found: %s", async (text, expected) => {
    const elements = [
      made(0x00080005, "CS", "ISO_IR 192"),
      made(0x00100010, "PN", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
      made(0x00181020, "LO", text),
    ];
    expect(said(await rewritten(elements)).find(([tag]) => tag === "(0018,1020)")?.[1]).toBe(expected);
  });

  it("the row's own values are found in texts that stay", async () => {
    const bytes = await rewritten([made(0x00181020, "LO", "v1 Quillfeather")], {}, masking(), {
      known: [{ value: "Quillfeather" }],
    });
    expect(bytes.toString("latin1")).toContain("v1 [NAME]");
  });
});

describe("overlay planes", () => {
  const plane = made(0x60003000, "OB", Buffer.from("ROE JANE"));
  const kept = async (options: DicomOptions, planes: readonly number[]): Promise<boolean> =>
    (await rewritten([plane], options, masking(), {}, undefined, planes)).includes("ROE JANE");
  it.each([
    ["looked at, option clean_graphics", { options: ["clean_graphics"] }, [0x60003000], true],
    ["not looked at, option clean_graphics", { options: ["clean_graphics"] }, [], false],
    ["another was looked at", { options: ["clean_graphics"] }, [0x60023000], false],
    ["looked at, but the profile removes it", { options: [] }, [0x60003000], false],
  ] as const)("%s", async (_, options, planes, stays) => expect(await kept(options, planes)).toBe(stays));
});

describe("private elements", () => {
  const elements = [
    made(0x00190010, "LO", "SIEMENS MR HEADER"),
    made(0x0019100c, "IS", "800"),
    made(0x00191008, "LO", "Roe"),
    made(0x00290010, "LO", "OTHER"),
    made(0x0029100c, "IS", "1"),
  ];
  it("are removed with their creators", async () => {
    expect(said(await rewritten(elements)).filter(([tag]) => /^\(00[12]9/.test(tag))).toEqual([]);
  });
  it("stay where the list knows them as safe and the job keeps those", async () => {
    const kept = said(await rewritten(elements, { options: ["retain_safe_private"] })).filter(([tag]) =>
      /^\(00[12]9/.test(tag),
    );
    expect(kept).toEqual([
      ["(0019,0010)", "SIEMENS MR HEADER"],
      ["(0019,100C)", "800"],
    ]);
  });
});

describe("private elements that a job names", () => {
  const block = (number: string): readonly Made[] => [
    made(Number(`0x001900${number}`), "LO", "SIEMENS MR HEADER"),
    made(Number(`0x0019${number}08`), "LO", "Roe Jane"),
    made(Number(`0x0019${number}09`), "LO", "nobody"),
    made(Number(`0x0019${number}0c`), "IS", "800"),
  ];
  const names = async (elements: readonly Made[], options: DicomOptions, syntax?: string) =>
    said(await rewritten(elements, options, masking(), {}, syntax)).filter(([tag]) => tag.startsWith("(0019,"));
  it.each(["10", "11", "e7"])("have their rules whatever block is theirs: %s", async (number) => {
    const tags = {
      '0019,"SIEMENS MR HEADER",0c': { mask: "keep" },
      '(0019,"SIEMENS MR HEADER",08)': { mask: "label" },
    } as const;
    expect(await names(block(number), { tags })).toEqual([
      [`(0019,00${number})`.toUpperCase(), "SIEMENS MR HEADER"],
      [`(0019,${number}08)`.toUpperCase(), "[PHI]"],
      [`(0019,${number}0C)`.toUpperCase(), "800"],
    ]);
  });
  it("that are safe by the list stay where the file writes no VR", async () => {
    const kept = await names(block("10"), { options: ["retain_safe_private"] }, "1.2.840.10008.1.2");
    expect(kept).toEqual([
      ["(0019,0010)", "SIEMENS MR HEADER"],
      ["(0019,100C)", "800"],
    ]);
  });
  it("of another creator do not", async () => {
    const other = block("10").map((each) => (each.value === "SIEMENS MR HEADER" ? { ...each, value: "OTHER" } : each));
    expect(await names(other, { tags: { '0019,"SIEMENS MR HEADER",0c': { mask: "keep" } } })).toEqual([]);
  });
  it.each([
    ["a number that is a name", made(0x0019100c, "IS", "Roe")],
    ["a code that is a name", made(0x0019100d, "CS", "Roe^J")],
    ["another VR than the list's", made(0x0019100c, "LO", "800")],
    ["more numbers than there can be", made(0x0019100e, "FD", new Uint8Array(8192))],
  ])("that are safe by the list stay only with values of their kind: %s goes", async (_, element) => {
    const elements = [made(0x00190010, "LO", "SIEMENS MR HEADER"), element];
    expect(await names(elements, { options: ["retain_safe_private"] })).toEqual([]);
  });
  it.each(["0019,100c", '0018,"SIEMENS MR HEADER",0c', '0019,"",0c', '0019,"A",100c'])(
    "cannot be named as %s",
    (name) => {
      expect(() => headerRules({ tags: { [name]: { mask: "keep" } } }, masking())).toThrow(/RULE_UNFIT|cannot be used/);
    },
  );
});

describe("sequences", () => {
  const observer = made(0x0040a073, "SQ", {
    items: [
      [
        made(0x0040a027, "LO", "Mercy"),
        made(0x0040a075, "PN", "Roe^J"),
        made(0x0040a088, "SQ", { items: [[made(0x00080100, "SH", "77")]] }),
      ],
    ],
  });
  const content = made(0x0040a730, "SQ", {
    items: [
      [
        made(0x0040a010, "CS", "CONTAINS"),
        made(0x0040a040, "CS", "TEXT"),
        made(0x0040a043, "SQ", { items: [[made(0x00080100, "SH", "121071"), made(0x00080104, "LO", "Finding")]] }),
        made(0x0040a160, "UT", "Mass seen by Roe"),
        made(0x0040a123, "PN", "Roe^J"),
      ],
    ],
  });
  it("with a dummy keep their items, and everything in them is a dummy", async () => {
    const values = said(await rewritten([observer], { options: [] })).filter(([tag]) => /^\(0040,A07[35]/.test(tag));
    expect(values).toEqual([
      ["(0040,A073)", undefined],
      ["(0040,A075)", "REMOVED"],
    ]);
  });
  it("structured content keeps its codes and has its text cleaned", async () => {
    const values = Object.fromEntries(said(await rewritten([content])));
    expect([values["(0040,A160)"], values["(0008,0104)"], values["(0040,A010)"]]).toEqual([
      "Mass seen by [NAME]",
      "Finding",
      "CONTAINS",
    ]);
    expect(values["(0040,A123)"]).not.toContain("Roe");
  });
  it("structured content that is not cleaned is dummies through and through", async () => {
    const values = Object.fromEntries(said(await rewritten([content], { options: [] })));
    expect([values["(0040,A160)"], values["(0040,A010)"]]).toEqual(["REMOVED", "CONTAINS"]);
  });
  it("pictures within sequences are removed", async () => {
    const icon = made(0x00082218, "SQ", {
      items: [[made(0x7fe00010, "OB", Uint8Array.of(1, 2)), made(0x00280010, "US", [1])]],
    });
    const tags = said(await rewritten([icon])).map(([tag]) => tag);
    expect(tags).toContain("(0028,0010)");
    expect(tags).not.toContain("(7FE0,0010)");
  });
});

describe("stamps", () => {
  it("say that the file was de-identified and how, and who wrote it", async () => {
    const bytes = await rewritten([made(0x00120062, "CS", "NO"), made(0x00280301, "CS", "YES")], {
      options: ["clean_descriptors"],
    });
    const values = said(bytes);
    expect(values.find(([tag]) => tag === "(0012,0062)")?.[1]).toBe("YES");
    expect(values.filter(([tag]) => tag === "(0008,0100)").map(([, value]) => value)).toEqual(["113100", "113105"]);
    expect(values.find(([tag]) => tag === "(0028,0301)")?.[1]).toBe("YES");
    expect(bytes.subarray(0, 132)).toEqual(Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]));
  });
});

describe("charsets", () => {
  it.each([
    ["ISO_IR 192", Buffer.from("Kürşat Roe"), "Kürşat [NAME]"],
    ["ISO_IR 100", Buffer.from("Jürgen Roe", "latin1"), "Jürgen [NAME]"],
    ["ISO_IR 144", Buffer.from([0xbb, 0xee, 0x20, 0x52, 0x6f, 0x65]), "Лю [NAME]"],
    ["", Buffer.from("Jürgen Roe", "latin1"), "Jürgen [NAME]"],
    ["ISO_IR 6", Buffer.from("Jürgen Roe"), "Jürgen [NAME]"],
    ["GB18030", Buffer.from([0xcd, 0xf5, 0x20, 0x52, 0x6f, 0x65]), "王 [NAME]"],
    ["ISO 2022 IR 6\\ISO 2022 IR 87", Buffer.from("\x1b$B;3ED\x1b(B Roe", "latin1"), "REMOVED"],
    [
      "\\ISO 2022 IR 149",
      Buffer.concat([Buffer.from("\x1b$)C", "latin1"), Buffer.from([0xb1, 0xe8, 0x20]), Buffer.from("Roe")]),
      "REMOVED",
    ],
  ])("%s is read, and written where it can be", async (charset, bytes, expected) => {
    const heard: string[] = [];
    const out = await rewritten([made(0x00080005, "CS", charset), made(0x00081030, "LO", bytes)], {}, masking(), {
      maskText: async (texts) => {
        heard.push(...texts);
        return texts.map((text) => text.replaceAll("Roe", "[NAME]") as Masked);
      },
    });
    expect(heard[0]).toMatch(/^(Kürşat|Jürgen|Лю|王|山田|김) Roe$/);
    expect(said(out).find(([tag]) => tag === "(0008,1030)")?.[1]).toBe(expected);
  });
});

describe("the job's options", () => {
  it.each([
    [{ options: ["retain_uids"] }, masking()],
    [{ options: ["retain_full_dates"] }, masking("strict")],
    [{ options: ["retain_device_identity"] }, masking("limited_data_set")],
    [{ options: ["retain_full_dates", "retain_modified_dates"] }, EXPERT],
    [{ options: ["retain_modified_dates"] }, masking("expert_determination")],
    [{ tags: { NoSuchTag: { mask: "keep" } } }, masking()],
    [{ tags: { "0009,1001": { mask: "keep" } } }, masking()],
    [{ tags: { PatientID: { mask: "hash", length: 3 } } }, masking()],
  ] as const)("%o is refused", (options, how) => {
    expect(() => headerRules(options, how)).toThrow(MaskingError);
  });
  it("knows every keyword of the dictionary", () => expect(attributeOf(0x00081010)?.keyword).toBe("StationName"));
});
