import { unitCheck } from "@second-server/contract/checks";
import { AGENT, ROUTES, UNITS } from "@second-server/contract/names";

import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET } from "../cli/verify/verdict";
import { until } from "../cli/wait";
import { downMail, upMail } from "./disaster";
import type { DrillTools, MendTools } from "./drill";
import { mustFleet } from "./fleet-command";
import { onMachine } from "./machine";
import { awaitMail } from "./waiting";

/** Nobody misses it within a drill, and nothing starts it again. */
const UNIT = UNITS.certbot;
const CHECK = unitCheck("primary", UNIT);
const SECONDS = 120;

interface Incident {
  readonly id: number;
  readonly name: string;
  readonly opened: string;
  readonly acknowledged?: string;
}

const incidentOf = async ({ context, fleet }: MendTools): Promise<Incident | undefined> => {
  const url = `https://${fleet.status.host}${ROUTES.status}`;
  const [answer] = await probeAll(context, [{ name: STATUS_TARGET, url, status: 200 }]);
  if (!answer?.ok) return undefined;
  const { incidents } = JSON.parse(answer.body ?? "{}") as {
    readonly incidents?: readonly Incident[];
  };
  return incidents?.find(({ name }) => name === CHECK);
};

export interface OpenIncident {
  readonly incident: Incident;
  /** Rejects where the Observatory does not know it any more as it was. */
  readonly isKnown: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Something small breaks, is told of and acknowledged, and stays broken; the history is copied. */
export const openIncident = async (tools: DrillTools): Promise<OpenIncident> => {
  await onMachine(tools, "primary", `systemctl stop ${UNIT}`);
  await awaitMail(tools, downMail(CHECK));
  const seen = await until(() => incidentOf(tools), { seconds: SECONDS });
  if (seen === undefined) throw new Error(`the status page has no incident of ${CHECK}`);
  await mustFleet(tools, "ack", String(seen.id));
  const incident = await until(
    async () => {
      const now = await incidentOf(tools);
      return now?.acknowledged === undefined ? undefined : now;
    },
    { seconds: SECONDS },
  );
  if (incident === undefined) throw new Error(`the incident ${seen.id} is not acknowledged`);
  await onMachine(tools, "watcher", `${AGENT} backup send-history`);
  return {
    incident,
    isKnown: async () => {
      const now = await until(() => incidentOf(tools), { seconds: SECONDS });
      const facts = ({ id, opened, acknowledged }: Incident): string =>
        JSON.stringify({ id, opened, acknowledged });
      if (now === undefined || facts(now) !== facts(incident))
        throw new Error(
          `the incident was ${facts(incident)}, and is ${now === undefined ? "not known" : facts(now)}`,
        );
    },
    close: async () => {
      await closeIncident(tools);
      await awaitMail(tools, upMail(CHECK));
    },
  };
};

export const closeIncident = async (tools: MendTools): Promise<void> => {
  await onMachine(tools, "primary", `systemctl start ${UNIT}`);
};
