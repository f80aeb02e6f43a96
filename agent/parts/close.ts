import { rmSync } from "node:fs";

import { PATHS } from "@second-server/contract/paths";

import { writeWhole } from "../files";
import { writeHistory } from "../history";
import type { Machine } from "../machine";
import { readApplied } from "../record";
import { servicesOf } from "./part";

const page = (
  service: string,
): string => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${service}: back soon</title><body style="font-family:sans-serif;max-width:36em;margin:4em auto;padding:0 1em">
<h1>Back soon</h1><p>${service} is being worked on. Please try again in a few minutes.</p></html>
`;

/** `fleet-agent close|open SERVICE`: nginx looks for the page with each request, so neither takes a reload. It stays closed over a reboot. */
export const setClosed = (machine: Machine, service: string, isClosed: boolean): void => {
  const services = readApplied(machine) ? servicesOf(readApplied(machine)!.release) : [];
  if (!services.includes(service))
    throw new Error(
      `fleet-agent: there is no service "${service}". Known: ${services.join(", ")}.`,
    );
  const path = machine.at(`${PATHS.closed}/${service}.html`);
  if (isClosed) writeWhole(path, page(service), 0o644);
  else rmSync(path, { force: true });
  writeHistory(machine, { what: isClosed ? "closed" : "opened", service });
  machine.log(
    isClosed
      ? `service ${service}: its visitors are told that it is being worked on (503)`
      : `service ${service}: its visitors are let in`,
  );
};
