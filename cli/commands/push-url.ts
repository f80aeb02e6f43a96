import { USERS } from "@second-server/contract/names";
import type { Command } from "commander";

import { ensureAccess } from "../access/keys";
import { shellWord } from "../access/ssh";
import { type CommonOptions, common, contextOf } from "../context";
import { readOutputs } from "../engine/outputs";
import { cannotRun } from "../errors";
import { loadManifest } from "../manifest";

export const define = (command: Command): void => {
  common(command)
    .argument("<service>", "a service of fleet.yaml that says `push: BRANCH`")
    .addHelpText(
      "after",
      "\nWhere git push brings a service's new version: docs/deploys.md. The keys that may are those of the operators (admin-keys, and the stack's own).",
    )
    .action(async (name: string, options: CommonOptions) => {
      const context = contextOf(options);
      const fleet = await loadManifest(context);
      const service = fleet.services.find((one) => one.name === name);
      if (service?.push === undefined)
        throw cannotRun(
          `fleet push-url: ${service ? `${name} takes no push. Say so in fleet.yaml (push: main), and bring that: ./fleet up` : `fleet.yaml has no service "${name}". It has: ${fleet.services.map((one) => one.name).join(", ")}.`}`,
        );
      const { push: branch } = service;
      const { configFile } = await ensureAccess(context);
      const hostKey = (await readOutputs(context))?.primary?.hostKey ?? "";
      const { host } = fleet.primary;
      const url = `${USERS.push}@${host}:${name}.git`;
      const ssh = `ssh -F ${configFile}`;
      const own = `${USERS.push}@primary:${name}.git`;
      const inside = context.local ? "./fleet net -- " : "";
      console.log(
        context.json
          ? JSON.stringify(
              {
                service: name,
                branch,
                url,
                hostKey,
                own: { ssh, url: own },
              },
              undefined,
              2,
            )
          : [
              `${name} is brought by a push of the branch ${branch}, by a key of the stack's admin-keys:`,
              `  git remote add primary ${url}`,
              `  git push primary ${branch}`,
              `The primary's line for ~/.ssh/known_hosts: ${host} ${hostKey}`,
              "Or from here, by the stack's own key:",
              `  ${inside}git -c core.sshCommand=${shellWord(ssh)} push ${own} ${branch}`,
            ].join("\n"),
      );
    });
};
