import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What runs the drills each week. */
export const SCHEDULERS = ["systemd", "github"] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

interface Schedule {
  /** The project's folder. */
  readonly project: string;
  /** The stack whose relay and addresses the result is mailed by; left out: no mail. */
  readonly mailBy?: string;
}

/** Units of the machine that rehearses, none of the fleet's. */
const UNIT = "second-server-drills";
const REPORT = "drills.html";
const HISTORY = "drills.jsonl";
const STATE = `/var/lib/${UNIT}`;
/** Every drill, one after the other, takes an hour and a half on two cores. */
const HOURS = 4;

const drillWords = ({ mailBy }: Schedule, folder: string): string =>
  [
    "./fleet drill --all",
    `--report ${folder}/${REPORT}`,
    `--history ${folder}/${HISTORY}`,
    ...(mailBy === undefined ? [] : [`--mail ${mailBy}`]),
  ].join(" ");

const systemdFiles = (schedule: Schedule): ReadonlyMap<string, string> =>
  new Map([
    [
      `${UNIT}.service`,
      `[Unit]
Description=Rehearse every disaster of the fleet on a local DigitalOcean
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory=${schedule.project}
StateDirectory=${UNIT}
Environment=FLEET_STATE=${STATE}/cloud
# PULUMI_CONFIG_PASSPHRASE_FILE=…, for the relay's password.
EnvironmentFile=-/etc/${UNIT}.conf
ExecStart=/bin/sh -ec './fleet up && ${drillWords(schedule, STATE)}'
ExecStopPost=-/bin/sh -c './fleet destroy'
TimeoutStartSec=${HOURS}h
`,
    ],
    [
      `${UNIT}.timer`,
      `[Unit]
Description=Rehearse every disaster of the fleet each week

[Timer]
OnCalendar=Sun 03:00
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`,
    ],
  ]);

const githubFiles = (schedule: Schedule): ReadonlyMap<string, string> =>
  new Map([
    [
      ".github/workflows/drills.yml",
      `name: drills
on:
  schedule:
    - cron: "0 3 * * 0"
  workflow_dispatch:
permissions:
  contents: read
concurrency: drills
jobs:
  drills:
    # Debian 12 or later with root, two cores, 4 GB of free memory: README.md.
    runs-on: [self-hosted, linux, x64]
    timeout-minutes: ${HOURS * 60}
    env:
      FLEET_STATE: \${{ runner.temp }}/fleet
      PULUMI_CONFIG_PASSPHRASE: \${{ secrets.PULUMI_CONFIG_PASSPHRASE }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version-file: .nvmrc
      - run: npm ci
      - run: ./fleet up
      - run: ${drillWords(schedule, ".")}
      - if: always()
        run: ./fleet destroy
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: drills
          path: ${REPORT}
`,
    ],
  ]);

const files: Readonly<Record<Scheduler, (schedule: Schedule) => ReadonlyMap<string, string>>> = {
  systemd: systemdFiles,
  github: githubFiles,
};

/** The files of a weekly rehearsal, by their path below the project. */
export const scheduleFiles = (
  scheduler: Scheduler,
  schedule: Schedule,
): ReadonlyMap<string, string> => files[scheduler](schedule);

const NEXT: Readonly<Record<Scheduler, readonly string[]>> = {
  systemd: [
    "As root, from the project's folder:",
    `  install -m 644 ${UNIT}.service ${UNIT}.timer /etc/systemd/system/`,
    `  systemctl daemon-reload && systemctl enable --now ${UNIT}.timer`,
  ],
  github: [
    "Commit it. It needs a runner of your own (a hosted one starts no machines), and the secret",
    "PULUMI_CONFIG_PASSPHRASE where the relay has a password.",
  ],
};

/** Writes the files; @returns what to say: which they are, and what is left to do. */
export const writeSchedule = (scheduler: Scheduler, schedule: Schedule): readonly string[] => {
  const written = [...scheduleFiles(scheduler, schedule)].map(([path, text]) => {
    const file = join(schedule.project, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return `written: ${path}`;
  });
  return [...written, ...NEXT[scheduler]];
};
