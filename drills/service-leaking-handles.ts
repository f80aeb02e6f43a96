import { spoiledService } from "./spoiled-service";

/** It opens files and never closes one: in the end no connection can be taken. */
export const drill = spoiledService("a service opens files until it may open no more", {
  settings: ["LimitNOFILE=64"],
  program: `const { openSync } = require("node:fs");
setInterval(() => { try { for (;;) openSync("/dev/null"); } catch {} }, 10);
require("node:http").createServer((request, response) => response.end("{}"))
  .listen(Number(process.env.PORT), "127.0.0.1");`,
});
