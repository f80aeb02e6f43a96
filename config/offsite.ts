import type { OffsitePlace } from "@second-server/contract/backups";

import type { Settings } from "./settings";

/** Without its secret, whose value only the engine knows. */
export type OffsiteFacts = Omit<OffsitePlace, "secret"> & { readonly needsSecret: boolean };

/** A third place, as the stack's settings have it; undefined where they name none. */
export const offsiteFacts = ({
  offsite: address,
  "offsite-user": user,
  "offsite-host-key": hostKey,
  "offsite-append-only": appendOnly,
}: Settings): OffsiteFacts | undefined =>
  address === undefined
    ? undefined
    : {
        address,
        ...(user !== undefined && { user }),
        ...(hostKey !== undefined && { hostKey }),
        ...(appendOnly === "true" && { appendOnly: true }),
        needsSecret: !address.startsWith("rest:") || user !== undefined,
      };

/** What such a place needs besides, of the stack's settings. */
export const offsiteProblems = (
  offsite: OffsiteFacts | undefined,
): readonly { readonly path: string; readonly text: string }[] => {
  if (offsite === undefined) return [];
  const { address, user, hostKey } = offsite;
  if (address.startsWith("s3:") && user === undefined)
    return [{ path: "offsite-user", text: `is not set, and ${address} needs it: the access key.` }];
  if (address.startsWith("sftp:") && hostKey === undefined)
    return [
      {
        path: "offsite-host-key",
        text: `is not set, and ${address} needs it: the server's "ssh-ed25519 AAAA…". Ask its provider, or: ssh-keyscan -t ed25519 HOST`,
      },
    ];
  return [];
};
