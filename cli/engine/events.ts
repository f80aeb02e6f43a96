/**
 * Pulumi's engine events (apitype.EngineEvent, one JSON a line), as far as they are shown. Both
 * engines emit them.
 */
export interface EngineEvent {
  readonly timestamp?: number;
  readonly resourcePreEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata; readonly planning?: boolean };
  readonly resOpFailedEvent?: { readonly metadata: StepMetadata };
  readonly diagnosticEvent?: {
    readonly urn?: string;
    readonly prefix?: string;
    readonly message: string;
    readonly severity: string;
    readonly ephemeral?: boolean;
  };
  readonly stdoutEvent?: { readonly message: string };
  readonly summaryEvent?: {
    readonly durationSeconds?: number;
    readonly resourceChanges?: Readonly<Record<string, number>>;
  };
}
export interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  readonly new?: { readonly custom?: boolean };
  readonly old?: { readonly custom?: boolean };
}

const PAST: Readonly<Record<string, string>> = {
  same: "unchanged",
  create: "created",
  update: "updated",
  delete: "deleted",
  replace: "replaced",
  "create-replacement": "created anew",
  "delete-replaced": "deleted the old",
  read: "read",
  "read-replacement": "read",
  refresh: "refreshed",
  import: "imported",
  "import-replacement": "imported",
  discard: "forgotten",
  "discard-replaced": "forgotten",
  "remove-pending-replace": "forgotten",
};
const PRESENT: Readonly<Record<string, string>> = {
  create: "creating",
  update: "updating",
  delete: "deleting",
  replace: "replacing",
  "create-replacement": "creating anew",
  "delete-replaced": "deleting the old",
  read: "reading",
  refresh: "refreshing",
  import: "importing",
};

/** What a look at the cloud may find that the state did not know. */
const SURPRISES: Readonly<Record<string, string>> = { delete: "is gone", update: "has changed" };

/** Steps that leave the resource as it was, so that a run of only these "changed nothing". */
const UNCHANGING = new Set(["same", "read", "refresh"]);

export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::") || urn;
/** "urn:…::digitalocean:index/droplet:Droplet::primary" → "Droplet". */
export const kindOf = (urn: string): string =>
  (urn.split("::")[2] ?? "").split("$").at(-1)?.split(":").at(-1) ?? "";

/** Pulumi marks colours as <{%reset%}>; they mean nothing here. */
export const plainText = (text: string): string =>
  text.replace(/<\{%[^%]*%\}>/g, "").replace(/\u001b\[[0-9;]*m/g, "");
const lastLine = (text: string): string =>
  plainText(text).trimEnd().split("\n").at(-1)?.trim() ?? "";

/** What one event means for the screen. */
export type Change =
  | {
      readonly kind: "running";
      readonly key: string;
      readonly label: string;
      readonly detail?: string;
    }
  | {
      readonly kind: "done";
      readonly key: string;
      readonly label: string;
      readonly seconds: number;
      readonly failed: boolean;
      readonly detail?: string;
    }
  | { readonly kind: "clear"; readonly key: string }
  | { readonly kind: "note"; readonly severity: "warning" | "error"; readonly text: string };

export interface EngineView {
  feed(event: EngineEvent): readonly Change[];
  /** Operation → number of resources, from the summary (empty before it). */
  readonly changes: Readonly<Record<string, number>>;
  /** Error messages so far. */
  readonly errors: readonly string[];
}

export const changedCount = (changes: Readonly<Record<string, number>>): number =>
  Object.entries(changes).reduce((sum, [op, count]) => sum + (UNCHANGING.has(op) ? 0 : count), 0);

export const countOf = (changes: Readonly<Record<string, number>>): number =>
  Object.values(changes).reduce((sum, count) => sum + count, 0);

/** "3 created, 1 updated, 52 unchanged". */
export const describeChanges = (changes: Readonly<Record<string, number>>): string =>
  Object.entries(changes)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => Number(a === "same") - Number(b === "same"))
    .map(([op, count]) => `${count} ${PAST[op] ?? op}`)
    .join(", ") || "nothing";

/** Steps that are no work on a thing of the cloud. */
const silent = ({ op, urn, ...step }: StepMetadata): boolean =>
  // "replace" only sums up the two steps that made the new one and deleted the old; a command that
  // ran once has nothing to delete.
  op === "same" ||
  op === "replace" ||
  (op === "delete-replaced" && step.type.startsWith("command:")) ||
  (step.new ?? step.old)?.custom === false ||
  urn.includes("::pulumi:pulumi:Stack::") ||
  urn.includes("::pulumi:providers:");

/** Of a look at what is really there only the surprises are worth a line. */
const refreshed = ({ op, urn }: StepMetadata): Change[] => {
  const surprise = SURPRISES[op];
  if (surprise === undefined) return [{ kind: "clear", key: urn }];
  return [
    {
      kind: "done",
      key: urn,
      label: `found: ${kindOf(urn)} ${nameOf(urn)} ${surprise}`,
      seconds: 0,
      failed: false,
    },
  ];
};

type Diagnostic = NonNullable<EngineEvent["diagnosticEvent"]>;

/** What a message is about, before it; nothing where that is the whole stack. */
const subjectOf = (urn: string | undefined): string =>
  urn && !urn.includes("::pulumi:pulumi:Stack::") ? `${kindOf(urn)} ${nameOf(urn)}: ` : "";

const done = (step: StepMetadata, seconds: number, failed: boolean, detail?: string): Change => ({
  kind: "done",
  key: step.urn,
  label: `${(failed ? PRESENT[step.op] : PAST[step.op]) ?? step.op} ${kindOf(step.urn)} ${nameOf(step.urn)}`,
  seconds,
  failed,
  ...(failed && detail ? { detail } : {}),
});

/**
 * Follows one run; `now` in milliseconds. Components are left out: they take no time and hold no
 * thing of their own.
 */
export const engineView = (now: () => number): EngineView => {
  const started = new Map<string, { op: string; label: string; at: number; detail?: string }>();
  const errors: string[] = [];
  let changes: Readonly<Record<string, number>> = {};

  const begin = (step: StepMetadata): Change[] => {
    if (silent(step)) return [];
    const label = `${PRESENT[step.op] ?? step.op} ${kindOf(step.urn)} ${nameOf(step.urn)}`;
    started.set(step.urn, { op: step.op, label, at: now() });
    return [{ kind: "running", key: step.urn, label }];
  };

  const end = (step: StepMetadata, failed: boolean): Change[] => {
    const was = started.get(step.urn);
    started.delete(step.urn);
    if (!failed && was?.op === "refresh") return refreshed(step);
    if (silent(step) && !failed) return [];
    return [done(step, was ? (now() - was.at) / 1000 : 0, failed, was?.detail)];
  };

  const diagnose = ({ urn, message, severity }: Diagnostic): Change[] => {
    const was = urn ? started.get(urn) : undefined;
    if (severity === "warning" || severity === "error") {
      const text = `${subjectOf(urn)}${plainText(message).trim()}`;
      if (severity === "error") errors.push(text);
      return text === "" ? [] : [{ kind: "note", severity, text }];
    }
    const detail = lastLine(message);
    if (!urn || !was || detail === "") return [];
    was.detail = detail;
    return [{ kind: "running", key: urn, label: was.label, detail }];
  };

  return {
    feed: (event) => {
      if (event.summaryEvent) changes = event.summaryEvent.resourceChanges ?? {};
      if (event.resourcePreEvent && !event.resourcePreEvent.planning)
        return begin(event.resourcePreEvent.metadata);
      if (event.resOutputsEvent && !event.resOutputsEvent.planning)
        return end(event.resOutputsEvent.metadata, false);
      if (event.resOpFailedEvent) return end(event.resOpFailedEvent.metadata, true);
      if (event.diagnosticEvent) return diagnose(event.diagnosticEvent);
      return [];
    },
    get changes() {
      return changes;
    },
    get errors() {
      return errors;
    },
  };
};
