import { writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";

import { getRequestListener } from "@hono/node-server";

import { openAcmeStore } from "../acme/acme-store";
import { openAuthority, type Authority } from "../acme/authority";
import { fetchFromNamespace } from "../acme/fetch";
import { openIssuer, type Issuer } from "../acme/issue";
import { createAcme } from "../acme/server";
import type { Api, Cloud } from "../api/cloud";
import { dnsFault } from "../api/watch/lookup";
import { startDns } from "../dns/server";
import type { Inbox } from "../mail/inbox";
import { startRelay } from "../mail/relay";
import { createMetadata } from "../metadata/app";
import { addresses } from "../network/addresses";
import { keepMirror } from "../network/mirror-process";
import { startMirrorRelay } from "../network/mirror-relay";
import type { LabPaths } from "../paths";
import type { Helper } from "../supervise";
import { keepThirdPlace } from "../third-place/server";
import { listen } from "./listen";

export interface Trust {
  readonly authority: Authority;
  readonly issuer: Issuer;
  /** The roots of both. */ readonly pem: string;
}

const acmeFolder = (paths: LabPaths): string => join(paths.state, "cloud", "acme");

/**
 * The lab's own authority and the ACME server's: what has to be there before a machine is made, as
 * machines are made trusting both.
 */
export const establishTrust = async (paths: LabPaths): Promise<Trust> => {
  const authority = await openAuthority(acmeFolder(paths));
  const issuer = await openIssuer(join(acmeFolder(paths), "issuer"));
  const pem = [authority.caPem, issuer.rootPem].map((one) => one.trim()).join("\n") + "\n";
  await writeFile(paths.ca, pem, { mode: 0o644 });
  return { authority, issuer, pem };
};

const peerOf = (c: { env: unknown }): string | undefined =>
  (c.env as { incoming?: { socket?: { remoteAddress?: string } } }).incoming?.socket?.remoteAddress;

const acme = async (paths: LabPaths, cloud: Cloud, issuer: Issuer): Promise<RequestListener> => {
  const { faults, clock, store, log } = cloud;
  const app = createAcme({
    store: await openAcmeStore(join(acmeFolder(paths), "state.json")),
    issuer,
    clock,
    log,
    failing: () => faults.find("acme") !== undefined,
    outside: {
      state: store.state,
      fetch: fetchFromNamespace(paths.operatorNetns),
      dnsFault: (name) => dnsFault(cloud, name) !== undefined,
    },
  });
  return getRequestListener(app.fetch);
};

/**
 * Everything that stands at an address of the router's namespace; resolves with what of it is a
 * program of its own. Must run inside of it.
 */
export const startServices = async (options: {
  paths: LabPaths;
  cloud: Cloud;
  api: Api;
  inbox: Inbox;
  trust: Trust;
}): Promise<readonly Helper[]> => {
  const {
    paths,
    cloud,
    api,
    inbox,
    trust: { authority, issuer },
  } = options;
  const { faults, log } = cloud;
  const listener = getRequestListener(api.fetch);
  const tls = (handler: RequestListener) =>
    createTlsServer({ cert: authority.certificate, key: authority.key }, handler);
  await startDns({
    state: cloud.store.state,
    address: addresses.dns,
    port: 53,
    log,
    fault: (name) => dnsFault(cloud, name),
  });
  await startRelay({
    inbox,
    clock: cloud.clock,
    address: addresses.mail,
    port: 2525,
    tls: authority,
    log,
    fault: () => faults.find("relay")?.how,
  });
  await listen(createServer(listener), { host: addresses.api, port: 80 });
  await listen(tls(listener), { host: addresses.api, port: 443 });
  await listen(tls(await acme(paths, cloud, issuer)), { host: addresses.acme, port: 443 });
  await listen(createServer(getRequestListener(createMetadata(cloud.store.state, peerOf).fetch)), {
    host: addresses.metadata,
    port: 80,
  });
  await startMirrorRelay(paths);
  return [keepMirror(paths, log), keepThirdPlace(paths, authority, log)];
};
