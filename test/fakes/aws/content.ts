/** Bytes of an object: held, made on demand, or dropped, so that an object of 10 GB needs no memory. */
export interface Content {
  readonly size: number;
  read(start: number, end: number): Buffer;
}

export function held(bytes: Buffer): Content {
  return { size: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

/** Bytes that a function of the offset makes anew for each read. */
export function generated(size: number, fill: (bytes: Buffer, offset: number) => void): Content {
  return {
    size,
    read(start, end) {
      const bytes = Buffer.allocUnsafe(end - start);
      fill(bytes, start);
      return bytes;
    },
  };
}

/** Zeros in place of what was written: the size is true, the bytes are gone. */
export function dropped(size: number): Content {
  return generated(size, (bytes) => bytes.fill(0));
}

export function slice(content: Content, start: number, end: number): Content {
  return { size: end - start, read: (from, to) => content.read(start + from, start + to) };
}

export function joined(parts: readonly Content[]): Content {
  const starts: number[] = [];
  let size = 0;
  for (const part of parts) {
    starts.push(size);
    size += part.size;
  }
  return {
    size,
    read(start, end) {
      const pieces: Buffer[] = [];
      for (const [index, part] of parts.entries()) {
        const [from, to] = [Math.max(start - starts[index]!, 0), Math.min(end - starts[index]!, part.size)];
        if (from < to) pieces.push(part.read(from, to));
      }
      return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    },
  };
}
