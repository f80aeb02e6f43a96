import { serviceUnit } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { downMail, upMail } from "./disaster";
import type { Drill, DrillTools, MendTools } from "./drill";
import { DROPS_SERVICE, leaveDropInBackup, readDrop } from "./drops";
import { mustFleet } from "./fleet-command";
import { onMachine } from "./machine";
import type { Measures } from "./timeline";
import { awaitGreen, awaitMail, onlyTheseMails } from "./waiting";

const DATABASE = `${PATHS.serviceData}/${DROPS_SERVICE}/drops.db`;
const TABLE = "drops";
const GREEN_SECONDS = 240;

/** Python's words, in the one shell word that `python3 -c` is given. */
const inDatabase = (words: string): string =>
  `runuser -u $(stat -c %U ${DATABASE}) -- python3 -c "import sqlite3; base = sqlite3.connect(\\"${DATABASE}\\", timeout=10); ${words}"`;

/** A table is dropped by hand; it alone comes back, and the rest of the database stays. */
const run = async (tools: DrillTools): Promise<Measures> => {
  const { timeline, signal } = tools;
  const drop = await leaveDropInBackup(tools);
  signal.throwIfAborted();
  await onMachine(tools, "primary", inDatabase(`base.execute(\\"drop table ${TABLE}\\")`));
  const lost = timeline.mark(`the table ${TABLE} is dropped`);
  const alert = await awaitMail(tools, downMail(DROPS_SERVICE));
  const alerted = timeline.mark("the alert is in the inbox", alert.subject);

  const begun = timeline.mark(`./fleet restore ${DROPS_SERVICE} --table ${TABLE}`);
  await mustFleet(tools, "restore", DROPS_SERVICE, "--table", TABLE);
  const restored = timeline.mark("restored, and healthy");
  await readDrop(tools, drop);
  timeline.mark("the secret is there");
  await awaitGreen(tools, GREEN_SECONDS);
  const clear = await awaitMail(tools, upMail(DROPS_SERVICE));
  timeline.mark("the all-clear is in the inbox", clear.subject);
  await onlyTheseMails(tools, [downMail(DROPS_SERVICE), upMail(DROPS_SERVICE)]);
  return { "loss to alert": alerted - lost, "restore command": restored - begun };
};

/** The service makes its table where there is none, once it starts. */
const mend = async (tools: MendTools): Promise<void> => {
  const count = inDatabase(
    `print(base.execute(\\"select count(*) from sqlite_master where name = '${TABLE}'\\").fetchone()[0])`,
  );
  if ((await onMachine(tools, "primary", count)) === "0")
    await mustFleet(tools, "restore", DROPS_SERVICE, "--table", TABLE);
  await onMachine(tools, "primary", `systemctl start ${serviceUnit(DROPS_SERVICE)}`);
};

export const drill: Drill = { run, mend };
