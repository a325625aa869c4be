import type { JobFile } from "../jobfile.ts";

/**
 * The job of one of so many processes (quotas of services are an account's, whoever asks): what it may spend, ask and
 * look at again is their share.
 */
export function shareOf(file: JobFile, shards: number): JobFile {
  if (shards === 1) return file;
  const {
    usd,
    requests_per_second = 40,
    characters_per_second = 40_000,
    image_requests_per_second = 5,
    ...limits
  } = file.limits ?? {};
  const sample = file.checks?.residual_sample ?? 500;
  return {
    ...file,
    limits: {
      ...limits,
      ...(usd !== undefined && { usd: usd / shards }),
      requests_per_second: requests_per_second / shards,
      characters_per_second: characters_per_second / shards,
      image_requests_per_second: image_requests_per_second / shards,
    },
    checks: { ...file.checks, residual_sample: Math.ceil(sample / shards) },
  };
}
