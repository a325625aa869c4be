import { VERSION } from "../version.ts";
import type { MaskedColumn } from "../witness-types.ts";

/** Who makes the events: a URI, as the spec wants. */
export const PRODUCER: string = `https://www.npmjs.com/package/phimask/v/${VERSION}`;

export interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
}

/** A facet of the spec, with the version of its schema that it keeps to. */
export function facet(name: string, version: string, content: object): object {
  const _schemaURL = `https://openlineage.io/spec/facets/${version}/${name}.json#/$defs/${name}`;
  return { _producer: PRODUCER, _schemaURL, ...content };
}

/** How OpenLineage names a folder: the bucket as namespace and the key, or `file` and the path. */
export function datasetOf(uri: string): LineageDataset {
  const [, bucket, key = ""] = /^(s3:\/\/[^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (bucket !== undefined) return { namespace: bucket, name: key.replace(/\/$/, "") || "/" };
  return { namespace: "file", name: uri.replace(/^file:\/\//, "").replace(/(?<=.)\/$/, "") };
}

/** Columns as they are named in the source. */
export function schemaFacet(columns: readonly MaskedColumn[]): object {
  if (columns.length === 0) return {};
  const fields = columns.map(({ column, type }) => ({ name: column, type }));
  return { schema: facet("SchemaDatasetFacet", "1-2-0", { fields }) };
}

/** Each column comes from its own, masked or as it was. */
export function columnLineage(columns: readonly MaskedColumn[], input: LineageDataset): object {
  const fields = columns
    .filter(({ stays }) => stays)
    .map(({ column, mask }) => {
      const kept = mask === "keep";
      const subtype = kept ? "IDENTITY" : "TRANSFORMATION";
      const transformation = { type: "DIRECT", subtype, description: mask, masking: !kept };
      return [column, { inputFields: [{ ...input, field: column, transformations: [transformation] }] }] as const;
    });
  if (fields.length === 0) return {};
  return { columnLineage: facet("ColumnLineageDatasetFacet", "1-2-0", { fields: Object.fromEntries(fields) }) };
}

/** A tag on every masked column, for catalogs that show tags and no lineage. */
export function tagsOf(columns: readonly MaskedColumn[]): object {
  const tags = columns
    .filter(({ stays, mask }) => stays && mask !== "keep")
    .map(({ column, mask }) => ({ key: "phimask", value: mask, source: "INTEGRATION", field: column }));
  return tags.length === 0 ? {} : { tags: facet("TagsDatasetFacet", "1-0-0", { tags }) };
}
