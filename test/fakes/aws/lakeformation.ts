/** Tags of Lake Formation, as far as putting them on a table goes. REST with JSON bodies; every refusal is a 400. */
import { type Arrived, type Operation, Refusal } from "./exchange.ts";
import type { FakeGlue } from "./glue.ts";
import type { Service } from "./server.ts";

export interface FakeLakeFormation extends Service {
  /** Values that a tag may have, by its key. Lake Formation keeps both in lower case. */
  readonly tags: Map<string, readonly string[]>;
  /** `database/table` to its tags. */
  readonly assigned: Map<string, Record<string, string>>;
  /** What fails of a request though it is well: a test's word for each tag. */
  failsTag: (key: string) => string | undefined;
}

interface Body {
  readonly TagKey?: string;
  readonly LFTags?: readonly { readonly TagKey: string; readonly TagValues: readonly string[] }[];
  readonly Resource?: { readonly Table?: { readonly DatabaseName: string; readonly Name: string } };
}

/** `glue` is whose tables are tagged. */
export function fakeLakeFormation(glue: FakeGlue): FakeLakeFormation {
  const fake: FakeLakeFormation = {
    name: "lakeformation",
    tags: new Map(),
    assigned: new Map(),
    failsTag: () => undefined,
    operation: (request) => operationOf(fake, glue, request),
  };
  return fake;
}

function operationOf(fake: FakeLakeFormation, glue: FakeGlue, { method, path, body }: Arrived): Operation {
  const name = path.slice(1);
  const operation = { GetLFTag: getTag, AddLFTagsToResource: addTags }[name];
  return {
    service: "lakeformation",
    name,
    run() {
      if (method !== "POST" || !operation) throw new Refusal(404, "UnknownOperationException", "");
      const answer = operation(fake, glue, JSON.parse(body.toString()) as Body);
      return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(answer) };
    },
  };
}

function getTag({ tags }: FakeLakeFormation, _: FakeGlue, { TagKey: key = "" }: Body): object {
  const values = tags.get(key.toLowerCase());
  if (!values) throw new Refusal(400, "EntityNotFoundException", "LF-Tag does not exist");
  return { CatalogId: "111122223333", TagKey: key.toLowerCase(), TagValues: values };
}

function addTags(fake: FakeLakeFormation, glue: FakeGlue, { LFTags: pairs = [], Resource: resource }: Body): object {
  const { DatabaseName: database = "", Name: table = "" } = resource?.Table ?? {};
  if (pairs.length === 0 || pairs.length > 50) throw new Refusal(400, "InvalidInputException", "");
  if (!glue.table(database, table)) throw new Refusal(400, "EntityNotFoundException", "Table does not exist");
  const place = `${database}/${table}`;
  const failures = pairs.flatMap((pair) => {
    const [key, values] = [pair.TagKey.toLowerCase(), pair.TagValues.map((value) => value.toLowerCase())];
    const code = fake.failsTag(key) ?? refusalOf(fake.tags.get(key), values);
    if (code !== undefined) return [{ LFTag: pair, Error: { ErrorCode: code, ErrorMessage: `for ${key}` } }];
    fake.assigned.set(place, { ...fake.assigned.get(place), [key]: values[0]! });
    return [];
  });
  return { Failures: failures };
}

/** One value of a key for a resource. */
function refusalOf(known: readonly string[] | undefined, values: readonly string[]): string | undefined {
  if (!known) return "EntityNotFoundException";
  return values.length === 1 && known.includes(values[0]!) ? undefined : "InvalidInputException";
}
