import { rmSync } from "node:fs";
import { isIPv4 } from "node:net";

import { messageOf } from "@second-server/contract/caught";
import { UNITS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { sendBack } from "../apply/stand-in";
import { writeWhole } from "../files";
import { type Machine, must } from "../machine";
import { note } from "../record";
import { systemctl } from "../systemd";
import { type Writers, isFrozen, portsOf, stopTimer, thaw, writersOf } from "./freeze";
import { handedOnTo } from "./handed-on";

const ANSWER_SECONDS = 5;
/** Who has a stream open at the stand-in goes on there: it is passed on as well. */
const PATIENCE_SECONDS = 2;

/**
 * At the port of its own process, a service's visitors get the other primary's answer, by its
 * public name and certificate: also those who have been waiting since before.
 */
export const relayText = (writers: Writers, address: string): string =>
  writers.services
    .flatMap((service) => {
      const [port] = portsOf(writers.release, service);
      const url = writers.release.publicProbes?.find((one) => one.service === service)?.url;
      if (port === undefined || url === undefined) return [];
      const { hostname } = new URL(url);
      return [
        `upstream ${service}.handed-on {`,
        `    server ${address}:443;`,
        "    keepalive 32;",
        "}",
        "server {",
        `    listen 127.0.0.1:${port};`,
        "    client_max_body_size 0;",
        "    location / {",
        `        proxy_pass https://${service}.handed-on;`,
        "        proxy_http_version 1.1;",
        `        proxy_set_header Host ${hostname};`,
        "        proxy_set_header Upgrade $http_upgrade;",
        "        proxy_set_header Connection $connection_upgrade;",
        "        proxy_ssl_server_name on;",
        `        proxy_ssl_name ${hostname};`,
        "        proxy_ssl_verify on;",
        "        proxy_ssl_verify_depth 4;",
        "        proxy_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;",
        "        proxy_request_buffering off;",
        "        proxy_buffering off;",
        "        proxy_read_timeout 1h;",
        "        proxy_redirect off;",
        "    }",
        "}",
      ];
    })
    .map((line) => `${line}\n`)
    .join("");

/** Through the relay, what a visitor of each service gets; rejects with the first wrong answer. */
const askThrough = async (machine: Machine, { release, services }: Writers): Promise<void> => {
  const deadline = machine.now().getTime() + ANSWER_SECONDS * 1000;
  const answerOf = async (url: string): Promise<string> => {
    try {
      return `status ${(await machine.ask(url, ANSWER_SECONDS * 1000)).status}`;
    } catch (error) {
      return messageOf(error);
    }
  };
  for (const { url, status } of release.probes.filter(({ service }) => services.includes(service)))
    for (;;) {
      const answer = await answerOf(url);
      if (answer === `status ${status}`) break;
      if (machine.now().getTime() >= deadline)
        throw new Error(`${url}, passed on to the new primary, answered ${answer}, not ${status}`);
      await machine.sleep(100);
    }
};

const relay = async (machine: Machine, writers: Writers, address: string): Promise<void> => {
  writeWhole(machine.at(PATHS.handedOnSite), relayText(writers, address), 0o644);
  await must(machine, ["nginx", "-t"]);
  await systemctl(machine, "reload", [UNITS.nginx]);
  await askThrough(machine, writers);
};

/**
 * What was frozen here goes on at another primary, which has all that was written: from now on this
 * one only passes its visitors on, those who wait first, and after a reboot too. Where that one does
 * not answer, this one serves again.
 */
export const handOn = async (machine: Machine, address: string): Promise<void> => {
  if (!isIPv4(address)) throw new Error(`fleet-agent hand-on: "${address}" is no address.`);
  if (handedOnTo(machine) === address) return machine.log(`handed on to ${address} already`);
  if (!isFrozen(machine))
    throw new Error(
      "fleet-agent hand-on: nothing is frozen here (any more): what was written since is not at the other primary.",
    );
  const writers = writersOf(machine);
  // The freeze's own end waits for this one's, however it ends.
  try {
    await relay(machine, writers, address);
    await must(machine, ["systemctl", "disable", "--quiet", "--", ...writers.units]);
  } catch (error) {
    await thaw(machine);
    throw error;
  }
  writeWhole(machine.at(PATHS.handedOn), `${address}\n`, 0o600);
  await must(machine, ["sync"]);
  await stopTimer(machine);
  for (const handover of writers.held) await sendBack(machine, handover, PATIENCE_SECONDS);
  rmSync(machine.at(PATHS.frozen), { force: true });
  note(machine, `handed on to ${address}`);
  machine.log(`handed on to ${address}: visitors are passed on`);
};
