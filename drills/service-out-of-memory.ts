import { PROGRAM, spoiledService } from "./spoiled-service";

/**
 * It takes more memory than it may have, is ended for it, and begins anew, for ever. The limit is
 * Node's own: it holds on hosts whose control groups limit no memory, too.
 */
export const drill = spoiledService("a service takes memory until it is ended for it", {
  command: `/usr/bin/node --max-old-space-size=48 ${PROGRAM}`,
  program: `const kept = [];
setInterval(() => kept.push(new Array(100_000).fill(0).map(Math.random)), 20);
require("node:http").createServer((request, response) => response.end("{}"))
  .listen(Number(process.env.PORT), "127.0.0.1");`,
});
