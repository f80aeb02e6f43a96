import { isShown } from "../display/shown";
import type { DetailedDiff, DiffKind } from "../providers/provider";
import { type Resource, storeResource } from "../state/resource";
import { STACK_TYPE, typeOf } from "../urn";
import { masked, type JsonObject } from "../values/stored";
import { PREFIX, type Sink, type Step } from "./events";

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly provider?: string;
  readonly oldState?: JsonObject;
  readonly newState?: JsonObject;
  readonly diffReasons?: readonly string[];
  readonly replaceReasons?: readonly string[];
  readonly detailedDiff: Readonly<
    Record<string, { readonly kind: DiffKind; readonly inputDiff: boolean }>
  > | null;
}

const state = (resource: Resource | undefined): JsonObject | undefined =>
  resource && storeResource(resource, masked);

const kinds = (detailed: DetailedDiff | undefined): PreviewStep["detailedDiff"] =>
  detailed && Object.keys(detailed).length > 0
    ? Object.fromEntries(
        Object.entries(detailed).map(([path, { diffKind, inputDiff }]) => [
          path,
          { kind: diffKind, inputDiff },
        ]),
      )
    : null;

/** Gathers what `pulumi preview --json` prints: one document. */
export const collectPreview = (options: {
  readonly showSames: boolean;
  readonly showReplacementSteps: boolean;
}) => {
  const steps = new Map<string, PreviewStep>();
  const diagnostics: object[] = [];
  let config: Readonly<Record<string, string>> = {};
  const isTold = (step: Step): boolean =>
    isShown(step, options, true) || typeOf(step.urn) === STACK_TYPE;
  const add = (step: Step): void => {
    const { op, urn, old, new: now, diffs, keys, detailed } = step;
    const provider = (now ?? old)?.provider;
    steps.set(options.showReplacementSteps ? `${op} ${urn}` : urn, {
      op,
      urn,
      ...(provider ? { provider } : {}),
      ...(old ? { oldState: state(old)! } : {}),
      ...(now ? { newState: state(now)! } : {}),
      ...(diffs?.length ? { diffReasons: diffs } : {}),
      ...(keys?.length ? { replaceReasons: keys } : {}),
      detailedDiff: kinds(detailed),
    });
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
      if (
        steps.get(step.urn)?.op === "refresh" &&
        ((step.op === "update" && step.detailed) || step.op === "delete")
      )
        add(step);
    },
    failed: () => {},
    diagnostic: (severity, message, urn, ephemeral) => {
      if (!ephemeral && severity !== "debug")
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
    document: ({
      seconds,
      changes,
    }: {
      seconds: number;
      changes: Readonly<Record<string, number>>;
    }) => ({
      ...(Object.keys(config).length > 0 ? { config } : {}),
      steps: [...steps.values()],
      ...(diagnostics.length > 0 ? { diagnostics } : {}),
      duration: Math.round(seconds * 1e9),
      changeSummary: changes,
    }),
  };
};
