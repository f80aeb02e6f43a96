import { isShown } from "../display/shown";
import type { DetailedDiff, DiffKind } from "../providers/provider";
import { storeResource } from "../state/resource";
import { STACK_TYPE, typeOf } from "../urn";
import { masked } from "../values/stored";
import { PREFIX, type Sink, type Step } from "./events";

type State = ReturnType<typeof storeResource>;

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly provider?: string;
  readonly oldState?: State;
  readonly newState?: State;
  readonly diffReasons?: readonly string[];
  readonly replaceReasons?: readonly string[];
  readonly detailedDiff: Readonly<
    Record<string, { readonly kind: DiffKind; readonly inputDiff: boolean }>
  > | null;
}

const kinds = (detailed: DetailedDiff | undefined): PreviewStep["detailedDiff"] =>
  detailed && Object.keys(detailed).length > 0
    ? Object.fromEntries(
        Object.entries(detailed).map(([path, { diffKind, inputDiff }]) => [
          path,
          { kind: diffKind, inputDiff },
        ]),
      )
    : null;

const previewStepOf = (step: Step): PreviewStep => {
  const { op, urn, old, new: now, diffs, keys, detailed } = step;
  const provider = (now ?? old)?.provider;
  return {
    op,
    urn,
    ...(provider ? { provider } : {}),
    ...(old ? { oldState: storeResource(old, masked) } : {}),
    ...(now ? { newState: storeResource(now, masked) } : {}),
    ...(diffs?.length ? { diffReasons: diffs } : {}),
    ...(keys?.length ? { replaceReasons: keys } : {}),
    detailedDiff: kinds(detailed),
  };
};

interface Totals {
  readonly seconds: number;
  readonly changes: Readonly<Record<string, number>>;
}

/** A sink that gathers what `pulumi preview --json` prints: one document. */
export interface PreviewCollector {
  readonly sink: Sink;
  readonly document: (totals: Totals) => object;
}

export const collectPreview = (options: {
  readonly showSames: boolean;
  readonly showReplacementSteps: boolean;
}): PreviewCollector => {
  const steps = new Map<string, PreviewStep>();
  const diagnostics: object[] = [];
  let config: Readonly<Record<string, string>> = {};
  const isTold = (step: Step): boolean =>
    isShown(step, options, true) || typeOf(step.urn) === STACK_TYPE;
  const add = (step: Step): void => {
    const key = options.showReplacementSteps ? `${step.op} ${step.urn}` : step.urn;
    steps.set(key, previewStepOf(step));
  };
  const sink: Sink = {
    prelude: (given) => {
      config = given;
    },
    before: (step) => {
      if (isTold(step)) add(step);
    },
    // What a refresh has found takes the place of "refresh" itself.
    after: (step) => {
      const isFound = (step.op === "update" && step.detailed) || step.op === "delete";
      if (isFound && steps.get(step.urn)?.op === "refresh") add(step);
    },
    failed: () => {},
    diagnostic: (severity, message, urn, ephemeral) => {
      if (ephemeral || severity === "debug") return;
      diagnostics.push({
        ...(urn ? { urn } : {}),
        message: `${PREFIX[severity]}${message.replace(/\n?$/, "\n")}`,
        severity,
      });
    },
    summary: () => {},
  };
  return {
    sink,
    document: ({ seconds, changes }) => ({
      ...(Object.keys(config).length > 0 ? { config } : {}),
      steps: [...steps.values()],
      ...(diagnostics.length > 0 ? { diagnostics } : {}),
      duration: Math.round(seconds * 1e9),
      changeSummary: changes,
    }),
  };
};
