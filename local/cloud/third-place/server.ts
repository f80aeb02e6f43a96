import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Authority } from "../acme/authority";
import { hostEnvironment } from "../host/environment";
import { onPath } from "../host/on-path";
import { addresses } from "../network/addresses";
import type { LabPaths } from "../paths";
import { type Helper, supervise } from "../supervise";

/** Debian's rclone, which speaks restic's REST protocol. */
const PROGRAM = "rclone";
/** It is installed where somebody wants a third place, which may be while this cloud runs. */
const LOOK_MS = 2000;
const PORT = 8000;
const USER = "fleet";
const PASSWORD = "local";

const installed = async (): Promise<void> => {
  while (!(await onPath(PROGRAM)))
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LOOK_MS).unref();
    });
};

/** It ends with this process, so that a new daemon begins with one of its own; what it has stays. */
const start = async (paths: LabPaths, tls: Authority): Promise<ChildProcess> => {
  await installed();
  const folder = join(paths.state, "cloud", "third-place");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return spawn(
    "setpriv",
    [
      ...["--pdeathsig", "KILL", PROGRAM, "serve", "restic", folder],
      ...["--addr", `${addresses.api}:${PORT}`],
      ...["--cert", tls.certificateFile, "--key", tls.keyFile],
    ],
    {
      cwd: "/",
      env: { ...hostEnvironment(), RCLONE_CONFIG: "", RCLONE_USER: USER, RCLONE_PASS: PASSWORD },
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
};

/**
 * A provider's storage outside of this cloud, such as a fleet's backups are copied to: what is in it
 * outlives every machine. rest:https://offsite.lab.test:8000/, the user "fleet", the password
 * "local".
 */
export const keepThirdPlace = (
  paths: LabPaths,
  tls: Authority,
  log: (line: string) => void,
): Helper => supervise({ name: "third place", start: () => start(paths, tls), log });
