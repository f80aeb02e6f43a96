import { spoiledService } from "./spoiled-service";

/** It runs and listens, and each answer is an error: nothing that systemd could see. */
export const drill = spoiledService("a service answers 500 to everything", {
  program: `require("node:http").createServer((request, response) => {
  response.writeHead(500).end("broken on purpose");
}).listen(Number(process.env.PORT), "127.0.0.1");`,
});
