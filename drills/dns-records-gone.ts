import { ANSWERS, type DomainRecord, read } from "../cli/api-answers";
import { call } from "../cli/lab";
import { disaster } from "./disaster";
import type { MendTools } from "./drill";
import { mustFleet } from "./fleet-command";

const recordsOf = async ({ lab, context, fleet }: MendTools): Promise<readonly DomainRecord[]> =>
  read(
    ANSWERS.records,
    await call(lab, context, "GET", `/v2/domains/${fleet.domain}/records?per_page=200`),
  ).domain_records;

/** Somebody deletes the records by hand: `up --refresh` sees what is missing and makes it again. */
export const drill = disaster({
  broken: "the services' records are deleted",
  breakIt: async (tools) => {
    const { lab, context, fleet } = tools;
    const hosts = fleet.services.map(({ host }) => host);
    for (const { id, name } of await recordsOf(tools)) {
      const host = name === "@" ? fleet.domain : `${name}.${fleet.domain}`;
      if (hosts.includes(host))
        await call(lab, context, "DELETE", `/v2/domains/${fleet.domain}/records/${id}`);
    }
  },
  alertOf: () => "dns",
  mended: "./fleet up --refresh has made them again",
  mend: (tools) => mustFleet(tools, "up", "--refresh"),
});
