import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Check, ObservatoryConfig } from "../config/monitor";
import { type Clock, systemClock } from "./adapters/clock";
import { journal, type Log } from "./adapters/log";
import { Outbox } from "./adapters/outbox";
import { smtpCarrier } from "./adapters/smtp";
import { notify, watchdogPauseMs } from "./adapters/systemd";
import { Alerts } from "./alerts/alerts";
import { OwnNetwork } from "./checks/network";
import { runCheck } from "./checks/run";
import { Schedule } from "./checks/schedule";
import { serve } from "./page/server";
import type { View } from "./page/view";
import { checksOf, pace, watchedOf } from "./settings";
import { openDatabase } from "./store/database";
import { loadKept, Store } from "./store/store";
import { Writer } from "./store/writer";

const resultNumbers = { pass: 0, fail: 1, unknown: 2 } as const;

/** The watcher's monitor. Runs until SIGTERM or SIGINT; what is under way is written down before it ends. */
export async function observatory(config: ObservatoryConfig, clock: Clock = systemClock, log: Log = journal): Promise<void> {
  mkdirSync(dirname(config.database), { recursive: true });
  const database = await openDatabase(config.database);
  const writer = new Writer(database, clock, log);
  const store = new Store(writer);
  const kept = await loadKept(database);
  const outbox = new Outbox({ clock, log, shelf: store, carriers: [smtpCarrier(config.alerts)], origin: "observatory" }, kept);
  const schedule = new Schedule(clock);
  const alerts = new Alerts({
    fleet: config.fleet, url: config.statusUrl, now: () => clock.now(), journal: store,
    send: (message) => { log.warn(message.subject); outbox.add(message); },
    hurry: (ids) => { for (const id of ids) schedule.hurry(id); },
    patienceMs: 2 * config.intervalSeconds * 1000,
  }, checksOf(config).map((check) => watchedOf(check, config)), kept);
  const network = new OwnNetwork(config.network ?? [config.alerts.relay], clock, config.timeoutSeconds * 1000, config.intervalSeconds * 500);
  const runs = new Map<string, number>();
  let lastRun = 0;

  const runOnce = async (check: Check, timeoutMs: number): Promise<void> => {
    const began = clock.now();
    const outcome = await runCheck(check, timeoutMs);
    const believed = outcome.result === "pass" || (await network.up()) ? outcome : { ...outcome, result: "unknown" as const };
    runs.set(check.id, (runs.get(check.id) ?? 0) + 1);
    lastRun = clock.monotonic();
    writer.sample({ check: check.id, t: Math.floor(began / 1000), result: resultNumbers[believed.result], ms: outcome.ms });
    alerts.take(check.id, began, believed);
  };
  for (const check of checksOf(config)) {
    const { intervalMs, timeoutMs } = pace(check, config);
    schedule.add({ id: check.id, intervalMs, run: () => runOnce(check, timeoutMs) });
  }

  const second = (): void => { alerts.settle(); ticker = clock.after(1000, second); };
  let ticker = clock.after(1000, second);
  const view: View = { config, alerts, writer, outbox, database, startedAt: clock.now(), now: () => clock.now(), runs: (id) => runs.get(id) ?? 0 };
  const server = await serve(view, log);
  outbox.start();
  log.info(`observatory of ${config.fleet}: ${checksOf(config).length} checks every ${config.intervalSeconds} s, http://${config.listen.host}:${config.listen.port}/`);

  const stopFeeding = feed(clock, log, () => {
    const freshMs = 3 * config.intervalSeconds * 1000 + config.timeoutSeconds * 1000;
    const { ok, lastWrite } = writer.status();
    return ok && lastWrite !== undefined && clock.now() - lastWrite < freshMs + 10_000 && clock.monotonic() - lastRun < freshMs;
  });
  await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  log.info("stopping");
  void notify(log, "STOPPING=1");
  stopFeeding();
  ticker.cancel();
  schedule.stop();
  outbox.stop();
  server.close();
  server.closeAllConnections();
  await writer.flush();
  database.close();
}

/** systemd's watchdog gets its food only while checks run and what they found gets written. */
function feed(clock: Clock, log: Log, well: () => boolean): () => void {
  const pauseMs = watchdogPauseMs() ?? 30_000;
  let ready = false;
  let timer = clock.after(0, () => undefined);
  const turn = (): void => {
    if (well()) {
      void notify(log, ...(ready ? [] : ["--ready"]), "WATCHDOG=1");
      ready = true;
    }
    timer = clock.after(ready ? pauseMs / 1.5 : 500, turn);
  };
  turn();
  return () => timer.cancel();
}
