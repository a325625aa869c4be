/** Two loops in WebAssembly, sixteen bytes a turn: JavaScript takes five times as long. */

/** What lies in the memory: texts, with sixteen bytes behind each that may be read and overwritten. */
export interface LatinModule {
  readonly memory: { readonly buffer: ArrayBuffer };
  /**
   * Valid UTF-8 from `at` to `end` as Latin-1 from `to` on, apart from it. Gives the end of what was written, or -1
   * where there is a character above U+00FF.
   */
  squeeze(at: number, end: number, to: number): number;
  /** Latin-1 from `at` to `end` as UTF-8 from `to` on, apart from it. Gives the end of what was written. */
  expand(at: number, end: number, to: number): number;
}

/** What is used of the global that Node has and its types, without those of a browser, do not name. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/** A new instance with a memory of `bytes`, rounded up to pages of 64 KB. */
export function newLatinModule(bytes: number): LatinModule {
  const module = new WebAssembly.Module(binary(Math.ceil(bytes / 65_536)));
  return new WebAssembly.Instance(module).exports as unknown as LatinModule;
}

// Numbers of the WebAssembly core specification, section 5; both functions are (at, end, to) -> end.
const I32 = 0x7f;
const V128 = 0x7b;
const NOTHING = 0x40;
const LOOP = [0x03, NOTHING];
const IF = [0x04, NOTHING];
const END = 0x0b;
const AGAIN = [0x0c, 0];
const AGAIN_IF = [0x0d, 0];
const RETURN = 0x0f;
const UNREACHABLE = 0x00;
const EQUAL = 0x46;
const AT_LEAST = 0x4f;
const TRAILING_ZEROS = 0x68;
const [ADD, SUBTRACT, AND, OR, SHIFT_LEFT, SHIFT_RIGHT] = [0x6a, 0x6b, 0x71, 0x72, 0x74, 0x76] as const;
const LOAD_16 = [0xfd, 0x00, 0, 0];
const STORE_16 = [0xfd, 0x0b, 0, 0];
const HIGH_BITS = [0xfd, 0x64];
const load = (behind = 0): number[] => [0x2d, 0, behind];
const store = (behind = 0): number[] => [0x3a, 0, behind];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const tee = (local: number): number[] => [0x22, local];
const number = (value: number): number[] => [0x41, ...leb(value, true)];
const [at, end, to, run, bytes] = [0, 1, 2, 3, 4];
const moved = (local: number, by: number[]): number[] => [...get(local), ...by, ADD, ...set(local)];

/** Copies sixteen bytes and goes on behind those that are ASCII; returns at the end. Then a byte at `at` is not. */
const COPY_ASCII = [
  ...[...get(at), ...get(end), AT_LEAST, ...IF, ...get(to), RETURN, END],
  ...[...get(to), ...get(at), ...LOAD_16, ...tee(bytes), ...STORE_16],
  ...[...get(bytes), ...HIGH_BITS, ...number(1 << 16), OR, TRAILING_ZEROS, ...set(run)],
  ...[...moved(at, get(run)), ...moved(to, get(run))],
  ...[...get(at), ...get(end), AT_LEAST, ...IF],
  ...[...get(to), ...get(at), ...get(end), SUBTRACT, SUBTRACT, RETURN, END],
  ...[...get(run), ...number(16), EQUAL, ...AGAIN_IF],
];

const SQUEEZE = [
  ...[...get(at), ...load(), ...number(0xc4), AT_LEAST, ...IF, ...number(-1), RETURN, END],
  ...[...get(to), ...get(at), ...load(), ...number(3), AND, ...number(6), SHIFT_LEFT],
  ...[...get(at), ...load(1), ...number(63), AND, OR, ...store()],
  ...[...moved(at, number(2)), ...moved(to, number(1))],
];

const EXPAND = [
  ...[...get(to), ...get(at), ...load(), ...number(6), SHIFT_RIGHT, ...number(0xc0), OR, ...store()],
  ...[...get(to), ...get(at), ...load(), ...number(63), AND, ...number(0x80), OR, ...store(1)],
  ...[...moved(at, number(1)), ...moved(to, number(2))],
];

function binary(pages: number): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...vector([I32, I32, I32]), ...vector([I32])];
  const exported = (name: string, kind: number, index: number) => [...vector([...Buffer.from(name)]), kind, index];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(3, [[0], [0]]),
    ...section(5, [[0, ...leb(pages)]]),
    ...section(7, [exported("memory", 2, 0), exported("squeeze", 0, 0), exported("expand", 0, 1)]),
    ...section(10, [code(SQUEEZE), code(EXPAND)]),
  ]);
}

function code(turn: readonly number[]): number[] {
  const locals = [2, 1, I32, 1, V128];
  return vector([...locals, ...LOOP, ...COPY_ASCII, ...turn, ...AGAIN, END, UNREACHABLE, END]);
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id, ...vector([...leb(items.length), ...items.flat()])];
}

/** The length, then the items. */
function vector(items: readonly number[]): number[] {
  return [...leb(items.length), ...items];
}

/** LEB128. */
function leb(value: number, signed = false): number[] {
  const bits: number[] = [];
  let rest = value;
  while (signed ? rest < -64 || rest > 63 : rest > 127) {
    bits.push((rest & 127) | 128);
    rest >>= 7;
  }
  return [...bits, rest & 127];
}
