import { rebootCheck, upgradeCheck } from "@second-server/contract/checks";
import { ROUTES, UNITS } from "@second-server/contract/names";
import { PATHS } from "@second-server/contract/paths";

import { probeAll } from "../cli/verify/probe";
import { STATUS_TARGET } from "../cli/verify/verdict";
import { until } from "../cli/wait";
import type { Drill, DrillTools, MendTools } from "./drill";
import { onMachine } from "./machine";
import type { Measures } from "./timeline";
import { servicesAnswer } from "./visitors";
import { awaitGreen, newMails } from "./waiting";

const UPGRADE_SECONDS = 900;
const BACK_SECONDS = 300;
const TOLD_SECONDS = 240;
/** nginx, Node and Python have the first; D-Bus, which nothing restarts, has the second. */
const PACKAGES = ["libssl3t64", "libexpat1"] as const;
const FOLDER = "/var/tmp/fleet-drill-upgrade";
const SOURCES = "/etc/apt/sources.list.d/fleet-drill.list";
const OUTCOME = `${PATHS.upgrades}/last.json`;
/** A file of this boot: gone, the machine has started anew. */
const BOOT_FILE = "/run/fleet-drill-boot";
/** An announcement is told, at most once an hour. */
const ANNOUNCED_MAIL = /The primary announced maintenance/;

/** The same packages by a higher version, in an archive that says it is Debian's security archive. */
const PUBLISH = [
  `mkdir -p ${FOLDER}/new ${FOLDER}/old && cd ${FOLDER}/old`,
  "chmod 755 .. ../new . && apt-get -q update >/dev/null",
  `apt-get -q download ${PACKAGES.map((name) => `${name}=$(dpkg-query -W -f '\${Version}' ${name})`).join(" ")} >/dev/null`,
  `for deb in *.deb; do rm -rf ../tree; dpkg-deb -R $deb ../tree; (cd ../tree/DEBIAN && sed -i 's/^Version: .*/&+drill/' control); dpkg-deb -Znone -b ../tree ../new >/dev/null; done`,
  `cd ../new && apt-ftparchive packages . >Packages`,
  `apt-ftparchive ${["Origin=Debian", "Label=Debian-Security", "Suite=stable-security", 'Codename="$(. /etc/os-release; echo $VERSION_CODENAME)-security"'].map((word) => `-o APT::FTPArchive::Release::${word}`).join(" ")} release . >Release.new && mv Release.new Release`,
  `echo 'deb [trusted=yes] file:${FOLDER}/new ./' >${SOURCES}`,
  "apt-get -q update >/dev/null",
  `rm -f /var/lib/apt/periodic/upgrade-stamp /var/lib/apt/periodic/unattended-upgrades-stamp ${OUTCOME}`,
].join("; ");

/** Units with a process that still has what is no longer there. */
const STALE = `grep -lE '/(libssl|libexpat)\\.so.*\\(deleted\\)' /proc/[0-9]*/maps 2>/dev/null | while IFS=/ read -r _ _ pid _; do sed -n 's#.*/##p' /proc/$pid/cgroup; done | sort -u`;

const MEND = [
  `rm -f ${SOURCES} ${BOOT_FILE}`,
  `if [ -d ${FOLDER}/old ]; then DEBIAN_FRONTEND=noninteractive apt-get -q -y --allow-downgrades -o DPkg::Lock::Timeout=300 install ${FOLDER}/old/*.deb >/dev/null; apt-get -q update >/dev/null; rm -rf ${FOLDER}; fi`,
].join("; ");

const said = async ({ context, fleet }: DrillTools): Promise<ReadonlyMap<string, string>> => {
  const target = {
    name: STATUS_TARGET,
    url: `https://${fleet.status.host}${ROUTES.status}`,
    status: 200,
  };
  const [answer] = await probeAll(context, [target]);
  const { checks = [] } = JSON.parse(answer?.body ?? "{}") as {
    readonly checks?: readonly { readonly id: string; readonly detail?: string }[];
  };
  return new Map(checks.map(({ id, detail = "" }) => [id, detail]));
};

/** What the Observatory says of a check, as status page and report have it. */
const awaitSaid = async (tools: DrillTools, check: string, pattern: RegExp): Promise<string> => {
  const found = await until(async () => pattern.exec((await said(tools)).get(check) ?? "")?.[0], {
    seconds: TOLD_SECONDS,
    everyMs: 2000,
  });
  if (found !== undefined) return found;
  throw new Error(`${check} does not say ${pattern}: ${(await said(tools)).get(check)}`);
};

const upgrade = async (tools: DrillTools): Promise<number> => {
  const { timeline, signal } = tools;
  await onMachine(tools, "primary", PUBLISH);
  signal.throwIfAborted();
  const published = timeline.mark(`a security archive has ${PACKAGES.join(" and ")} anew`);
  // It may start systemd itself anew, which ends whoever waits by it.
  await onMachine(tools, "primary", `systemctl start --no-block ${UNITS.upgrades}`);
  const done = await until(
    () =>
      onMachine(tools, "primary", `test -s ${OUTCOME}`).then(
        () => true as const,
        () => undefined,
      ),
    { seconds: UPGRADE_SECONDS, everyMs: 1000 },
  );
  signal.throwIfAborted();
  if (!done) throw new Error(`no upgrade has ended within ${UPGRADE_SECONDS} s`);
  const upgraded = timeline.mark("they have installed themselves");
  const stale = (await onMachine(tools, "primary", STALE)).split("\n").filter(Boolean);
  const late = stale.filter((unit) => /^(nginx|fleet-)/.test(unit));
  if (late.length > 0) throw new Error(`not restarted onto the libraries: ${late.join(", ")}`);
  await servicesAnswer(tools);
  // What the Observatory says names the first few.
  const outcome = await onMachine(tools, "primary", `cat ${OUTCOME}`);
  if (!/"nginx"/.test(outcome)) throw new Error(`nginx was not restarted: ${outcome}`);
  const told = await awaitSaid(tools, upgradeCheck("primary"), /last upgraded.*restarted: .*/);
  timeline.mark("the Observatory says what was upgraded and restarted", told);
  return upgraded - published;
};

const reboot = async (tools: DrillTools): Promise<number> => {
  const { timeline } = tools;
  await awaitSaid(tools, rebootCheck("primary"), /a reboot is pending/);
  const asked = timeline.mark("a reboot is asked for, and said");
  await onMachine(
    tools,
    "primary",
    `touch ${BOOT_FILE}; systemctl start --no-block ${UNITS.upgradeReboot}`,
  );
  const back = await until(
    () =>
      onMachine(
        tools,
        "primary",
        `[ -e ${BOOT_FILE} ] || { systemctl is-system-running --wait >/dev/null 2>&1; echo anew; }`,
      ).then(
        (text) => text === "anew" || undefined,
        () => undefined,
      ),
    { seconds: BACK_SECONDS, everyMs: 1000 },
  );
  if (!back) throw new Error(`the primary has not rebooted within ${BACK_SECONDS} s`);
  timeline.mark("the primary has rebooted, as in its window");
  await servicesAnswer(tools);
  const pending = await onMachine(tools, "primary", "ls /run/reboot-required 2>/dev/null || true");
  if (pending !== "") throw new Error("the reboot is still asked for");
  await awaitGreen(tools, BACK_SECONDS);
  const green = timeline.mark("every service answers and is observed");
  return green - asked;
};

/**
 * A library that everything has is upgraded by Debian's own way; what runs is brought onto it, and
 * what can't be is rebooted for.
 */
const run = async (tools: DrillTools): Promise<Measures> => {
  const upgraded = await upgrade(tools);
  tools.signal.throwIfAborted();
  const rebooted = await reboot(tools);
  const others = (await newMails(tools)).filter(({ subject }) => !ANNOUNCED_MAIL.test(subject));
  if (others.length > 0)
    throw new Error(`no mail was to come, and there is "${others[0]!.subject}"`);
  return { "upgrade with its restarts": upgraded, "reboot to all green": rebooted };
};

const mend = async (tools: MendTools): Promise<void> => {
  await onMachine(tools, "primary", MEND);
};

export const drill: Drill = { run, mend };
