import type { LabPaths } from "../paths";
import { kernelProblems } from "./kernel";
import { networkProblem, vethProblem } from "./network";
import { onPath } from "./on-path";
import { missingPackages } from "./packages";
import { limitProblems } from "./process-limits";
import type { HostProblem, HostReport } from "./report";
import { spaceProblem } from "./space";

/** What this host lacks to run machines. Changes nothing (but may load a kernel module). */
export const checkHost = async (paths?: LabPaths): Promise<HostReport> => {
  const elsewhere =
    "use ./fleet preview and the fast tests here; machines need Debian 12 or 13, x86-64, as root";
  if (process.platform !== "linux")
    return {
      missingPackages: [],
      problems: [{ problem: `this is ${process.platform}, not Linux`, remedy: elsewhere }],
    };
  const problems: HostProblem[] = [];
  if (process.arch !== "x64")
    problems.push({
      problem: `this is ${process.arch}; the base image is x86-64`,
      remedy: elsewhere,
    });
  if (process.getuid?.() !== 0)
    return {
      missingPackages: await missingPackages(),
      problems: [...problems, { problem: "not root", remedy: "run it as root (sudo)" }],
    };
  problems.push(
    ...(await kernelProblems()),
    ...(await networkProblem()),
    ...(await vethProblem()),
    ...(await spaceProblem(paths)),
    ...(await limitProblems()),
  );
  const missing = await missingPackages();
  if (missing.length && !(await onPath("apt-get")))
    problems.push({
      problem: `missing programs, and no apt-get to install: ${missing.join(", ")}`,
      remedy: "install them by your distribution's means",
    });
  return { missingPackages: missing, problems };
};
