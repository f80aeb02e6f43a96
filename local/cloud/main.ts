import { parseArgs } from "node:util";

import { serve } from "./daemon/daemon";
import { defaultState } from "./paths";

const HELP = `The local DigitalOcean.

usage: node --import tsx local/cloud/main.ts serve [--state DIR] [--no-machines] [--pace host|real] [--tokens known|any]

  --state DIR      where everything is kept (default: ${defaultState()})
  --no-machines    the API without machines: needs no root, listens on 127.0.0.1 (address: GET /local/status on the socket)
  --pace real      the API takes DigitalOcean's own times and enforces its rate limits
  --tokens known   only the owner's token (DIR/cloud/token) and those made by POST /local/tokens open the API (default with machines)
  --tokens any     any other token is the owner's as well (default without machines: there is nothing but records to be opened)

It is started inside the lab's network namespace by ./fleet up; ends at SIGTERM (machines go on) or POST /local/shutdown (they are powered off).`;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      state: { type: "string" },
      machines: { type: "boolean", default: true },
      pace: { type: "string", default: "host" },
      tokens: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (
    positionals.length !== 1 ||
    positionals[0] !== "serve" ||
    (values.pace !== "host" && values.pace !== "real") ||
    (values.tokens !== undefined && values.tokens !== "known" && values.tokens !== "any")
  ) {
    console.error(HELP);
    return 2;
  }
  const tokens = values.tokens ?? (values.machines ? "known" : "any");
  await serve({
    state: values.state ?? defaultState(),
    machines: values.machines,
    pace: values.pace,
    strangers: tokens === "any" ? "owner" : "refused",
  });
  return 0;
};

main().then(
  (code) => {
    if (code !== 0) process.exit(code);
  },
  (error: Error) => {
    console.error(`local/cloud/main.ts: ${error.message}`);
    process.exit(1);
  },
);
