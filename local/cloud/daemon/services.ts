import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { openAuthority, type Authority } from "../acme/authority";
import { createAcmeFront } from "../acme/front";
import { ensurePebble, pebbleAnswers } from "../acme/pebble";
import { rememberRoot } from "../acme/roots";
import type { Api, Cloud } from "../api/cloud";
import { startDns } from "../dns/server";
import type { Inbox } from "../mail/inbox";
import { startRelay } from "../mail/relay";
import { createMetadata } from "../metadata/app";
import { startMirrorRelay } from "../network/mirror-relay";
import type { LabPaths } from "../paths";
import { listen } from "./listen";

const address = { api: "192.0.2.10", acme: "192.0.2.14", mail: "192.0.2.25", dns: "192.0.2.53", metadata: "169.254.169.254" } as const;

export interface Trust { readonly authority: Authority; /** The lab's CA, pebble's root and those of its earlier lives. */ readonly pem: string; acmeReady(): Promise<boolean> }

/** The authority and the ACME server: what has to be there before a machine is made, as machines are made trusting both. */
export const establishTrust = async (paths: LabPaths, log: (line: string) => void): Promise<Trust> => {
  const folder = join(paths.state, "cloud", "acme");
  const authority = await openAuthority(folder);
  // Without an ACME server everything else still works: certificates can't be issued until the next start.
  const root = await ensurePebble({ folder, netns: paths.operatorNetns, authority }).catch((error: Error) => { log(error.message); return ""; });
  const pem = [authority.caPem, ...(await rememberRoot(folder, root))].map((one) => one.trim()).join("\n") + "\n";
  await writeFile(paths.ca, pem, { mode: 0o644 });
  return { authority, pem, acmeReady: () => pebbleAnswers(authority) };
};

const peerOf = (c: { env: unknown }): string | undefined => (c.env as { incoming?: { socket?: { remoteAddress?: string } } }).incoming?.socket?.remoteAddress;

/** Everything that stands at an address of the router's namespace. Must run inside of it. */
export const startServices = async (options: { paths: LabPaths; cloud: Cloud; api: Api; inbox: Inbox; authority: Authority }): Promise<void> => {
  const { paths, cloud, api, inbox, authority } = options;
  const { faults, log } = cloud;
  const listener = getRequestListener(api.fetch);
  await startDns({ state: cloud.state, address: address.dns, port: 53, log, fault: (name) => faults.find("dns", (fault) => !fault.name || name === fault.name || name.endsWith(`.${fault.name}`)) });
  await startRelay({ inbox, clock: cloud.clock, address: address.mail, port: 2525, log, fault: () => faults.find("relay")?.how });
  await listen(createServer(listener), { host: address.api, port: 80 });
  await listen(createTlsServer({ cert: authority.certificate, key: authority.key }, listener), { host: address.api, port: 443 });
  await listen(createAcmeFront({ authority, failing: () => faults.find("acme") !== undefined }), { host: address.acme, port: 443 });
  await listen(createServer(getRequestListener(createMetadata(cloud.state, peerOf).fetch)), { host: address.metadata, port: 80 });
  await startMirrorRelay(paths);
};
