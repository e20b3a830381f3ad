// How a script tells what it has measured.

/** A figure; `tools/bench/figures.py` says more. Without `ours` it is the median of `samples`. */
export type Figure = {
  part: string;
  what: string;
  unit: string;
  ours?: number;
  samples?: number[];
  other?: number;
  beside?: string;
  better?: 'less' | 'more';
  promise?: { of: 'ours' | 'added' | 'ratio'; most?: number; least?: number };
  note?: string;
};

export function tell(figure: Figure): void {
  console.log(`BENCH ${JSON.stringify(figure)}`);
}

/** A variable that `make bench` sets. */
export function given(name: string): string {
  const value = process.env[`WOOW_BENCH_${name}`];
  if (!value) {
    throw new Error(`WOOW_BENCH_${name} is not set: run \`make bench ONLY=console\``);
  }
  return value;
}

/** How often something is done: so often, or once when it is only to be seen that it works. */
export const times = (often: number): number => (process.env.WOOW_BENCH_QUICK ? 1 : often);
