import type { JobFile } from "../jobfile.ts";
import type { Job } from "../plan.ts";
import type { Witness } from "../witness-types.ts";

/** Who is told of a run: what the job's `lineage` or the environment of OpenLineage or Dagster says. */
export async function openWitnesses(file: JobFile, job: Job, env: NodeJS.ProcessEnv): Promise<readonly Witness[]> {
  const [lineage, pipes] = await Promise.all([lineageWitness(file, job, env), pipesWitness(env)]);
  return [lineage, pipes].filter((witness) => witness !== undefined);
}

async function lineageWitness(file: JobFile, job: Job, env: NodeJS.ProcessEnv): Promise<Witness | undefined> {
  const asked = file.lineage !== undefined || Object.keys(env).some((name) => name.startsWith("OPENLINEAGE_"));
  if (!asked) return undefined;
  const { lineageOf } = await import("../lineage/transport.ts");
  const lineage = lineageOf(file.lineage?.openlineage, env);
  if (!lineage) return undefined;
  const { openLineage } = await import("../lineage.ts");
  const { name, source, target } = job;
  const parent = env["OPENLINEAGE_PARENT_ID"];
  const told = { namespace: lineage.namespace, name, source: source.root, target: target.root, parent };
  return openLineage(told, lineage.send);
}

async function pipesWitness(env: NodeJS.ProcessEnv): Promise<Witness | undefined> {
  if (env["DAGSTER_PIPES_CONTEXT"] === undefined) return undefined;
  return (await import("../../connectors/dagster.ts")).dagsterPipes(env);
}
