import { page, readJson, Refusal, type Routes, run, textField } from "../shared/http";
import { shell } from "../shared/page";
import { babble, learn } from "./chain";
import { CORPUS } from "./corpus";

const known = learn(CORPUS);

const FRONT = shell(
  "Markov",
  `<p>Text that sounds like other text. Leave the box empty for the built-in one.</p><form id="form"><label for="text">Text to learn from</label><textarea id="text" rows="8"></textarea><button>Talk</button></form><pre id="out" aria-live="polite"></pre>`,
  `form.onsubmit=async(e)=>{e.preventDefault();const r=text.value.trim()?await fetch("/babble",{method:"POST",body:JSON.stringify({text:text.value})}):await fetch("/babble");const a=await r.json();out.textContent=a.error||a.text}`,
);

/** GET /babble?words=N → {text}; POST /babble {text, words?} → {text} in the manner of the text. */
export const routes = (): Routes => ({
  "GET /": () => page(FRONT),
  "GET /babble": (_request, url) => ({
    body: {
      text: babble(
        known,
        Math.min(Math.max(Number(url.searchParams.get("words") ?? 60) || 60, 3), 500),
        Math.random,
      ),
    },
  }),
  "POST /babble": async (request) => {
    const text = babble(
      learn(textField(await readJson(request, 512 * 1024), "text", 500_000)),
      60,
      Math.random,
    );
    if (text === "") throw new Refusal(422, "at least three words are needed");
    return { body: { text } };
  },
  "GET /health": () => ({
    status: known.size > 0 ? 200 : 503,
    body: { ok: babble(known, 5, Math.random) !== "" },
  }),
});

if (require.main === module) run("markov", routes);
