import { get } from "./ask.js";
import { afterEachCall } from "./button.js";
import { byId } from "./elements.js";
import { showFaults } from "./faults.js";
import { showHistory } from "./history.js";
import { showInbox } from "./inbox.js";
import { showMachines } from "./machines.js";
import { showNetwork, showRecords } from "./network.js";

const REFRESH_MS = 2000;

const refresh = async () => {
  const [status, { droplets }, ips, firewalls, { faults }, inbox, actions, calls] =
    await Promise.all([
      get("/local/status"),
      get("/v2/droplets?per_page=200"),
      get("/v2/reserved_ips?per_page=200"),
      get("/v2/firewalls?per_page=200"),
      get("/local/faults"),
      get("/local/inbox"),
      get("/v2/actions?per_page=15"),
      get("/local/calls"),
    ]);
  showMachines(droplets, faults);
  showFaults(faults, droplets);
  showInbox(inbox.mails);
  showNetwork(ips.reserved_ips, firewalls.firewalls);
  showHistory(actions.actions, calls.calls);
  await showRecords();
  byId("status").textContent = [
    status.machines ? "real machines" : "records only",
    `pace ${status.pace}`,
    `certificate authority ${status.acme}`,
    `API ${status.api}`,
    ...(status.helpers ?? [])
      .filter((one) => one.lastEnd)
      .map(
        (one) =>
          `${one.name} ended at ${one.lastEnd.at} (${one.lastEnd.how}), ${one.pid ? "runs again" : "is being started again"}`,
      ),
  ].join(" · ");
};

const loop = async () => {
  try {
    await refresh();
  } catch (error) {
    byId("status").textContent = `The cloud does not answer: ${error.message}`;
  }
  setTimeout(loop, REFRESH_MS);
};
afterEachCall(refresh);
void loop();
