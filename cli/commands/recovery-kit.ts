import { readFileSync } from "node:fs";

import { SECRETS } from "@second-server/contract/names";
import type { Command } from "commander";

import { readStackConfig } from "../../config/load";
import { PROJECT } from "../../config/stack-config";
import { type CommonOptions, type Context, common, contextOf } from "../context";
import { readSecretOutputs } from "../engine/outputs";
import { readResources, stateFile } from "../engine/state";
import { cannotRun } from "../errors";
import { type RecoveryKit, kitText } from "../kit";
import { loadManifest } from "../manifest";
import { openSettings, orRefuse } from "../stack-settings";

const passphraseOf = ({ local }: Context): string => {
  if (local) return "local";
  const { PULUMI_CONFIG_PASSPHRASE: given, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (given !== undefined) return given;
  return file === undefined ? "" : readFileSync(file, "utf8").trim();
};

/** What this very paper says besides. */
const ON_PAPER: readonly string[] = [SECRETS.offsiteSecret, SECRETS.repositoryPassword];
/** Lent by the local cloud, and by nobody else. */
const lent = ({ local }: Context): readonly string[] => (local ? [SECRETS.failoverToken] : []);

const kitOf = async (context: Context): Promise<RecoveryKit> => {
  const { name, domain, offsite } = await loadManifest(context);
  if ((await readResources(context)) === undefined)
    throw cannotRun(
      `fleet recovery-kit: the stack "${context.stack}" has not been made yet. Make it with: ./fleet up${context.local ? "" : ` --stack ${context.stack}`}`,
    );
  const { repositoryPassword } = await readSecretOutputs(context);
  if (repositoryPassword === undefined)
    throw cannotRun(
      "fleet recovery-kit: the stack was last brought up by an earlier version, which does not say what opens its backups. Run ./fleet up once.",
    );
  const settings = await openSettings("recovery-kit", context);
  const secret = await orRefuse("recovery-kit", () =>
    settings.get(`${PROJECT}:${SECRETS.offsiteSecret}`),
  );
  const written = readStackConfig(context.project, context.stack);
  return {
    stack: context.stack,
    fleet: name,
    domain,
    state: stateFile(context) ?? process.env["PULUMI_BACKEND_URL"] ?? "",
    passphrase: passphraseOf(context),
    ...(offsite && {
      thirdPlace: {
        address: offsite.address,
        ...(offsite.user !== undefined && { user: offsite.user }),
        ...(offsite.hostKey !== undefined && { hostKey: offsite.hostKey }),
        ...(offsite.appendOnly && { appendOnly: true }),
        ...(typeof secret === "string" && { secret }),
      },
    }),
    repositoryPassword,
    settings: written.settings,
    secrets: written.secrets.filter(
      (one) => !ON_PAPER.includes(one) && !lent(context).includes(one),
    ),
    made: new Date().toISOString(),
  };
};

export const define = (command: Command): void => {
  common(command)
    .option("--show-secrets", "also where the output is no terminal: a printer, a file, a pipe")
    .addHelpText(
      "after",
      "\nWhat opens the backups, where they and the state are, the stack's settings, and the commands: enough to have both machines again (./fleet recover --from-repository), or the data alone with restic. Print it again after each change of those.\nWho reads it has the data: it is written to nothing but a terminal, unless --show-secrets says that it is meant (./fleet recovery-kit --show-secrets | lp).",
    )
    .action(async (options: CommonOptions & { showSecrets?: boolean }) => {
      const context = contextOf(options);
      if (!process.stdout.isTTY && !options.showSecrets)
        throw cannotRun(
          "fleet recovery-kit: the output is no terminal, and the kit opens every backup. If that is meant, add --show-secrets.",
        );
      const kit = await kitOf(context);
      console.log(context.json ? JSON.stringify(kit, undefined, 2) : kitText(kit));
    });
};
