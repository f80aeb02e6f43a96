import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { FAILOVER_SCOPES } from "@second-server/contract/failover";

import type { FleetFacts } from "../config/fleet";
import type { Context } from "./context";
import { call, loadLab } from "./lab";

const NAME = "failover";
/** Beside the owner's: it goes with the cloud. */
const fileOf = ({ paths }: Pick<Context, "paths">): string =>
  join(dirname(paths.token), "failover-token");

/** The token that the local DigitalOcean has made for the watcher; undefined before there is one. */
export const lentToken = (context: Pick<Context, "paths">): string | undefined =>
  existsSync(fileOf(context)) ? readFileSync(fileOf(context), "utf8").trim() : undefined;

/**
 * On the real DigitalOcean the owner makes a token with these scopes in the control panel; the API
 * has no call for it. In the local one it is made here, once.
 */
export const lendToken = async (context: Context, { failover }: FleetFacts): Promise<void> => {
  if (failover === undefined || !context.local) return;
  const lab = await loadLab();
  const { tokens } = (await call(lab, context, "GET", "/local/tokens")) as {
    readonly tokens: readonly { readonly name: string }[];
  };
  if (lentToken(context) !== undefined && tokens.some(({ name }) => name === NAME)) return;
  const { token } = (await call(lab, context, "POST", "/local/tokens", {
    name: NAME,
    scopes: FAILOVER_SCOPES,
  })) as { readonly token: { readonly value: string } };
  writeFileSync(fileOf(context), `${token.value}\n`, { mode: 0o600 });
};
