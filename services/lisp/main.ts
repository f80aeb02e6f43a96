import { html } from "hono/html";

import type { App } from "../shared/app";
import { createPlayground } from "../shared/playground";
import { run } from "../shared/run";
import { lisp, LispError } from "./lisp";

export const createService = (): App =>
  createPlayground({
    title: "Lisp",
    intro: html`A small Lisp:
<code>define lambda let if cond quote list car cdr cons map filter reduce display</code>`,
    example: "(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))\n(map fact (list 1 2 3 4 5 6))",
    evaluate: lisp,
    isMistake: (error) => error instanceof LispError,
    proof: ["(+ 2 3)", "5"],
  });

if (require.main === module) run("lisp", createService);
