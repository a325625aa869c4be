import type { Leaf } from "./types.ts";

/** Told of a run of the command as it goes, for orchestrators and lineage. It never throws: no run fails for a listener. */
export interface Witness {
  started(): Promise<void>;
  ended(facts: RunFacts): Promise<void>;
  /** `stopped`: by a signal. */
  failed(error: { readonly code: string; readonly message: string; readonly stopped: boolean }): Promise<void>;
}

/** What a run did and what stands now, in numbers and names of the job: no cell can be among them. */
export interface RunFacts {
  readonly status: "ok" | "unchanged";
  readonly runId: string;
  /** URI of the dataset's folder. */
  readonly target: string;
  readonly profile: string;
  /** Rows and files of this run. */
  readonly rows: number;
  readonly files: number;
  readonly withheld: number;
  /** Findings by type of PHI. */
  readonly masked: Readonly<Record<string, number>>;
  /** The dataset as it stands: all of its files. */
  readonly dataset: { readonly rows: number; readonly files: number; readonly bytes: number };
  readonly columns: readonly MaskedColumn[];
}

/** A column of the source: how it is masked, its type there, and whether it is in the dataset. */
export interface MaskedColumn {
  readonly column: Leaf;
  readonly type: string;
  readonly mask: string;
  readonly stays: boolean;
}
