import { AGENT } from "@second-server/contract/names";
import { serviceDataFolder } from "@second-server/contract/paths";
import { z } from "zod";

import { sshCapture } from "./access/ssh";
import type { Context } from "./context";

const keptSchema = z.object({
  backups: z.number(),
  newest: z.string().optional(),
  until: z.string().optional(),
});
const primarySchema = z.object({
  left: z.array(z.object({ service: z.string(), bytes: z.number().optional() })).default([]),
});
const watcherSchema = z.object({
  backup: z
    .object({
      repository: z.object({ services: z.record(z.string(), keptSchema).default({}) }).optional(),
    })
    .optional(),
});

/** What the backups have of a service, as the watcher's agent tells. */
export type KeptBackups = z.infer<typeof keptSchema>;
export const keptIn = (said: string): KeptBackups => keptSchema.parse(JSON.parse(said));

/** What there is still of a service that is no longer in the manifest. */
export interface KeptData {
  readonly service: string;
  readonly onPrimary?: { readonly folder: string; readonly bytes?: number | undefined };
  readonly inBackups?: KeptBackups;
}

/** Of those that are neither in the manifest nor served any more. */
export const keptData = (
  { left }: z.infer<typeof primarySchema>,
  { backup }: z.infer<typeof watcherSchema>,
  known: readonly string[],
): readonly KeptData[] => {
  const kept = new Map(Object.entries(backup?.repository?.services ?? {}));
  const names = new Set([...left.map(({ service }) => service), ...kept.keys()]);
  return [...names]
    .filter((service) => !known.includes(service))
    .sort()
    .map((service) => {
      const [here, inBackups] = [left.find((one) => one.service === service), kept.get(service)];
      return {
        service,
        ...(here && { onPrimary: { folder: serviceDataFolder(service), bytes: here.bytes } }),
        ...(inBackups && { inBackups }),
      };
    });
};

/** An agent of before tells nothing of it, and a machine that does not answer is told of elsewhere. */
const ask = async (context: Context, machine: "primary" | "watcher"): Promise<unknown> => {
  try {
    return JSON.parse(await sshCapture(context, machine, ["sudo", AGENT, "status", "--json"]));
  } catch {
    return {};
  }
};

export const askKeptData = async (
  context: Context,
  known: readonly string[],
): Promise<readonly KeptData[]> => {
  const [primary, watcher] = await Promise.all([ask(context, "primary"), ask(context, "watcher")]);
  return keptData(primarySchema.parse(primary), watcherSchema.parse(watcher), known);
};

export const sizeText = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${Math.ceil(bytes / 1024 ** 2)} MiB`;

export const backupsText = ({ backups, newest, until }: KeptBackups): string =>
  [
    `in ${backups} ${backups === 1 ? "backup" : "backups"}`,
    ...(newest === undefined ? [] : [`the newest ${newest}`]),
    until === undefined
      ? "and one of them is doubtful or lacks something, which goes when newer such come"
      : `until ${until.slice(0, 10)}, by backups.keep`,
  ].join(", ");

const lineOf = ({ service, onPrimary, inBackups }: KeptData): string => {
  const size = onPrimary?.bytes === undefined ? "" : ` (${sizeText(onPrimary.bytes)})`;
  const places = [
    ...(onPrimary ? [`on the primary, ${onPrimary.folder}${size}, and in no new backup`] : []),
    ...(inBackups ? [backupsText(inBackups)] : []),
  ];
  return `  ${service}: ${places.join("; ")}`;
};

/** For `status`: undefined where there is none. */
export const keptText = (kept: readonly KeptData[]): string | undefined =>
  kept.length === 0
    ? undefined
    : [
        "No longer in fleet.yaml, and their data is still kept:",
        ...kept.map(lineOf),
        `  ./fleet restore ${kept[0]?.service ?? ""} --to FOLDER brings it here; ./fleet forget ${kept[0]?.service ?? ""} lets it go for good.`,
      ].join("\n");
