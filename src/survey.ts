import { partitionPath } from "./outputs.ts";
import type { Job } from "./plan.ts";
import { plannedPartition } from "./rules.ts";
import { listSource, readable } from "./source.ts";
import type { RunContext, Survey } from "./types.ts";
import type { WorkList } from "./work.ts";

/**
 * Shows every file of the source to the steps that must see all rows before any is masked, column by column of what they
 * need; again where they ask for it. Nothing is read where no step does. `work`: which process masks which file.
 */
export async function surveyFiles(job: Job, run: RunContext, work?: WorkList): Promise<void> {
  const shards = new Map(work?.files.map(({ id, shard }) => [id, shard]));
  for (let asking = surveysOf(job); asking.length > 0; asking = asking.filter((survey) => survey.again())) {
    for await (const file of listSource(job.source)) {
      run.signal.throwIfAborted();
      const format = await job.formats.read(file.format);
      const object = readable(job.source.store, file.object);
      const shard = shards.get(job.hashPath(file.path));
      const folder = partitionPath(file, plannedPartition(file.partition, job.rules));
      for (const survey of asking) {
        const leaves = survey.reads(await format.schema(object));
        if (leaves.length > 0)
          await survey.see(await format.read(object, leaves), { folder, ...(shard !== undefined && { shard }) });
      }
    }
  }
}

/** Tells the same steps that the dataset is published, unless rows that it no longer has are still to be served. */
export async function settleSurveys(job: Job): Promise<void> {
  if (job.target.versions || job.target.gone === "keep") return;
  for (const survey of surveysOf(job)) await survey.settle();
}

function surveysOf({ rules }: Job): readonly Survey[] {
  return [...rules.byColumn.values()].flatMap(({ transform }) => transform?.survey ?? []);
}
