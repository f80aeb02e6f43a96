import { page, readJson, Refusal, type Routes, run, textField } from "../shared/http";
import { playground } from "../shared/page";
import { lisp, LispError } from "./lisp";

const FRONT = playground(
  "Lisp",
  "A small Lisp: <code>define lambda let if cond quote list car cdr cons map filter reduce display</code>",
  "(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))\n(map fact (list 1 2 3 4 5 6))",
);

/** POST /run {code} → {output}; 422 with the error of the program. */
export const routes = (): Routes => ({
  "GET /": () => page(FRONT),
  "POST /run": async (request) => {
    const code = textField(await readJson(request), "code", 20_000);
    try {
      return { body: { output: lisp(code) } };
    } catch (error) {
      // A RangeError is Node's own stack: nested more deeply than any bound of ours has seen.
      throw error instanceof LispError || error instanceof RangeError
        ? new Refusal(422, error.message)
        : error;
    }
  },
  "GET /health": () => ({
    status: lisp("(+ 2 3)") === "5" ? 200 : 503,
    body: { ok: lisp("(+ 2 3)") === "5" },
  }),
});

if (require.main === module) run("lisp", routes);
