import type { Purse } from "../../connectors/purse.ts";
import type { ImageAccount } from "../../connectors/rekognition/ask.ts";
import type { FaceFinder, TextReader } from "../image-types.ts";
import type { ImageEngine, JobFile } from "../jobfile.ts";
import { spelledOut } from "../parse.ts";
import type { RunContext } from "../types.ts";
import { awsOptions } from "./stores.ts";

/** What looks at the images of a job. */
export interface ImageEngines {
  readonly readers: readonly TextReader[];
  /** For the columns whose rule asks for faces. */
  readonly finders: readonly FaceFinder[];
}

/** The engines that a job's image columns ask for, those of services paid from its purse; none where it has no such column. */
export function imageEnginesOf(file: JobFile): readonly ImageEngine[] {
  const rules = Object.values(file.columns).map(spelledOut);
  if (!rules.some(({ mask }) => mask === "image")) return [];
  return [...new Set([file.detect?.image ?? "embedded"].flat() as readonly ImageEngine[])];
}

/**
 * Opens them; no image is looked at, and no service is asked. `own`: readers in place of those that the job names. Throws
 * PACKAGE_MISSING where the packages of an engine are not installed.
 */
export async function openImageEngines(
  file: JobFile,
  purse: Purse,
  own?: readonly TextReader[],
): Promise<ImageEngines> {
  const engines = imageEnginesOf(file);
  const account = accountOf(file, purse);
  const [readers, finders] = await Promise.all([
    own ?? Promise.all(engines.map((engine) => openReader(engine, account))),
    Promise.all(wantsFaces(file) ? findersOf(engines).map((engine) => openFinder(engine, account)) : []),
  ]);
  return { readers, finders };
}

/** Asks each of several services once, so that its model is known; undefined where there is none to ask. */
export function readyOf(
  parts: readonly { readonly ready?: (run: RunContext) => Promise<void> }[],
): ((run: RunContext) => Promise<void>) | undefined {
  const asks = parts.flatMap(({ ready }) => ready ?? []);
  if (asks.length === 0) return undefined;
  return async (run) => {
    for (const ask of asks) await ask(run);
  };
}

type Account = ImageAccount & ReturnType<typeof awsOptions>;

function accountOf({ aws, limits }: JobFile, purse: Purse): Account {
  const rate = limits?.image_requests_per_second;
  return { ...awsOptions(aws), purse, ...(rate !== undefined && { limits: { requestsPerSecond: rate } }) };
}

async function openReader(engine: ImageEngine, account: Account): Promise<TextReader> {
  if (engine === "embedded") return (await import("./readers.ts")).openReader();
  if (engine === "textract") return (await import("../../connectors/textract.ts")).textractReader(account);
  return (await import("../../connectors/rekognition.ts")).rekognitionReader(account);
}

async function openFinder(engine: ImageEngine, account: Account): Promise<FaceFinder> {
  if (engine === "embedded") return (await import("./faces.ts")).openFaces();
  return (await import("../../connectors/rekognition.ts")).rekognitionFaces(account);
}

/** Textract finds no faces: where nothing else looks at the images, the embedded finder does. */
function findersOf(engines: readonly ImageEngine[]): readonly ImageEngine[] {
  const able = engines.filter((engine) => engine !== "textract");
  return able.length > 0 ? able : ["embedded"];
}

function wantsFaces({ columns }: JobFile): boolean {
  return Object.values(columns)
    .map(spelledOut)
    .some((rule) => "faces" in rule && rule.faces === true);
}
