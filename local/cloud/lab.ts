/**
 * What the `fleet` command may ask of the local DigitalOcean; nothing else of local/cloud is
 * imported from outside.
 */
import { checkHost } from "./host/check";
import { becomeNeutral } from "./host/neutral-process";
import { installPackages } from "./host/packages";
import type { Lab } from "./lab/contract";
import { destroy } from "./lab/destroy";
import { inLab } from "./lab/in-lab";
import { request } from "./lab/request";
import { start, status } from "./lab/start";
import { stop } from "./lab/stop";
import { ensureImage } from "./machines/image/build";

export type { FaultOption } from "./faults/kind";
export {
  type ActiveFault,
  type FaultKind,
  faultKinds,
  type FaultRequest,
  faultRequest,
} from "./faults/registry";
export type { HostReport } from "./host/report";
export type { Lab, LabOptions, LabStatus, Progress } from "./lab/contract";

/** What makes files and starts programs does so alike, whoever calls. */
const neutrally =
  <Args extends readonly unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    await becomeNeutral();
    return work(...args);
  };

export const lab: Lab = {
  checkHost: neutrally(checkHost),
  installPackages: neutrally(installPackages),
  ensureImage: neutrally(async (paths, progress) => {
    await ensureImage(paths.cache, progress);
  }),
  start: neutrally(start),
  status,
  stop: neutrally(stop),
  destroy: neutrally(destroy),
  inLab,
  request,
};
