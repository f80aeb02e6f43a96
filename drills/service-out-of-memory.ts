import { spoiledService } from "./spoiled-service";

/** It takes more memory than its limit: the kernel kills it, and nobody else. */
export const drill = spoiledService("a service takes memory until the kernel kills it", {
  program: `const kept = [];
setInterval(() => kept.push(Buffer.alloc(4 << 20, 1)), 20);
require("node:http").createServer((request, response) => response.end("{}"))
  .listen(Number(process.env.PORT), "127.0.0.1");`,
});
