import { z } from "zod";

import { cloudFaultKind } from "./kind";

const ANSWERS = ["SERVFAIL", "NXDOMAIN", "silence"] as const;

const schema = z.object({
  kind: z.literal("dns"),
  /** This name and those below it; left out: all. */
  name: z.string().optional(),
  answer: z.enum(ANSWERS).default("SERVFAIL"),
});

export const dns = cloudFaultKind({
  name: "dns",
  help: "names are not resolved: all, or --name and what is below it",
  schema,
  options: [
    { flag: "--name <name>", help: "this name and those below", field: "name", takes: "text" },
    {
      flag: "--answer <answer>",
      help: "SERVFAIL (default), NXDOMAIN or silence",
      field: "answer",
      takes: ANSWERS,
    },
  ],
  identity: ["name"],
});

export const hitsName = (fault: z.output<typeof schema>, name: string): boolean =>
  !fault.name || name === fault.name || name.endsWith(`.${fault.name}`);
