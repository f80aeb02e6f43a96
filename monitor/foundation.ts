import type { ObservatoryConfig } from "@second-server/contract/observatory";

import { type Announcements, createAnnouncements } from "./actions/announcements";
import { createMaintenanceWindows, type MaintenanceWindows } from "./actions/maintenance-windows";
import type { Clock } from "./adapters/clock";
import { type Key, loadKey, readKey } from "./adapters/key";
import type { Log } from "./adapters/log";
import { createMessageQueue, type MessageQueue } from "./adapters/message-queue";
import { transportsOf } from "./adapters/transport";
import { type Message, noteMessage } from "./alerts/messages";
import type { Note } from "./self/overload";
import { createSettings, type SettingsInForce } from "./settings-in-force";
import type { Database } from "./store/database";
import type { SavedState } from "./store/load-state";
import { createRollups, type Rollups } from "./store/rollups";
import { createStateStore, type StateStore } from "./store/save-state";
import { createWriter, type Writer } from "./store/writer";
import { baseUrl } from "./view/view";

export interface FoundationDeps {
  readonly config: ObservatoryConfig;
  readonly database: Database;
  readonly saved: SavedState;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where things are kept, how messages leave, and what operators have set. */
export interface Foundation {
  readonly settings: SettingsInForce;
  readonly key: Key;
  readonly primaryKey: Key | undefined;
  readonly writer: Writer;
  readonly store: StateStore;
  readonly rollups: Rollups;
  readonly queue: MessageQueue;
  readonly send: (message: Message) => void;
  readonly note: Note;
  readonly windows: MaintenanceWindows;
  readonly announcements: Announcements;
}

export const createFoundation = ({
  config,
  database,
  saved,
  clock,
  log,
}: FoundationDeps): Foundation => {
  const settings = createSettings(config);
  const writer = createWriter(database, clock, log);
  const store = createStateStore(writer);
  const queue = createMessageQueue(
    {
      clock,
      log,
      store,
      transports: () => transportsOf(settings.current().alerts),
      origin: "observatory",
    },
    saved,
  );
  const send = (message: Message): void => {
    log.warn(message.subject);
    queue.add(message);
  };
  const note: Note = (lead, rows) =>
    send(noteMessage(settings.current().fleet, lead, rows, baseUrl(settings.current())));
  return {
    settings,
    key: loadKey(config.signingKeyFile, config.database),
    primaryKey: config.primaryKeyFile === undefined ? undefined : readKey(config.primaryKeyFile),
    writer,
    store,
    rollups: createRollups(database, clock, log),
    queue,
    send,
    note,
    announcements: createAnnouncements(
      {
        now: () => clock.now(),
        keep: (announced) => store.meta("announced", announced),
        note,
      },
      saved.announced,
    ),
    windows: createMaintenanceWindows(
      () => settings.current().alerts.maintenance ?? [],
      (windows) => store.meta("windows", windows),
      saved.windows,
    ),
  };
};
