import { execFile } from "node:child_process";

import type { Role } from "@second-server/contract/roles";

import type { Context } from "../context";
import { failed } from "../errors";
import { type EngineName, engineCommand } from "./spawn";
import { type StoredResource, dropletIn } from "./state";

/** A machine that the engine's plan deletes, and why. */
export interface PlannedLoss {
  readonly role: Role;
  readonly dropletId: string;
  /** "region: fra1 → ams3"; empty where the plan gives no reason. */
  readonly reasons: readonly string[];
}

/** A step of `preview --json`, as far as it is looked at. */
interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly replaceReasons?: readonly string[];
  readonly oldState?: { readonly inputs?: Readonly<Record<string, unknown>> };
  readonly newState?: { readonly inputs?: Readonly<Record<string, unknown>> };
}

/** The old thing is gone after any of these. */
const DELETING = new Set(["replace", "create-replacement", "delete-replaced", "delete"]);

const valueText = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "none");

const reasonsOf = ({ replaceReasons, oldState, newState }: PreviewStep): readonly string[] =>
  (replaceReasons ?? []).map((key) => {
    const [was, is] = [oldState?.inputs?.[key], newState?.inputs?.[key]];
    return was === undefined && is === undefined
      ? key
      : `${key}: ${valueText(was)} → ${valueText(is)}`;
  });

/** The machines of the state that a plan, as `preview --json` prints it, would delete. */
export const lossesIn = (
  plan: string,
  resources: readonly StoredResource[],
): readonly PlannedLoss[] => {
  const { steps = [] } = JSON.parse(plan) as { readonly steps?: readonly PreviewStep[] };
  return (["primary", "watcher"] as const).flatMap((role) => {
    const droplet = dropletIn(resources, role);
    const deleting = steps.filter(({ op, urn }) => urn === droplet?.urn && DELETING.has(op));
    if (droplet?.id === undefined || deleting.length === 0) return [];
    return [{ role, dropletId: droplet.id, reasons: [...new Set(deleting.flatMap(reasonsOf))] }];
  });
};

/** Asks the engine for its plan; nothing is changed. Rejects where it can't plan. */
export const planText = async (
  context: Context,
  engine: EngineName,
  flags: readonly string[],
): Promise<string> => {
  const { command, args, env } = await engineCommand(context, engine, [
    "preview",
    "--json",
    ...flags,
  ]);
  return await new Promise((resolve, reject) => {
    execFile(command, [...args], { env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error)
        reject(
          failed(
            `fleet: what would change can't be planned, so nothing was touched. ${complaintIn(stdout) || stderr.trim() || error.message}`,
          ),
        );
      else resolve(stdout);
    });
  });
};

/** The plan's own complaints, where it has got as far as printing any. */
const complaintIn = (plan: string): string => {
  try {
    const { diagnostics = [] } = JSON.parse(plan) as {
      readonly diagnostics?: readonly { readonly severity: string; readonly message: string }[];
    };
    return diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ message }) => message.trim())
      .join("\n");
  } catch {
    return "";
  }
};
