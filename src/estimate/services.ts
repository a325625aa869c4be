/** What a paid service is asked, in calls, units, dollars and minutes, before it is asked anything. */

/** What questions add up to; fractions where they are scaled from a sample. */
export interface Load {
  readonly calls: number;
  /** As the service bills them. */
  readonly units: number;
  /** As its quota counts them. */
  readonly characters: number;
}

/** What free text takes up, as far as its size is known without reading it. */
export interface TextSize {
  /** Of UTF-8. */
  readonly bytes: number;
  /** Undefined where only reading would tell. */
  readonly cells?: number;
}

/** A service that a job pays for by the text. Nothing is asked of it. */
export interface TextMeter {
  /** As reports count its calls. */
  readonly service: string;
  /** Dollars for a unit, before any discount for volume. */
  readonly unitUsd: number;
  readonly requestsPerSecond: number;
  readonly charactersPerSecond: number;
  /** Dollars that the job may spend on it; no bound where undefined. */
  readonly limitUsd?: number;
  /** What these texts take as the detector packs them, each once. */
  packed(texts: readonly string[]): Load;
  /** What they take one by one, the blank ones left out: how a plain loop over the cells asks. */
  singly(texts: readonly string[]): Load;
  /** The most that text of a size can take. */
  bound(size: TextSize): Load;
}

export interface Price extends Load {
  readonly usd: number;
  readonly minutes: number;
}

export interface ServicePrice extends Price {
  /** One call a cell, repeated cells asked again; where rows were sampled. */
  readonly singly?: Price;
  /** The dollars that the job may spend on all services together; the run stops before it passes them. */
  readonly limitUsd?: number;
  /** Where it is paid by the image: how many there are. Further pages, views and parts are calls of their own. */
  readonly images?: number;
  /** Files whose images only their rows would tell; they are in none of these figures. */
  readonly uncounted?: number;
}

/** Texts of one file's sample, and how many times as many the file has. */
export interface SampledTexts {
  readonly texts: readonly string[];
  readonly times: number;
}

/** Samples are repeated up to so many characters before they are packed, or the last pack would count too much. */
const ENOUGH = 1_000_000;

/** The most that the services can cost, by sizes alone. */
export function boundOf(
  meters: readonly TextMeter[],
  sizes: readonly TextSize[],
): Readonly<Record<string, ServicePrice>> {
  return byService(meters, (meter) => priced(meter, sum(sizes.map((size) => meter.bound(size)))));
}

/**
 * What the services are likely to cost. A text that stood in an earlier sample is taken to be known by then; the share
 * of new ones in a sample is taken for that of its file, which is high where texts repeat over the whole of it.
 */
export function likelyOf(
  meters: readonly TextMeter[],
  samples: readonly SampledTexts[],
): Readonly<Record<string, ServicePrice>> {
  const known = new Set<string>();
  const fresh = samples.map(({ texts, times }) => {
    const distinct = [...new Set(texts)].filter((text) => !known.has(text));
    for (const text of distinct) known.add(text);
    return { texts: distinct, times };
  });
  return byService(meters, (meter) => ({
    ...priced(meter, sum(fresh.map(({ texts, times }) => scaled(packedLoad(meter, texts), times)))),
    singly: priced(meter, sum(samples.map(({ texts, times }) => scaled(meter.singly(texts), times)))),
  }));
}

function packedLoad(meter: TextMeter, texts: readonly string[]): Load {
  const characters = texts.reduce((all, text) => all + text.length, 0);
  const repeats = characters === 0 ? 1 : Math.max(Math.ceil(ENOUGH / characters), 1);
  return scaled(meter.packed(Array.from({ length: repeats }, () => texts).flat()), 1 / repeats);
}

function byService(
  meters: readonly TextMeter[],
  price: (meter: TextMeter) => ServicePrice,
): Readonly<Record<string, ServicePrice>> {
  return Object.fromEntries(
    meters.map((meter) => {
      const limit = meter.limitUsd === undefined ? {} : { limitUsd: meter.limitUsd };
      return [meter.service, { ...price(meter), ...limit }];
    }),
  );
}

function sum(loads: readonly Load[]): Load {
  return loads.reduce(
    (all, load) => ({
      calls: all.calls + load.calls,
      units: all.units + load.units,
      characters: all.characters + load.characters,
    }),
    { calls: 0, units: 0, characters: 0 },
  );
}

function scaled({ calls, units, characters }: Load, times: number): Load {
  return { calls: calls * times, units: units * times, characters: characters * times };
}

/** Whole calls and units, dollars in cents rounded up, minutes as the tighter quota has them. */
function priced(meter: TextMeter, load: Load): Price {
  const [calls, units, characters] = [load.calls, load.units, load.characters].map((count) =>
    Math.ceil(count - 1e-6),
  ) as [number, number, number];
  const seconds = Math.max(calls / meter.requestsPerSecond, characters / meter.charactersPerSecond);
  return {
    ...{ calls, units, characters },
    usd: Math.ceil(units * meter.unitUsd * 100 - 1e-6) / 100,
    minutes: Math.ceil(seconds / 6) / 10,
  };
}
