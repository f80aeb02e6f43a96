import { createServer, request } from "node:http";

import type { Command } from "commander";

import { type CommonOptions, common, contextOf } from "../context";
import { cannotRun } from "../errors";
import { runningLab } from "../lab";

interface Options extends CommonOptions {
  port: string;
}

/**
 * Only a browser on this machine that asks for this machine: another site's page must not reach the
 * console by a name that points here.
 */
export const isLocalHost = (host: string | undefined): boolean =>
  /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? "");
/** A form on another site may post to 127.0.0.1 as well; its Origin gives it away. */
export const isOwnOrigin = (origin: string | undefined): boolean =>
  origin === undefined || /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(origin);

export const define = (command: Command): void => {
  common(command)
    .option("-p, --port <port>", "port on 127.0.0.1; 0 takes a free one", "8088")
    .addHelpText(
      "after",
      "\nDroplets, addresses, records, inbox, API calls and faults of the local DigitalOcean; runs until Ctrl-C.",
    )
    .action(async (options: Options) => {
      const context = contextOf(options);
      const port = Number(options.port);
      if (!Number.isInteger(port) || port < 0 || port > 65535)
        throw cannotRun(`fleet console: --port ${options.port}: give a number from 0 to 65535.`);
      await runningLab(context, "console");
      const server = createServer((incoming, outgoing) => {
        if (!isLocalHost(incoming.headers.host) || !isOwnOrigin(incoming.headers.origin)) {
          outgoing.writeHead(403).end("This page answers only to 127.0.0.1 and localhost.\n");
          return;
        }
        const onward = request(
          {
            socketPath: context.paths.socket,
            method: incoming.method,
            path: incoming.url,
            headers: incoming.headers,
          },
          (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(outgoing);
          },
        );
        onward.on("error", (error) => {
          if (!outgoing.headersSent) outgoing.writeHead(502);
          outgoing.end(`The local DigitalOcean does not answer: ${error.message}\n`);
        });
        incoming.pipe(onward);
      });
      await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) =>
          reject(
            cannotRun(
              `fleet console: port ${port}: ${error.code === "EADDRINUSE" ? "it is taken. Choose another with --port, or --port 0" : error.message}.`,
            ),
          ),
        );
        server.listen(port, "127.0.0.1", resolve);
      });
      const address = server.address();
      const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : port}/`;
      console.log(
        context.json
          ? JSON.stringify({ url })
          : `The local DigitalOcean's page: ${url}   (Ctrl-C ends it)`,
      );
    });
};
