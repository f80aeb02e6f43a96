import { spoiledService } from "./spoiled-service";

/** It answers rightly, after longer than anybody waits. */
export const drill = spoiledService("a service takes 40 s for each answer", {
  program: `require("node:http").createServer((request, response) => {
  setTimeout(() => response.end("late"), 40_000);
}).listen(Number(process.env.PORT), "127.0.0.1");`,
});
