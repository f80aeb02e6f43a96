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

export const renderTimeline = (drill: string, measures: Measures): string => {
  const width = Math.max(...Object.keys(measures).map((name) => name.length));
  return [
    "",
    `${drill}: everything came back.`,
    ...Object.entries(measures).map(
      ([name, seconds]) => `  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(7)} s`,
    ),
  ].join("\n");
};
