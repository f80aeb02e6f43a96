import { html } from "hono/html";

import type { App } from "../shared/app";
import { createPlayground } from "../shared/playground";
import { run } from "../shared/run";
import { forth, ForthError } from "./forth";

export const createService = (): App =>
  createPlayground({
    title: "Forth",
    intro: html`A small Forth:
<code>+ - * / mod dup drop swap over rot . cr emit : ; if else then do loop begin until while repeat variable ! @</code>`,
    example: ": square dup * ;\n10 1 do i square . loop",
    evaluate: forth,
    isMistake: (error) => error instanceof ForthError,
    proof: ["2 3 + .", "5 "],
  });

if (require.main === module) run("forth", createService);
