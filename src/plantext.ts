import type { Price, ServicePrice } from "./estimate/services.ts";
import type { Estimate } from "./estimate.ts";
import type { Job, Plan } from "./plan.ts";
import type { Reason } from "./reasons.ts";
import { leftOutText } from "./report.ts";

/** Files that a plan names one by one; more are counted. */
const LISTED = 20;

const BECAUSE: Readonly<Record<Reason, string>> = {
  new: "new",
  changed: "its input changed",
  output: "its output is missing or is not as it was left",
  key: "the key is another than in the last run",
  detector: "a detector is another than in the last run",
  job: "the job, or phimask itself, is another than in the last run",
  full: "asked for by --full",
};

/** A line that says why every file is masked anew; empty where only some are. */
export function anewText({ anew, todo }: Plan): string {
  return anew ? `phimask: ${todo.length} files are masked anew: ${BECAUSE[anew]}.\n` : "";
}

/** A plan as people read it: columns, rules, files, what it will take. Holds names of columns and files, no cell. */
export function planText(job: Job, plan: Plan, estimate: Estimate): string {
  const { todo, unchanged, gone, anew, passedOver } = plan;
  const lines = [
    `Job ${job.name}, profile ${job.policy.profile}, ages counted to ${job.policy.asOf}`,
    `From ${job.source.root}`,
    `To   ${job.target.root}${job.target.fileName ?? ""}`,
    "",
    ...columnLines(todo),
    ...(anew ? [`Every file is masked anew: ${BECAUSE[anew]}.`] : []),
    `${todo.length} to mask, ${unchanged.length} unchanged, ${gone.length} to remove.`,
    ...listed(
      todo.map(
        ({ file, output, reason }) => `${file.path}${output === file.path ? "" : ` -> ${output}`}: ${BECAUSE[reason]}`,
      ),
    ),
    ...(passedOver ? [`Left out, since they are no DICOM instances: ${leftOutText(passedOver)}.`] : []),
    ...listed(gone.map((path) => `${path}: removed, its input is gone or moves`)),
    ...(plan.standing.settled
      ? []
      : ["  A run that died, or is at work, left files behind; a run finishes it or clears them away."]),
    "",
    ...estimateLines(estimate),
    "",
  ];
  return lines.join("\n");
}

function listed(lines: readonly string[]): string[] {
  const shown = lines.slice(0, LISTED).map((line) => `  ${line}`);
  return lines.length > LISTED ? [...shown, `  and ${lines.length - LISTED} more`] : shown;
}

function columnLines(todo: Plan["todo"]): string[] {
  const first = todo[0];
  if (!first) return [];
  const { columns, partition } = first.table;
  const rows = [
    ["column", "type", "mask", "becomes"],
    ...columns.map(({ column, type, mask, becomes }) => [
      column,
      type,
      mask,
      becomes === undefined ? "(leaves)" : becomes === type ? "" : becomes,
    ]),
    ...partition.map(({ from, mask }) => [from, "(folder)", mask, mask === "drop" ? "(leaves)" : ""]),
  ];
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]!.length)));
  return [
    ...rows.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    ),
    "",
  ];
}

function estimateLines({ bytes, seconds, sampled, characters, services }: Estimate): string[] {
  const work =
    sampled === 0
      ? `At most about ${seconds} s of work here for ${bytes} bytes. (--sample n reads n rows a file for a closer figure.)`
      : `About ${seconds} s of work here for ${bytes} bytes and ${characters} characters of free text, from ${sampled} rows.`;
  const paid = Object.entries(services).flatMap(([service, price]) => serviceLines(service, price, sampled > 0));
  return [work, ...(paid.length > 0 ? [...paid, ...limitLines(services)] : ["0 calls to paid services, 0 USD."])];
}

/** One purse holds what all services may cost. */
function limitLines(services: Estimate["services"]): string[] {
  const prices = Object.values(services);
  const limit = prices.find(({ limitUsd }) => limitUsd !== undefined)?.limitUsd;
  if (limit === undefined || prices.reduce((sum, { usd }) => sum + usd, 0) <= limit) return [];
  return [`limits.usd is ${limit}: the run may stop before its end.`];
}

function serviceLines(service: string, price: ServicePrice, sampled: boolean): string[] {
  const { singly, images } = price;
  if (images !== undefined) return imageLines(service, price, images);
  return [
    `${service}: ${sampled ? "about" : "at most"} ${priceText(price)}.`,
    ...(singly ? [`  One call a cell would be ${priceText(singly)}.`] : []),
  ];
}

function imageLines(service: string, price: ServicePrice, images: number): string[] {
  const { uncounted = 0 } = price;
  return [
    `${service}: about ${priceText(price)}, for ${images.toLocaleString("en-US")} images of one page.`,
    "  Further pages, views of a picture (behind transparency, of 16 bits) and parts of dense ones are calls of their own.",
    ...(uncounted > 0 ? [`  The images of ${uncounted} files are not among them: --sample n counts them.`] : []),
  ];
}

function priceText({ calls, units, usd, minutes }: Price): string {
  const [counted, billed] = [calls, units].map((count) => count.toLocaleString("en-US"));
  const time = minutes > 0 ? [`${minutes} minutes at the quota`] : [];
  return [`${counted} calls`, `${billed} units`, `${usd.toFixed(2)} USD`, ...time].join(", ");
}
