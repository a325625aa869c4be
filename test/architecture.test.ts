import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const SHARED = [
  ...["src/types.ts", "src/image-types.ts", "src/instance-types.ts", "src/catalog-types.ts", "src/witness-types.ts"],
  "src/errors.ts",
];
const ARROW = ["src/batch.ts", "src/leaf.ts", "src/cells.ts", "src/columns.ts", "src/half.ts", "src/latin.ts"];

/** Who may import whom: the longest key that a file's path starts with holds. A list names files or folders. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "src/": ["src/"],
  "src/types.ts": [],
  "src/image-types.ts": ["src/types.ts"],
  "src/instance-types.ts": ["src/types.ts"],
  "src/catalog-types.ts": ["src/types.ts"],
  "src/witness-types.ts": ["src/types.ts"],
  "src/errors.ts": [],
  "src/stream.ts": [],
  "src/gzip.ts": ["src/errors.ts"],
  "src/version.ts": [],
  "src/half.ts": [],
  "src/latin.ts": ["src/latin-module.ts"],
  "src/latin-module.ts": [],
  "src/leaf.ts": SHARED,
  "src/cells.ts": [...SHARED, ...ARROW],
  "src/columns.ts": [...SHARED, ...ARROW],
  "src/batch.ts": [...SHARED, ...ARROW],
  "src/spans.ts": [...SHARED, "src/spanish.ts"],
  "src/spanish.ts": SHARED,
  "src/places.ts": SHARED,
  "src/policy.ts": [...SHARED, "src/spans.ts", "src/places.ts"],
  "src/job.ts": ["src/", "connectors/", "transforms/"],
  "src/job/": ["src/", "connectors/", "transforms/"],
  "transforms/": ["transforms/", ...SHARED, ...ARROW, "src/policy.ts", "src/spans.ts", "src/stream.ts"],
  "connectors/": ["connectors/", ...SHARED, ...ARROW, "src/stream.ts", "src/gzip.ts"],
};

/** Modules that reach the network or the disk. */
const OUTSIDE = /^(node:)?(fs|fs\/promises|net|http|https|http2|dgram|tls|child_process)$/;

const files = ["src", "connectors", "transforms"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`),
);

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
}

describe("architecture", () => {
  it.each(files)("%s imports only what its place may", (file) => {
    const key = Object.keys(MAY_IMPORT)
      .filter((prefix) => file.startsWith(prefix))
      .sort((a, b) => b.length - a.length)[0];
    expect(key, `${file} has no rule`).toBeDefined();
    const ours = importsOf(file)
      .filter((path) => path.startsWith("."))
      .map((path) => normalize(join(dirname(file), path)));
    expect(ours.filter((path) => !MAY_IMPORT[key!]!.some((allowed) => path.startsWith(allowed)))).toEqual([]);
  });

  it.each(files.filter((file) => file.startsWith("transforms/")))("%s reaches no network and no disk", (file) => {
    expect(importsOf(file).filter((path) => OUTSIDE.test(path))).toEqual([]);
  });

  it("loads connectors, transforms and heavy packages lazily outside of them", () => {
    const statics = files
      .filter((file) => file.startsWith("src/"))
      .flatMap((file) => [
        ...readFileSync(file, "utf8").matchAll(
          /^import (?!type)[^;]*?from "((?:\.\.\/)+(?:connectors|transforms)\/[^"]+)"/gm,
        ),
      ]);
    expect(statics.map((match) => match[1])).toEqual([]);
  });

  it("keeps files small", () => {
    expect(files.filter((file) => readFileSync(file, "utf8").split("\n").length > 251)).toEqual([]);
  });

  it("has no cycles", () => {
    const graph = new Map(
      files.map((file) => [
        file,
        [...readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type)[^;]*?from "(\.[^"]+)"/gm)].map((match) =>
          normalize(join(dirname(file), match[1]!)),
        ),
      ]),
    );
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]): string[] => {
      if (trail.includes(file)) return [[...trail.slice(trail.indexOf(file)), file].join(" -> ")];
      if (done.has(file)) return [];
      const found = (graph.get(file) ?? []).flatMap((next) => visit(next, [...trail, file]));
      done.add(file);
      return found;
    };
    expect(files.flatMap((file) => visit(file, []))).toEqual([]);
  });
});

describe("package.json", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
    version: string;
    exports: Record<string, unknown>;
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };

  it("exports the public names, the connectors and the transforms, and nothing else", () => {
    expect(Object.keys(manifest.exports)).toEqual([".", "./connectors/*", "./transforms/*", "./package.json"]);
  });

  it("pins every dependency exactly", () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("has the version that the code reports", () => {
    expect(readFileSync("src/version.ts", "utf8")).toContain(`"${manifest.version}"`);
  });

  it("locks the packages of every platform (npx tsx scripts/complete-lock.ts adds what is missing)", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const wanted = Object.values(packages).flatMap((each) => Object.keys(each.optionalDependencies ?? {}));
    const locked = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });

  it("keeps download addresses out of the lock file", () => {
    expect(readFileSync("package-lock.json", "utf8")).not.toMatch(/"resolved": *"https?:/);
  });
});
