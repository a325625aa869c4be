/** What a job says of AWS. */

/** A table of the Glue Data Catalog. */
export interface GlueOptions {
  readonly database: string;
  readonly table: string;
  /** Account whose catalog it is, 12 digits; the caller's own where left out. */
  readonly catalog_id?: string | undefined;
}

/** A table that the dataset is published as. */
export interface GlueTargetOptions extends GlueOptions {
  /** Tags of Lake Formation that the table gets: one value a key, both known to Lake Formation already. */
  readonly lf_tags?: Readonly<Record<string, string>> | undefined;
}

/** Files as the catalog lists them: place, format and partitions come from there. */
export interface GlueSourceOptions extends GlueOptions {
  /** Filter over partition columns, as Glue's GetPartitions takes it; all partitions where left out. */
  readonly expression?: string | undefined;
}

/** Comprehend Medical by detection jobs over staged files, for large back-fills. */
export interface BatchEngine {
  readonly engine: "comprehend_medical";
  readonly mode: "batch";
  /** ARN of the role by which the service reads and writes what is staged. */
  readonly role: string;
  /** A folder of its own, `s3://bucket/prefix/`: texts stand there, encrypted by `aws.kms_key`, while the service reads. */
  readonly staging: string;
  /** Between two looks at a job; 30 where left out. */
  readonly poll_seconds?: number | undefined;
}

/** How AWS is reached; what is null or left out is the SDK's own default. */
export interface AwsJobOptions {
  readonly region?: string | null | undefined;
  /** Base address of all services, for private endpoints and stores that speak S3's protocol. */
  readonly endpoint?: string | null | undefined;
  /** Key in KMS that every object written is encrypted with: id, alias or ARN. */
  readonly kms_key?: string | null | undefined;
  /** Account that must own the bucket, 12 digits: one for all buckets, or by bucket. */
  readonly expected_bucket_owner?: string | Readonly<Record<string, string>> | null | undefined;
  readonly requester_pays?: boolean | null | undefined;
  /** `https://endpoint/bucket/key`; with an endpoint unless told. */
  readonly path_style?: boolean | null | undefined;
  /** `false`: for a store without conditional writes; then nothing keeps two runs of a job apart. `true` where left out. */
  readonly conditional_writes?: boolean | undefined;
}
