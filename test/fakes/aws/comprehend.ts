/** DetectPHI of Comprehend Medical: its limits, its quotas, its way to count; what it finds is the test's to say. */

import { type FakeJobs, fakeJobs } from "./comprehend-jobs.ts";
import { type Arrived, json, type Operation, Refusal } from "./exchange.ts";
import { targetOf } from "./json.ts";
import type { FakeS3 } from "./s3.ts";
import type { Service } from "./server.ts";

/** A finding as a test writes it: UTF-16 offsets, which the fake turns into code points as the service answers them. */
export interface FakeEntity {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly score?: number;
}

/** Members of the answer that take the place of the fake's own: wrong offsets, a `PaginationToken`. */
export type RawAnswer = Readonly<Record<string, unknown>>;

export interface FakeComprehend extends Service {
  /** What is found in a text. */
  answer: (text: string) => readonly FakeEntity[] | RawAnswer;
  /** Per second; none where undefined. A bucket holds one second's worth. */
  quotas: { requests?: number; characters?: number };
  /** Milliseconds; a test may give its own clock. */
  now: () => number;
  /** Detection jobs, where the fake was made with an S3 to read. */
  readonly jobs: FakeJobs | undefined;
  readonly sums: { texts: number; characters: number; units: number; throttled: number };
}

/** The text's limit in bytes of UTF-8. */
export const TEXT_LIMIT = 20_000;

export function fakeComprehend(s3?: FakeS3): FakeComprehend {
  const [requests, characters] = [bucket(), bucket()];
  const fake: FakeComprehend = {
    name: "comprehendmedical",
    answer: () => [],
    quotas: {},
    now: () => performance.now(),
    jobs: s3 && fakeJobs(s3, (text) => answerTo(text)),
    sums: { texts: 0, characters: 0, units: 0, throttled: 0 },
    operation(request): Operation {
      const name = targetOf(request, "ComprehendMedical_20181030");
      return { service: "comprehendmedical", name, run: () => json(run(name, request)) };
    },
  };
  const answerTo = (text: string): object => {
    const found = fake.answer(text);
    const own = { UnmappedAttributes: [], ModelVersion: "2.4.0" };
    return Array.isArray(found)
      ? { Entities: found.map((entity: FakeEntity, id) => entityOf(text, entity, id)), ...own }
      : { Entities: [], ...own, ...found };
  };
  const run = (name: string, request: Arrived): object => {
    const job = fake.jobs?.run(name, JSON.parse(request.body.toString()));
    if (job) return job;
    if (name !== "DetectPHI") throw new Refusal(400, "UnknownOperationException", "");
    const { Text: text } = JSON.parse(request.body.toString()) as { Text?: string };
    const length = [...checked(text)].length;
    const [now, { quotas, sums }] = [fake.now(), fake];
    if (!requests.take(now, 1, quotas.requests) || !characters.take(now, length, quotas.characters)) {
      sums.throttled += 1;
      throw new Refusal(429, "TooManyRequestsException", "Rate exceeded");
    }
    sums.texts += 1;
    sums.characters += length;
    sums.units += Math.max(Math.ceil(length / 100), 1);
    return answerTo(text!);
  };
  return fake;
}

function checked(text: string | undefined): string {
  if (typeof text !== "string" || text.length === 0) throw new Refusal(400, "InvalidRequestException", "Text is empty");
  if (/\p{Cs}/u.test(text)) throw new Refusal(400, "InvalidEncodingException", "The input text was not in valid UTF-8");
  if (Buffer.byteLength(text) > TEXT_LIMIT) {
    const message = `Input text size exceeds limit. Max length of request text allowed is ${TEXT_LIMIT} bytes`;
    throw new Refusal(400, "TextSizeLimitExceededException", message);
  }
  return text;
}

/** Code points of well-formed text. */
function pointsIn(text: string): number {
  return text.length - (text.match(/[\udc00-\udfff]/g)?.length ?? 0);
}

function entityOf(text: string, { start, end, type, score = 0.99 }: FakeEntity, id: number): object {
  const before = pointsIn(text.slice(0, start));
  const entity = text.slice(start, end);
  return {
    Id: id,
    BeginOffset: before,
    EndOffset: before + pointsIn(entity),
    Score: score,
    Text: entity,
    Category: "PROTECTED_HEALTH_INFORMATION",
    Type: type,
    Traits: [],
  };
}

/** A token bucket that holds one second's worth. */
function bucket(): { take(now: number, count: number, rate: number | undefined): boolean } {
  let level: number | undefined;
  let last = 0;
  return {
    take(now, count, rate) {
      if (rate === undefined) return true;
      level = Math.min(rate, (level ?? rate) + ((now - last) / 1000) * rate);
      last = now;
      if (level < count) return false;
      level -= count;
      return true;
    },
  };
}
