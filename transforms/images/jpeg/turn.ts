import { mirrored } from "../samples.ts";
import { type Component, type Frame, sizeOf } from "./frame.ts";

/** Zigzag position to row * 8 + column: T.81, figure A.6. */
const ZIGZAG = zigzag();
/** Row * 8 + column to zigzag position. */
const POSITION = Uint8Array.from(ZIGZAG.keys()).map((natural) => ZIGZAG.indexOf(natural));

/**
 * The picture as one looks at it, turned and mirrored without becoming pixels, for EXIF's orientations 2 to 8.
 * Undefined where a unit that is only in part within the picture would have to change sides.
 */
export function turnedFrame(frame: Frame, orientation: number): Frame | undefined {
  const swap = orientation >= 5;
  const [mirror, flip] = mirrored(orientation);
  const shape = swap
    ? { width: frame.height, height: frame.width, hMax: frame.vMax, vMax: frame.hMax }
    : { width: frame.width, height: frame.height, hMax: frame.hMax, vMax: frame.vMax };
  if ((mirror && shape.width % (8 * shape.hMax) !== 0) || (flip && shape.height % (8 * shape.vMax) !== 0))
    return undefined;
  const components = frame.components.map((component): Component => {
    const sampling = swap ? { h: component.v, v: component.h } : { h: component.h, v: component.v };
    const sized = { ...component, ...sampling, ...sizeOf(sampling, shape) };
    return { ...sized, blocks: turnedBlocks(component, sized, { swap, mirror, flip }) };
  });
  const tables = new Map([...frame.tables].map(([number, table]) => [number, swap ? swapped(table) : table]));
  return { ...frame, ...shape, components, tables };
}

interface Turn {
  readonly swap: boolean;
  readonly mirror: boolean;
  readonly flip: boolean;
}

function turnedBlocks(from: Component, to: Component, { swap, mirror, flip }: Turn): Int16Array {
  const blocks = new Int16Array(to.columns * to.rows * 64);
  const source = new Uint8Array(64);
  const sign = new Int8Array(64);
  for (let k = 0; k < 64; k++) {
    const [row, column] = [ZIGZAG[k]! >> 3, ZIGZAG[k]! & 7];
    source[k] = swap ? POSITION[column * 8 + row]! : k;
    sign[k] = (mirror && column % 2 === 1) !== (flip && row % 2 === 1) ? -1 : 1;
  }
  for (let y = 0; y < to.rows; y++) {
    for (let x = 0; x < to.columns; x++) {
      const [fromX, fromY] = [mirror ? to.columns - 1 - x : x, flip ? to.rows - 1 - y : y];
      const was = (swap ? fromX * from.columns + fromY : fromY * from.columns + fromX) * 64;
      const is = (y * to.columns + x) * 64;
      for (let k = 0; k < 64; k++) blocks[is + k] = from.blocks[was + source[k]!]! * sign[k]!;
    }
  }
  return blocks;
}

function swapped(table: Uint16Array): Uint16Array {
  return table.map((_, k) => table[POSITION[(ZIGZAG[k]! & 7) * 8 + (ZIGZAG[k]! >> 3)]!]!);
}

function zigzag(): readonly number[] {
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let step = 0; step <= diagonal; step++) {
      const [row, column] = diagonal % 2 === 0 ? [diagonal - step, step] : [step, diagonal - step];
      if (row < 8 && column < 8) order.push(row * 8 + column);
    }
  }
  return order;
}
