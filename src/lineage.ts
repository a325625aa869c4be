import { randomUUID } from "node:crypto";
import { columnLineage, datasetOf, facet, PRODUCER, schemaFacet, tagsOf } from "./lineage/facets.ts";
import type { Send } from "./lineage/transport.ts";
import { VERSION } from "./version.ts";
import type { RunFacts, Witness } from "./witness-types.ts";

/** What lineage tells of a job before it runs. URIs are of folders: names of files may carry names. */
export interface LineageJob {
  readonly namespace: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  /** `namespace/job/run id` of whoever started this run, as OPENLINEAGE_PARENT_ID has it. */
  readonly parent?: string | undefined;
}

/**
 * A witness that sends OpenLineage run events (spec 2-0-2): one START, then one of COMPLETE, FAIL and ABORT, all under
 * a run id of their own, so that a retry is another run. Column lineage says which columns were masked.
 */
export function openLineage(job: LineageJob, send: Send): Witness {
  const runId = randomUUID();
  const [input, output] = [datasetOf(job.source), datasetOf(job.target)];
  const parts = { inputs: [input], outputs: [output] };
  const tell = (eventType: string, runFacets: object, datasets: object = parts): Promise<void> =>
    send({
      eventType,
      eventTime: new Date().toISOString(),
      producer: PRODUCER,
      schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
      run: { runId, facets: { ...engine(), ...parentOf(job.parent), ...runFacets } },
      job: { namespace: job.namespace, name: job.name, facets: JOB_FACETS },
      ...datasets,
    });
  return {
    started: () => tell("START", {}),
    ended: (facts) =>
      tell("COMPLETE", runFacet(facts), {
        inputs: [{ ...input, inputFacets: assertions(facts), facets: schemaFacet(facts.columns) }],
        outputs: [
          {
            ...output,
            facets: {
              ...schemaFacet(facts.columns.filter(({ stays }) => stays)),
              ...columnLineage(facts.columns, input),
              ...tagsOf(facts.columns),
            },
            outputFacets: statistics(facts),
          },
        ],
      }),
    failed: ({ code, message, stopped }) =>
      tell(stopped ? "ABORT" : "FAIL", {
        errorMessage: facet("ErrorMessageRunFacet", "1-0-1", {
          message: `${code}: ${message}`,
          programmingLanguage: "TypeScript",
        }),
      }),
  };
}

const JOB_FACETS = {
  jobType: facet("JobTypeJobFacet", "2-0-4", { processingType: "BATCH", integration: "PHIMASK", jobType: "JOB" }),
};

function engine(): object {
  return {
    processing_engine: facet("ProcessingEngineRunFacet", "1-1-1", { name: "phimask", version: VERSION }),
  };
}

/** A facet of our own: what a report says, for whoever looks at the run. */
function runFacet({ status, runId, profile, rows, files, withheld, masked }: RunFacts): object {
  const counts = { status, run_id: runId, profile, rows, files, withheld, masked };
  const _schemaURL = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet";
  return { phimask_run: { _producer: PRODUCER, _schemaURL, ...counts } };
}

function statistics({ dataset }: RunFacts): object {
  const counts = { rowCount: dataset.rows, size: dataset.bytes, fileCount: dataset.files };
  return { outputStatistics: facet("OutputStatisticsOutputDatasetFacet", "1-0-2", counts) };
}

function assertions({ withheld }: RunFacts): object {
  const made = [
    { assertion: "row_count", success: true, name: "as many rows were written as were read" },
    { assertion: "every_cell_examined", success: withheld === 0, severity: "warn", name: "no cell was withheld" },
  ];
  return {
    dataQualityAssertions: facet("DataQualityAssertionsDatasetFacet", "1-1-0", { assertions: made }),
  };
}

function parentOf(parent: string | undefined): object {
  const [, namespace, name, runId] = /^(.+)\/([^/]+)\/([0-9a-f-]{36})$/.exec(parent ?? "") ?? [];
  if (runId === undefined) return {};
  return { parent: facet("ParentRunFacet", "1-2-0", { run: { runId }, job: { namespace, name } }) };
}
