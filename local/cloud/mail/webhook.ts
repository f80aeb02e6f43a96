import { inLab } from "../lab/in-lab";
import { attempt } from "../machines/run-program";
import type { LabPaths } from "../paths";

/**
 * Posts JSON as an operator of the lab: by its DNS and its network, from which nothing reaches the
 * world.
 */
export const postFromLab =
  (paths: LabPaths) =>
  async (url: string, message: Readonly<Record<string, string>>): Promise<void> => {
    const { command, args, env } = inLab(paths, [
      "curl",
      "--silent",
      "--show-error",
      "--fail",
      "--proto",
      "=http,https",
      "--globoff",
      "--max-time",
      "10",
      "--output",
      "/dev/null",
      "--header",
      "content-type: application/json",
      "--data-binary",
      "@-",
      "--",
      url,
    ]);
    const { code, stderr } = await attempt(["setpriv", "--pdeathsig", "KILL", command, ...args], {
      env,
      input: JSON.stringify(message),
    });
    if (code !== 0) throw new Error(stderr.trim().replace(/^curl: \(\d+\) /, ""));
  };

export const postNowhere = (): Promise<void> =>
  Promise.reject(new Error("without machines there is no network to send it over"));
