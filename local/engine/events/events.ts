import type { DetailedDiff } from "../providers/provider";
import type { Resource } from "../state/resource";
import { masked, storeProps } from "../values/stored";

export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "refresh"
  | "discard"
  | "discard-replaced"
  | "remove-pending-replace"
  | "import"
  | "import-replacement";
export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

export interface Step {
  readonly op: Op;
  readonly urn: string;
  readonly old?: Resource;
  readonly new?: Resource;
  readonly keys?: readonly string[];
  readonly diffs?: readonly string[];
  readonly detailed?: DetailedDiff;
  /** False for the inner parts of a replacement, which are not counted. */
  readonly logical: boolean;
}

/** Where an operation tells what it does: JSON lines, a text display, or a collected preview. */
export interface Sink {
  prelude(config: Readonly<Record<string, string>>): void;
  before(step: Step, planning: boolean): void;
  after(step: Step, planning: boolean): void;
  failed(step: Step): void;
  diagnostic(severity: Severity, message: string, urn?: string, ephemeral?: boolean): void;
  summary(summary: Summary): void;
}
export interface Summary {
  readonly seconds: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly preview: boolean;
  readonly failed: boolean;
}

const stateOf = (resource: Resource | undefined) =>
  resource && {
    type: resource.type,
    urn: resource.urn,
    ...(resource.custom ? { custom: true } : { custom: false }),
    ...(resource.delete ? { delete: true } : {}),
    id: resource.id ?? "",
    parent: resource.parent ?? "",
    ...(resource.protect ? { protect: true } : {}),
    ...(resource.external ? { external: true } : {}),
    ...(resource.retainOnDelete ? { retainOnDelete: true } : {}),
    inputs: storeProps(resource.inputs, masked),
    outputs: storeProps(resource.outputs, masked),
    provider: resource.provider ?? "",
    ...(resource.initErrors?.length ? { initErrors: resource.initErrors } : {}),
  };

const metadataOf = (step: Step) => {
  const resource = step.new ?? step.old!;
  return {
    op: step.op,
    urn: step.urn,
    type: resource.type,
    old: stateOf(step.old) ?? null,
    new: stateOf(step.new) ?? null,
    ...(step.keys?.length ? { keys: step.keys } : {}),
    ...(step.diffs?.length ? { diffs: step.diffs } : {}),
    detailedDiff: step.detailed && Object.keys(step.detailed).length > 0 ? step.detailed : null,
    ...(step.logical ? { logical: true } : {}),
    provider: resource.provider ?? "",
  };
};

/** What stands before a message, as the CLI writes it. */
export const PREFIX: Readonly<Record<Severity, string>> = {
  debug: "debug: ",
  info: "",
  "info#err": "",
  warning: "warning: ",
  error: "error: ",
};

/** The CLI's engine events (apitype.EngineEvent), one JSON object a line. */
export const jsonLines = (write: (line: string) => void): Sink => {
  let sequence = 0;
  const emit = (event: object): void =>
    write(
      JSON.stringify({ sequence: sequence++, timestamp: Math.floor(Date.now() / 1000), ...event }),
    );
  return {
    prelude: (config) => emit({ preludeEvent: { config } }),
    before: (step, planning) =>
      emit({ resourcePreEvent: { metadata: metadataOf(step), ...(planning ? { planning } : {}) } }),
    after: (step, planning) =>
      emit({ resOutputsEvent: { metadata: metadataOf(step), ...(planning ? { planning } : {}) } }),
    failed: (step) =>
      emit({ resOpFailedEvent: { metadata: metadataOf(step), status: 2, steps: 1 } }),
    diagnostic: (severity, message, urn, ephemeral) =>
      emit({
        diagnosticEvent: {
          ...(urn ? { urn } : {}),
          ...(PREFIX[severity] ? { prefix: PREFIX[severity] } : {}),
          message: message.endsWith("\n") ? message : `${message}\n`,
          color: "never",
          severity,
          ...(ephemeral ? { ephemeral } : {}),
        },
      }),
    summary: ({ seconds, changes, preview, failed }) => {
      emit({
        summaryEvent: {
          maybeCorrupt: false,
          durationSeconds: Math.round(seconds),
          resourceChanges: changes,
          PolicyPacks: {},
          isPreview: preview,
          result: failed ? "failed" : "succeeded",
        },
      });
      emit({ cancelEvent: {} });
    },
  };
};

/**
 * Providers that the engine makes by itself are no step that a user asked for: the CLI neither
 * shows nor counts them.
 */
export const isShown = ({ urn }: Pick<Step, "urn">): boolean =>
  !/::pulumi:providers:[^:]+::default(_[^:]*)?$/.test(urn);

export const hidingDefaults = (sink: Sink): Sink => ({
  ...sink,
  before: (step, planning) => {
    if (isShown(step)) sink.before(step, planning);
  },
  after: (step, planning) => {
    if (isShown(step)) sink.after(step, planning);
  },
  failed: (step) => {
    if (isShown(step)) sink.failed(step);
  },
});
