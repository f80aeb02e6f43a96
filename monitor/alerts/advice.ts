import { serviceUnit, UNITS } from "@second-server/contract/names";

import { type Advice, logs, onMachine, runbook } from "../checks/advice";
import { kindOf } from "../checks/kinds";
import type { Watched } from "./check-state";

const primaryDark: Advice = {
  wrong: "The primary can't be reached",
  affects:
    "everything that visitors see. The status page and the backups are on the watcher and go on.",
  steps: [
    {
      say: "Do the services answer from where you are? Then only the way between the two machines is broken. Else: is the droplet off, or on and silent?",
      run: "./fleet status",
    },
    {
      say: "Off: power it on in DigitalOcean's panel, or with doctl compute droplet-action power-on ID; nothing else is needed.",
    },
    {
      say: "On and silent: read its console's last lines, then power-cycle it.",
      run: "./fleet logs primary --boot",
    },
    {
      say: "Gone, or its disk is broken: rebuild it from the newest backup.",
      run: "./fleet recover primary",
    },
    runbook("primary-dark"),
  ],
};

const watcherDark: Advice = {
  wrong: "The watcher does not answer as it should",
  affects:
    "nothing that visitors of the services see. Without an answer the status page is dark, nobody watches and no backup is taken; one that answers with an error can't write its history, nor say so itself. This mail comes from the primary.",
  steps: [
    { say: "Is the droplet off, or on and silent?", run: "./fleet status" },
    {
      say: "Off: power it on in DigitalOcean's panel, or with doctl compute droplet-action power-on ID.",
    },
    { say: "On: does the Observatory run?", run: logs("watcher", UNITS.observatory) },
    { say: "Gone, or its disk is broken: rebuild it.", run: "./fleet recover watcher" },
    runbook("watcher-lost"),
  ],
};

const nginxDown: Advice = {
  wrong: "nginx on the primary does not answer",
  affects: "every service by its public name; the programs behind nginx may be well.",
  steps: [
    { say: "Why did it stop?", run: logs("primary", UNITS.nginx) },
    { say: "Is its configuration in order?", run: onMachine("primary", "sudo nginx -t") },
    { say: "Start it.", run: onMachine("primary", `sudo systemctl restart ${UNITS.nginx}`) },
  ],
};

const serviceDown = (name: string, url: string): Advice => ({
  wrong: `${name} does not answer as it should`,
  affects: `visitors of ${url}; the other services are not part of this alert.`,
  steps: [
    { say: "Why?", run: logs("primary", name) },
    {
      say: "The watchdog restarts a program that runs without answering; what did it do?",
      run: logs("primary", UNITS.watchdog),
    },
    {
      say: "Restart it by hand.",
      run: onMachine("primary", `sudo systemctl restart ${serviceUnit(name)}`),
    },
    runbook("service-down"),
  ],
});

/** By what the check stands for; where it stands for itself only, by its kind. */
export const adviceFor = ({ check, layer, machine, service }: Watched): Advice => {
  if (layer === "primary" && check.kind !== "icmp")
    return machine === "primary" ? primaryDark : watcherDark;
  if (layer === "nginx" && machine === "primary") return nginxDown;
  if (layer === "service" && service !== undefined && check.kind === "http")
    return serviceDown(service, new URL(check.url).origin);
  return kindOf(check).advice(check, machine);
};
