/**
 * Maps a stream in order with at most `width` calls under way. Nothing is read
 * ahead of the reader beyond that, so memory is bounded by `width` items.
 */
export async function* mapInOrder<A, B>(
  items: AsyncIterable<A> | Iterable<A>,
  width: number,
  map: (item: A) => Promise<B>,
): AsyncGenerator<B, void, undefined> {
  const underway: Promise<B>[] = [];
  try {
    for await (const item of items) {
      const result = map(item);
      result.catch(() => {}); // read below, or dropped when an earlier one has thrown
      underway.push(result);
      if (underway.length >= width) yield await (underway.shift() as Promise<B>);
    }
    while (underway.length > 0) yield await (underway.shift() as Promise<B>);
  } finally {
    await Promise.allSettled(underway);
  }
}

/** Every item, once the stream has ended. For small things only. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** All bytes of a stream as one array. For small things only. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all = await collect(chunks);
  return all.length === 1 ? all[0]! : Buffer.concat(all);
}

/** A stream of one item. */
export async function* once<T>(item: T): AsyncGenerator<T, void, undefined> {
  yield item;
}
