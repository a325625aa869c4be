import type { Box } from "../../../src/image-types.ts";
import type { Attributes } from "./attributes.ts";

/** Where devices are known to write the patient's identity: covered whatever is read there. */
export interface DeviceRule {
  readonly modality: string;
  /** Text that the manufacturer's name holds, lower case; any where left out. */
  readonly manufacturer?: string | undefined;
  /** Text that the model's name holds, lower case; any where left out. */
  readonly model?: string | undefined;
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
  /** Text that Image Type or Series Description holds, lower case; any where left out. */
  readonly told?: string | undefined;
  /** Left, top, width, height in pixels. */
  readonly regions: readonly (readonly [number, number, number, number])[];
}

type Row = readonly [
  modality: string,
  manufacturer: string,
  model: string,
  rows: number,
  columns: number,
  told: string,
  ...regions: readonly (readonly [number, number, number, number])[],
];

/** Regions that RSNA's CTP and pydicom/deid publish for devices; 0 and "" mean any. */
const KNOWN: readonly Row[] = [
  ["CT", "ge", "", 0, 0, "dose report", [0, 0, 512, 110]],
  ["CT", "ge", "lightspeed vct", 0, 0, "screen save", [0, 0, 512, 121]],
  ["CT", "siemens", "", 860, 0, "secondary", [0, 0, 1132, 60]],
  ["CT", "philips", "", 0, 0, "dose", [0, 0, 512, 135]],
  ["CT", "toshiba", "aquilion one", 512, 512, "secondary", [0, 0, 410, 240]],
  ["CT", "vital", "", 1041, 0, "report", [0, 0, 795, 150]],
  ["PT", "philips", "gemini", 446, 245, "", [0, 0, 125, 50]],
  ["PT", "philips", "gemini", 445, 493, "", [0, 0, 140, 55]],
  ["PT", "philips", "gemini", 373, 492, "", [0, 0, 100, 25]],
  ["US", "ge", "logiq9", 0, 0, "", [0, 0, 640, 30]],
  ["US", "ge", "logiqe9", 0, 0, "", [0, 0, 960, 70]],
  ["US", "ge", "v830", 0, 0, "", [0, 0, 960, 70]],
  ["US", "ge", "logiqe", 614, 0, "", [0, 0, 1150, 75]],
  ["US", "ge", "logiqs7", 720, 0, "", [0, 0, 1060, 67]],
  ["US", "ge", "logiqs8", 873, 0, "", [0, 0, 1160, 65]],
  ["US", "ge", "logiqs8", 768, 0, "", [0, 0, 1150, 60]],
  ["US", "ge", "voluson p8", 727, 0, "", [0, 0, 1150, 65]],
  ["US", "ge", "voluson s", 743, 0, "", [0, 0, 925, 62]],
  ["US", "philips", "iu22", 480, 0, "", [0, 0, 640, 47]],
  ["US", "philips", "iu22", 786, 0, "", [0, 0, 1024, 75]],
  ["US", "philips", "iu22", 600, 0, "", [0, 0, 800, 59]],
  ["US", "philips", "affiniti 70g", 768, 0, "", [0, 0, 1024, 22]],
  ["US", "philips", "affiniti 70g", 825, 0, "", [0, 0, 1140, 70]],
  ["US", "philips", "epiq", 600, 0, "", [0, 0, 1024, 49]],
  ["US", "philips", "epiq", 768, 0, "", [0, 0, 1024, 49]],
  ["US", "philips", "epiq", 825, 0, "", [0, 0, 800, 59]],
  ["US", "philips", "cx50", 0, 0, "", [0, 0, 800, 59]],
  ["US", "zonare", "z_one", 600, 0, "", [0, 0, 800, 65]],
  ["US", "zonare", "zs3", 600, 0, "", [0, 0, 1150, 55]],
  ["US", "atl", "hdi 5000", 476, 640, "", [40, 0, 200, 40], [240, 0, 190, 16]],
  ["US", "siemens", "s2000", 768, 1024, "", [0, 0, 1024, 60]],
  ["US", "siemens", "antares", 768, 1024, "", [0, 0, 1024, 60], [200, 60, 20, 20], [800, 65, 104, 14]],
  ["US", "siemens", "acuson nx3", 768, 0, "", [0, 0, 1150, 58]],
  ["US", "siemens", "x150", 600, 0, "", [0, 0, 1145, 50]],
  ["US", "acuson", "sequoia", 480, 640, "", [0, 0, 640, 30]],
  ["US", "toshiba", "a400", 720, 960, "", [0, 0, 960, 60]],
  ["US", "toshiba", "a500", 720, 960, "", [0, 0, 960, 60]],
  ["US", "toshiba", "tus-a300", 632, 0, "", [0, 0, 1150, 72]],
  ["US", "supersonic", "aixplorer", 1050, 1400, "", [0, 0, 1400, 89]],
  ["US", "esaote", "6100", 608, 0, "", [0, 0, 790, 52]],
  ["US", "medison", "accuvix v20", 768, 0, "", [0, 0, 1010, 65]],
  ["NM", "siemens", "", 860, 0, "secondary", [0, 0, 1132, 90], [0, 780, 1132, 80]],
];

const RULES: readonly DeviceRule[] = KNOWN.map(([modality, manufacturer, model, rows, columns, told, ...regions]) => ({
  modality,
  regions,
  ...(manufacturer && { manufacturer }),
  ...(model && { model }),
  ...(rows && { rows }),
  ...(columns && { columns }),
  ...(told && { told }),
}));

/** What must be covered in every frame of an image from this device; a job's own rules count beside those known. */
export function deviceRegions(header: Attributes, own: readonly DeviceRule[] = []): readonly Box[] {
  const said = (tag: number): string => header.texts(tag).join(" ").toLowerCase();
  const [modality, manufacturer, model] = [said(0x00080060), said(0x00080070), said(0x00081090)];
  const told = `${said(0x00080008)} ${said(0x0008103e)}`;
  const matching = [...RULES, ...own].filter(
    (rule) =>
      rule.modality.toLowerCase() === modality &&
      manufacturer.includes(rule.manufacturer?.toLowerCase() ?? "") &&
      model.includes(rule.model?.toLowerCase() ?? "") &&
      told.includes(rule.told?.toLowerCase() ?? "") &&
      (rule.rows ?? header.number(0x00280010, 0)) === header.number(0x00280010, 0) &&
      (rule.columns ?? header.number(0x00280011, 0)) === header.number(0x00280011, 0),
  );
  return matching.flatMap(({ regions }) => regions.map(([x, y, width, height]) => ({ x, y, width, height })));
}
