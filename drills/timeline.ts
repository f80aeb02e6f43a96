/** What happened when, in seconds since the drill began. */
export interface Mark {
  readonly at: number;
  readonly what: string;
  readonly detail?: string;
}

export interface Timeline {
  /** Notes that this happened now; returns the second. */
  mark(what: string, detail?: string): number;
  seconds(): number;
  readonly marks: readonly Mark[];
}

export const createTimeline = (
  now: () => number,
  onMark: (mark: Mark) => void = () => undefined,
): Timeline => {
  const began = now();
  const marks: Mark[] = [];
  const seconds = (): number => Math.round((now() - began) / 100) / 10;
  return {
    mark: (what, detail) => {
      const mark = { at: seconds(), what, ...(detail ? { detail } : {}) };
      marks.push(mark);
      onMark(mark);
      return mark.at;
    },
    seconds,
    marks,
  };
};

/** What the drill measured, in seconds, by what it is called: "alert after the cut", "RTO". */
export type Measures = Readonly<Record<string, number>>;

/**
 * How a drill went, for people: what was measured, what became of the writes, or what was wrong.
 */
export interface Outcome {
  readonly drill: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly error?: string;
  readonly measures: Measures;
  readonly writes?: {
    readonly acknowledged: number;
    readonly lost: number;
    readonly longestGapSeconds: number;
  };
}

const writesLine = ({ writes }: Outcome): string[] =>
  writes === undefined
    ? []
    : [
        `  ${writes.acknowledged} writes acknowledged, ${writes.lost} lost; longest time without one ${writes.longestGapSeconds.toFixed(1)} s`,
      ];

export const renderRun = (outcome: Outcome): string => {
  const { drill, ok, error, measures } = outcome;
  const width = Math.max(...Object.keys(measures).map((name) => name.length));
  return [
    "",
    ok ? `${drill}: everything came back.` : `${drill}: FAILED: ${error}`,
    ...Object.entries(measures).map(
      ([name, seconds]) => `  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(7)} s`,
    ),
    ...writesLine(outcome),
  ].join("\n");
};

export const renderSummary = (outcomes: readonly Outcome[]): string => {
  const bad = outcomes.filter(({ ok }) => !ok).length;
  return [
    "",
    ...outcomes.map(({ drill, ok, seconds, writes }) =>
      `${ok ? "ok    " : "FAILED"}  ${drill.padEnd(24)} ${seconds.toFixed(0).padStart(5)} s  ${writes ? `${writes.lost} of ${writes.acknowledged} writes lost` : ""}`.trimEnd(),
    ),
    `${outcomes.length} drills, ${bad} failed.`,
  ].join("\n");
};
