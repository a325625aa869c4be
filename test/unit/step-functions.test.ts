import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { phimask } from "../cli/phimask.ts";

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string; readonly Condition: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly ItemProcessor?: Machine;
  readonly Arguments?: {
    readonly Overrides: { readonly ContainerOverrides: readonly { readonly Command: readonly string[] }[] };
  };
}
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const FOLDER = "samples/step-functions";
const machine = JSON.parse(readFileSync(`${FOLDER}/state-machine.asl.json`, "utf8")) as Machine;

/** A machine and those inside of its maps. */
function machines(outer: Machine): readonly Machine[] {
  const inner = Object.values(outer.States).flatMap(({ ItemProcessor }) =>
    ItemProcessor ? machines(ItemProcessor) : [],
  );
  return [outer, ...inner];
}

function followers({ Next, Default, Choices = [], Catch = [] }: State): readonly string[] {
  return [Next, Default, ...Choices.map((each) => each.Next), ...Catch.map((each) => each.Next)].filter(
    (each) => each !== undefined,
  );
}

describe(FOLDER, () => {
  it("every state is reached and leads to one that exists", () => {
    for (const { StartAt, States } of machines(machine)) {
      const reached = new Set([StartAt]);
      for (const name of reached) for (const next of followers(States[name]!)) reached.add(next);
      expect([...reached].sort()).toEqual(Object.keys(States).sort());
      for (const state of Object.values(States)) {
        expect(followers(state).length > 0 || ["Succeed", "Fail"].includes(state.Type)).toBe(true);
      }
    }
  });

  it("runs commands and options that there are, and branches on the command's exit codes", async () => {
    const states = machines(machine).flatMap(({ States }) => Object.values(States));
    const commands = states.flatMap(
      ({ Arguments }) => Arguments?.Overrides.ContainerOverrides.map(({ Command }) => Command) ?? [],
    );
    expect(commands.map(([verb, job]) => [verb, job])).toEqual([
      ["plan", "job.yaml"],
      ["run", "job.yaml"],
      ["run", "job.yaml"],
    ]);
    for (const [verb, , ...options] of commands) {
      const help = (await phimask([verb!, "--help"])).stdout.toString();
      for (const option of options.filter((each) => each.startsWith("--"))) expect(help).toContain(option);
    }
    const codes = states.flatMap(({ Choices = [] }) => Choices.map(({ Condition }) => Condition));
    expect(new Set(codes)).toEqual(new Set(["{% $code = 99 %}", "{% $code = 75 %}"]));
  });

  it("the job in the container is valid", async () => {
    const ended = await phimask(["validate", `${FOLDER}/job.yaml`, "--set", "policy.key={env: PHIMASK_KEY}"]);
    expect(ended).toMatchObject({ exit: 0, summary: { status: "ok", job: "encounters" } });
  });
});
