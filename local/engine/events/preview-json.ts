import type { DetailedDiff } from "../providers/provider";
import { type Resource, storeResource } from "../state/resource";
import { masked, type JsonObject } from "../values/stored";
import type { Sink, Step } from "./events";

interface PreviewStep {
  readonly op: string; readonly urn: string; readonly provider?: string; readonly oldState?: JsonObject; readonly newState?: JsonObject;
  readonly diffReasons?: readonly string[]; readonly replaceReasons?: readonly string[]; readonly detailedDiff: DetailedDiff | null;
}

const state = (resource: Resource | undefined): JsonObject | undefined => resource && storeResource(resource, masked);

/** Gathers what `pulumi preview --json` prints: one document. */
export const collectPreview = () => {
  const steps: PreviewStep[] = [];
  const diagnostics: object[] = [];
  let config: Readonly<Record<string, string>> = {};
  const seen = new Set<string>();
  const add = (step: Step): void => {
    const key = `${step.op} ${step.urn}`;
    if (seen.has(key)) return;
    seen.add(key);
    const { op, urn, old, new: now, diffs, keys, detailed } = step;
    const provider = (now ?? old)?.provider;
    steps.push({
      op, urn, ...(provider ? { provider } : {}), ...(old ? { oldState: state(old)! } : {}), ...(now ? { newState: state(now)! } : {}),
      ...(diffs?.length ? { diffReasons: diffs } : {}), ...(keys?.length ? { replaceReasons: keys } : {}), detailedDiff: detailed && Object.keys(detailed).length > 0 ? detailed : null,
    });
  };
  const sink: Sink = {
    prelude: (given) => { config = given; },
    before: add, after: () => {}, failed: () => {},
    diagnostic: (severity, message, urn, ephemeral) => { if (!ephemeral) diagnostics.push({ ...(urn ? { urn } : {}), message, severity }); },
    summary: () => {},
  };
  return {
    sink,
    document: ({ seconds, changes }: { seconds: number; changes: Readonly<Record<string, number>> }) =>
      ({ config, steps, ...(diagnostics.length > 0 ? { diagnostics } : {}), duration: Math.round(seconds * 1e9), changeSummary: changes }),
  };
};
