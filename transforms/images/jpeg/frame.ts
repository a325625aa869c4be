/** A JPEG picture as its quantised coefficients, before any of them becomes a pixel. */
import { MaskingError } from "../../../src/errors.ts";
import { MARKER, type Segment, unreadable } from "./markers.ts";

export interface Component {
  readonly id: number;
  /** Sampling factors, 1 to 4. */
  readonly h: number;
  readonly v: number;
  /** Which quantisation table. */
  readonly table: number;
  /** Blocks in a line and in a column, those that only fill up the last units among them. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks that hold pixels of the picture: what a scan of this component alone goes over. */
  readonly ownColumns: number;
  readonly ownRows: number;
  /** 64 coefficients a block in zigzag order, block by block, line by line. */
  readonly blocks: Int16Array;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 8 or 12. */
  readonly precision: number;
  /** Units of `8 * hMax` by `8 * vMax` pixels. */
  readonly hMax: number;
  readonly vMax: number;
  readonly components: readonly Component[];
  /** 64 divisors in zigzag order, by number. */
  readonly tables: ReadonlyMap<number, Uint16Array>;
  /** Units and density of JFIF, where the file says so: five bytes. */
  readonly density?: Uint8Array;
  /** The colour transform of Adobe's marker, where there is one: 0 none, 1 YCbCr, 2 YCCK. */
  readonly transform?: number;
}

/** How large a picture may be. */
export interface FrameLimit {
  /** Pixels. */
  readonly pixels: number;
}

/**
 * The frame that a file declares, all coefficients zero. Throws IMAGE_UNREADABLE, IMAGE_TOO_LARGE, and
 * IMAGE_UNSUPPORTED for the processes other than baseline, extended sequential and progressive with Huffman codes.
 */
export function frameOf(segments: readonly Segment[], size: number, limit: FrameLimit): Frame {
  const starts = segments.filter(
    ({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker),
  );
  const [start] = starts;
  if (!start || starts.length > 1) throw unreadable();
  if (start.marker > MARKER.SOF2) throw new MaskingError("IMAGE_UNSUPPORTED");
  const head = start.payload;
  const [precision, height, width, count] = [
    head[0]!,
    (head[1]! << 8) | head[2]!,
    (head[3]! << 8) | head[4]!,
    head[5]!,
  ];
  if (head.length !== 6 + 3 * count || count === 0 || width === 0) throw unreadable();
  // A height that only comes after the first scan: no encoder of pictures writes it.
  if (height === 0 || (precision !== 8 && precision !== 12) || count > 4) throw new MaskingError("IMAGE_UNSUPPORTED");
  if (width * height > limit.pixels) throw new MaskingError("IMAGE_TOO_LARGE");
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, sampling, table] = [head[6 + 3 * i]!, head[7 + 3 * i]!, head[8 + 3 * i]!];
    return { id, h: sampling >> 4, v: sampling & 15, table };
  });
  if (parts.some(({ h, v, table }) => h < 1 || h > 4 || v < 1 || v > 4 || table > 3)) throw unreadable();
  if (new Set(parts.map(({ id }) => id)).size !== count) throw unreadable();
  const shape = {
    width,
    height,
    hMax: Math.max(...parts.map(({ h }) => h)),
    vMax: Math.max(...parts.map(({ v }) => v)),
  };
  const sized = parts.map((part) => ({ ...part, ...sizeOf(part, shape) }));
  // Every block takes a bit of the file at least: no memory for a picture that cannot be there.
  if (sized.reduce((sum, { columns, rows }) => sum + columns * rows, 0) > size * 8) throw unreadable();
  return {
    ...shape,
    precision,
    components: sized.map((part) => ({ ...part, blocks: new Int16Array(part.columns * part.rows * 64) })),
    tables: tablesOf(segments),
    ...marksOf(segments),
  };
}

/** How many blocks a component of this sampling has. */
export function sizeOf(
  { h, v }: Pick<Component, "h" | "v">,
  { width, height, hMax, vMax }: Pick<Frame, "width" | "height" | "hMax" | "vMax">,
): Pick<Component, "columns" | "rows" | "ownColumns" | "ownRows"> {
  return {
    columns: Math.ceil(width / (8 * hMax)) * h,
    rows: Math.ceil(height / (8 * vMax)) * v,
    ownColumns: Math.ceil(Math.ceil((width * h) / hMax) / 8),
    ownRows: Math.ceil(Math.ceil((height * v) / vMax) / 8),
  };
}

/** A later table of the same number takes the earlier one's place, which no encoder does between scans. */
function tablesOf(segments: readonly Segment[]): Map<number, Uint16Array> {
  const tables = new Map<number, Uint16Array>();
  for (const { payload } of segments.filter(({ marker }) => marker === MARKER.DQT)) {
    for (let at = 0; at < payload.length; ) {
      const [wide, number] = [payload[at]! >> 4, payload[at]! & 15];
      const step = wide === 0 ? 1 : 2;
      if (wide > 1 || number > 3 || at + 1 + 64 * step > payload.length) throw unreadable();
      const table = new Uint16Array(64);
      for (let i = 0; i < 64; i++) {
        const from = at + 1 + i * step;
        table[i] = wide === 0 ? payload[from]! : (payload[from]! << 8) | payload[from + 1]!;
      }
      const earlier = tables.get(number);
      if (table.includes(0) || earlier?.some((value, i) => value !== table[i])) throw unreadable();
      tables.set(number, table);
      at += 1 + 64 * step;
    }
  }
  return tables;
}

function marksOf(segments: readonly Segment[]): Pick<Frame, "density" | "transform"> {
  const jfif = segments.find(({ marker, payload }) => marker === MARKER.APP0 && tagged(payload, "JFIF\0", 14))?.payload;
  const adobe = segments.find(
    ({ marker, payload }) => marker === MARKER.APP14 && tagged(payload, "Adobe", 12),
  )?.payload;
  return { ...(jfif && { density: jfif.slice(7, 12) }), ...(adobe && { transform: adobe[11]! }) };
}

/** Whether a payload starts with this text and is at least so long. */
export function tagged(payload: Uint8Array, tag: string, least: number = tag.length): boolean {
  return payload.length >= least && Buffer.from(payload.subarray(0, tag.length)).toString("latin1") === tag;
}
