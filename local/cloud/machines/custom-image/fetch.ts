import { inLab } from "../../lab/in-lab";
import type { LabPaths } from "../../paths";
import { attempt } from "../run-program";

/** Larger ones are not waited for. */
const LARGEST = 10 * 1024 ** 3;

const curl = (url: string, file: string): string[] => [
  "curl",
  "--silent",
  "--show-error",
  "--fail",
  "--location",
  "--max-redirs",
  "5",
  "--proto",
  "=http,https",
  "--globoff",
  "--max-filesize",
  String(LARGEST),
  "--connect-timeout",
  "10",
  "--speed-limit",
  "1024",
  "--speed-time",
  "30",
  "--max-time",
  "3600",
  "--output",
  file,
  "--",
  url,
];

/**
 * curl's exit code for --max-filesize, and what a process has that was ended by its file size
 * limit: servers need not say a length.
 */
const tooLarge = [63, 255];

/**
 * As an operator of the lab: by its DNS, from outside its firewalls; the world is not reachable.
 * Ends with this process.
 */
export const fetchImage = async (paths: LabPaths, url: string, file: string): Promise<void> => {
  const { command, args, env } = inLab(paths, [
    "prlimit",
    `--fsize=${LARGEST}`,
    ...curl(url, file),
  ]);
  const { code, stderr } = await attempt(["setpriv", "--pdeathsig", "KILL", command, ...args], {
    env,
  });
  if (tooLarge.includes(code)) throw new Error(`${url} is larger than ${LARGEST / 1024 ** 3} GiB`);
  if (code !== 0)
    throw new Error(
      `${url} could not be fetched: ${stderr
        .trim()
        .split("\n")
        .at(-1)!
        .replace(/^curl: \(\d+\) /, "")}`,
    );
};
