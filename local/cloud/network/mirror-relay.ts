import { connect, createServer } from "node:net";

import { mirrorSocket } from "../lab/processes";
import type { LabPaths } from "../paths";
import { addresses } from "./addresses";

/**
 * What machines take for a Debian mirror: pipes bytes from the lab's network to a unix socket,
 * which is all that leads out of it (path sockets cross network namespaces). Has to run in the
 * router's namespace.
 */
export const startMirrorRelay = async (paths: LabPaths): Promise<{ close(): Promise<void> }> => {
  const server = createServer((guest) => {
    const host = connect({ path: mirrorSocket(paths) });
    // Either side's end is the other's: a machine whose power is cut closes nothing.
    const end = (): void => {
      guest.destroy();
      host.destroy();
    };
    guest.once("error", end).once("close", end);
    host.once("error", end).once("close", end);
    guest.pipe(host).pipe(guest);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(80, addresses.mirror, resolve);
  });
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
};
