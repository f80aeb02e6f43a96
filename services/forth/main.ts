import { page, readJson, Refusal, type Routes, run, textField } from "../shared/http";
import { playground } from "../shared/page";
import { forth, ForthError } from "./forth";

const FRONT = playground(
  "Forth",
  "A small Forth: <code>+ - * / mod dup drop swap over rot . cr emit : ; if else then do loop begin until while repeat variable ! @</code>",
  ": square dup * ;\n10 1 do i square . loop",
);

/** POST /run {code} → {output}; 422 with the error of the program. */
export const routes = (): Routes => ({
  "GET /": () => page(FRONT),
  "POST /run": async (request) => {
    const code = textField(await readJson(request), "code", 20_000);
    try {
      return { body: { output: forth(code) } };
    } catch (error) {
      // A RangeError is Node's own stack: nested more deeply than any bound of ours has seen.
      throw error instanceof ForthError || error instanceof RangeError
        ? new Refusal(422, error.message)
        : error;
    }
  },
  "GET /health": () => ({
    status: forth("2 3 + .") === "5 " ? 200 : 503,
    body: { ok: forth("2 3 + .") === "5 " },
  }),
});

if (require.main === module) run("forth", routes);
