import { createServer } from "node:http";
import { join } from "node:path";

import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";

import { createApi, type CreatedApi } from "../api/app";
import type { ApiEnv, Cloud } from "../api/cloud";
import { startDueBackups } from "../api/droplets/backups";
import { localRoutes } from "../api/local";
import { openOwnersToken } from "../api/tokens/tokens";
import { SAMPLE_SECONDS } from "../api/watch/metrics";
import { judgePolicies } from "../api/watch/policies";
import { probeFrom } from "../api/watch/probe";
import { uptimeRound } from "../api/watch/uptime-round";
import { systemClock } from "../clock";
import { consoleRoutes } from "../console/page";
import { becomeNeutral } from "../host/neutral-process";
import type { MachineHost } from "../machines/hypervisor";
import { createRecordsOnlyHypervisor } from "../machines/records-only";
import { openInbox, type Inbox } from "../mail/inbox";
import { sendIntoInbox, sendThroughRelay } from "../mail/send";
import { postFromLab, postNowhere } from "../mail/webhook";
import { API_IN_LAB } from "../network/addresses";
import { labPaths, type LabPaths } from "../paths";
import { createKeyedQueue, type KeyedQueue } from "../queue";
import { openStore, type Store } from "../record-store";
import { regularly } from "../regularly";
import type { Helper } from "../supervise";
import { listen, listenOnSocket, portOf } from "./listen";
import type { Trust } from "./services";

export interface ServeOptions {
  readonly state: string;
  readonly machines: boolean;
  readonly pace: "host" | "real";
  /** Who has no token that is known here: refused, or taken for the owner. */
  readonly strangers: "refused" | "owner";
}

const log = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};

interface Running {
  readonly paths: LabPaths;
  readonly created: CreatedApi;
  readonly host: MachineHost;
  readonly inbox: Inbox;
  readonly trust: Trust | null;
}

/** Loaded only where machines are: the rest has to start on any host. */
const machineHost = async (
  paths: LabPaths,
  store: Store,
  queue: KeyedQueue,
): Promise<{ host: MachineHost; trust: Trust }> => {
  const [{ establishTrust }, { openNspawnHypervisor }] = await Promise.all([
    import("./services"),
    import("../machines/nspawn"),
  ]);
  const trust = await establishTrust(paths);
  return {
    trust,
    host: await openNspawnHypervisor({
      paths,
      trustedCertificates: trust.pem,
      queue,
      faults: () => store.faults.all(),
      log,
    }),
  };
};

const assemble = async (options: ServeOptions): Promise<Running> => {
  await becomeNeutral();
  const paths = labPaths(options.state);
  const store = await openStore(paths.records, systemClock, log);
  const queue = createKeyedQueue();
  const { host, trust } = options.machines
    ? await machineHost(paths, store, queue)
    : { host: createRecordsOnlyHypervisor(), trust: null };
  const inbox = await openInbox(join(paths.state, "cloud", "inbox"));
  const send = options.machines
    ? sendThroughRelay("192.0.2.25", 2525)
    : sendIntoInbox(inbox, systemClock);
  const created = createApi({
    store,
    hypervisor: host,
    queue,
    clock: systemClock,
    pace: options.pace,
    access: { owner: await openOwnersToken(paths.token), strangers: options.strangers },
    send,
    post: options.machines ? postFromLab(paths) : postNowhere,
    log,
  });
  return {
    paths,
    created,
    host,
    inbox,
    trust,
  };
};

/**
 * Machines follow the records: one without a record is left over from a deletion that was cut
 * short.
 */
const takeOverMachines = async ({ created, host }: Running): Promise<void> => {
  const { store, network } = created.cloud;
  for (const { dropletId } of host.machines())
    if (!store.droplets.get(dropletId)) await host.destroy(dropletId);
  await network.apply();
  await host.takeOver();
  const known = new Map(host.machines().map(({ dropletId, power }) => [dropletId, power]));
  for (const droplet of store.droplets.all())
    if (droplet.status !== "new" && known.has(droplet.id)) {
      const status = known.get(droplet.id) === "on" ? "active" : "off";
      store.droplets.update(droplet, { status });
    }
  await created.resume();
};

/** Saves and exits; machines are powered off first when asked, and go on otherwise. */
const ending = ({ created, host }: Running): ((machinesToo: boolean) => void) => {
  let ended = false;
  return (machinesToo) => {
    if (ended) return;
    ended = true;
    const end = async (): Promise<void> => {
      if (machinesToo) await host.shutdownAll(10);
      await created.cloud.store.save();
    };
    end().then(
      () => process.exit(0),
      (error: Error) => {
        log(`ending: ${error.stack ?? error.message}`);
        process.exit(1);
      },
    );
  };
};

/** DigitalOcean looks once a minute; here one need not wait so long to see it. */
const uptimeSeconds = { host: 15, real: 60 } as const;

const watch = ({ paths, created: { cloud } }: Running): void => {
  const failed = (error: Error): void => log(`watching: ${error.message}`);
  const probe = probeFrom(paths.operatorNetns, paths.ca);
  regularly(
    SAMPLE_SECONDS,
    async () => {
      await cloud.metrics.sample();
      await judgePolicies(cloud);
    },
    failed,
  );
  regularly(uptimeSeconds[cloud.pace], () => uptimeRound(cloud, probe), failed);
};

const acmeState = ({ faults }: Cloud): string => (faults.find("acme") ? "down" : "ready");

const publish = async (
  running: Running,
  api: string,
  machines: boolean,
  helpers: readonly Helper[],
): Promise<void> => {
  const { paths, created, inbox, trust } = running;
  const end = ending(running);
  process.on("SIGTERM", () => end(false));
  process.on("SIGINT", () => end(false));
  const startedAt = new Date().toISOString();
  const status = (): Record<string, unknown> => ({
    pid: process.pid,
    api,
    machines,
    startedAt,
    acme: trust ? acmeState(created.cloud) : "none",
    helpers: helpers.map((helper) => helper.state()),
  });
  const root = new Hono<ApiEnv>();
  root.route("/", created.app);
  root.route(
    "/local",
    localRoutes({
      cloud: created.cloud,
      calls: created.calls,
      inbox,
      status,
      shutdown: () => end(true),
    }),
  );
  root.route("/", consoleRoutes());
  setInterval(() => startDueBackups(created.cloud), 60_000).unref();
  // Only the owner can open the socket.
  const ownersDoor = getRequestListener((request, env) =>
    root.fetch(request, { ...env, ownersDoor: true }),
  );
  await listenOnSocket(paths.socket, ownersDoor);
  log(`ready: pid ${process.pid}, API ${api}, ${machines ? "machines" : "records only"}`);
};

/**
 * Starts everything; resolves when `GET /local/status` on the socket answers. Goes on until a
 * signal or POST /local/shutdown.
 */
export const serve = async (options: ServeOptions): Promise<void> => {
  const running = await assemble(options);
  const { created, paths, inbox, trust } = running;
  if (trust) {
    const { startServices } = await import("./services");
    const helpers = await startServices({
      paths,
      cloud: created.cloud,
      api: created.app,
      inbox,
      trust,
    });
    await takeOverMachines(running);
    watch(running);
    return publish(running, API_IN_LAB, true, helpers);
  }
  await takeOverMachines(running);
  const server = await listen(createServer(getRequestListener(created.app.fetch)), {
    host: "127.0.0.1",
    port: 0,
  });
  return publish(running, `http://127.0.0.1:${portOf(server)}`, false, []);
};
