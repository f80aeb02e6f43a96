import { serviceUnit } from "@second-server/contract/names";

import type { FleetFacts, ServiceFacts } from "../config/fleet";
import { disaster } from "./disaster";
import type { Disaster, Drill, MendTools } from "./drill";
import { onMachine } from "./machine";
import { servicesAnswer } from "./visitors";

/** Of this boot only: a reboot mends it. */
export const PROGRAM = "/run/fleet-drill.js";

/** A service with a process and nothing that it could lose. */
export const victimOf = ({ services }: FleetFacts): ServiceFacts => {
  const found = services.find(
    ({ port, user, data, streaming }) =>
      port !== undefined && user !== undefined && data.length === 0 && !streaming,
  );
  if (found) return found;
  throw new Error(
    "this drill spoils a service that has a process and no data, and fleet.yaml has none",
  );
};

const dropInOf = (service: string): string =>
  `/run/systemd/system/${serviceUnit(service)}.d/90-drill.conf`;

/** What is run in the service's place. */
export interface Spoiled {
  /** JavaScript for Node; it finds its port in PORT. */
  readonly program?: string;
  /** Instead of a program: the command line. */
  readonly command?: string;
  /** More lines of the unit's [Service] section. */
  readonly settings?: readonly string[];
}

const spoil = async (
  tools: MendTools,
  service: string,
  { program = "", command = `/usr/bin/node ${PROGRAM}`, settings = [] }: Spoiled,
): Promise<void> => {
  const dropIn = dropInOf(service);
  const lines = ["[Service]", "ExecStart=", `ExecStart=${command}`, ...settings];
  await onMachine(
    tools,
    "primary",
    [
      `printf %s ${Buffer.from(program).toString("base64")} | base64 -d > ${PROGRAM}`,
      `chmod 644 ${PROGRAM}`,
      `mkdir -p $(dirname ${dropIn})`,
      `printf %s ${Buffer.from(`${lines.join("\n")}\n`).toString("base64")} | base64 -d > ${dropIn}`,
      "systemctl daemon-reload",
      // What never comes up would be waited for.
      `systemctl restart --no-block ${serviceUnit(service)}`,
    ].join("\n"),
  );
};

const unspoil = async (tools: MendTools, service: string): Promise<void> => {
  const dropIn = dropInOf(service);
  await onMachine(
    tools,
    "primary",
    [
      `rm -f ${PROGRAM}`,
      `[ -e ${dropIn} ] || exit 0`,
      `rm -r $(dirname ${dropIn})`,
      "systemctl daemon-reload",
      `systemctl restart ${serviceUnit(service)}`,
    ].join("\n"),
  );
};

/** One service goes wrong by its own fault: it is told, and the others go on. */
export const spoiledService = (what: string, how: Spoiled, more: Partial<Disaster> = {}): Drill =>
  disaster({
    takes: "a service",
    broken: what,
    breakIt: (tools) => spoil(tools, victimOf(tools.fleet).name, how),
    alertOf: ({ fleet }) => victimOf(fleet).name,
    meanwhile: (tools) => servicesAnswer(tools, [victimOf(tools.fleet).name]),
    mended: "the service is what it was",
    mend: (tools) => unspoil(tools, victimOf(tools.fleet).name),
    ...more,
  });
