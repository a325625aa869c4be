/** A seeded generator of numbers: the same seed gives the same data, on any machine. */
export interface Chance {
  /** 0 up to, not including, 1. */
  float(): number;
  /** True in this share of calls. */
  in(share: number): boolean;
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  between(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  /** One of the list, each as often as its weight says. */
  weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T;
}

/** Mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const float = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number): number => Math.floor(float() * most);
  return {
    float,
    in: (share) => float() < share,
    below,
    between: (least, most) => least + below(most - least + 1),
    weighted: <T>(list: readonly (readonly [number, T])[]): T => {
      let left = float() * list.reduce((so, [weight]) => so + weight, 0);
      for (const [weight, value] of list) {
        left -= weight;
        if (left < 0) return value;
      }
      return list.at(-1)![1];
    },
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
  };
}
