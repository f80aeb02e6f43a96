import { parseArgs } from "node:util";

import { serve } from "./daemon/daemon";
import { defaultState } from "./paths";

const HELP = `The local DigitalOcean.

usage: node --import tsx local/cloud/main.ts serve [--state DIR] [--no-machines] [--pace host|real]

  --state DIR      where everything is kept (default: ${defaultState()})
  --no-machines    the API without machines: needs no root, listens on 127.0.0.1 (address: GET /local/status on the socket)
  --pace real      the API takes DigitalOcean's own times and enforces its rate limits

It is started inside the lab's network namespace by ./fleet up; ends at SIGTERM (machines go on) or POST /local/shutdown (they are powered off).`;

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      state: { type: "string" },
      machines: { type: "boolean", default: true },
      pace: { type: "string", default: "host" },
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
    (values.pace !== "host" && values.pace !== "real")
  ) {
    console.error(HELP);
    return 2;
  }
  await serve({
    state: values.state ?? defaultState(),
    machines: values.machines,
    pace: values.pace,
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
