import { page, readJson, Refusal, type Routes, run, textField } from "../shared/http";
import { shell } from "../shared/page";
import { Drops } from "./drops";

const FRONT = shell(
  "Dead drop",
  `<p>A secret that can be read once. The link holds the key; the server can't read what it keeps.</p>
<form id="form"><label>Secret <textarea id="text" rows="5" required maxlength="20000"></textarea></label><button>Make a link</button></form><pre id="out" aria-live="polite"></pre>`,
  `form.onsubmit=async(e)=>{e.preventDefault();const r=await fetch("/api/drops",{method:"POST",body:JSON.stringify({text:text.value})});const a=await r.json();out.textContent=a.error||location.origin+"/d/"+a.id+"#"+a.key;text.value=""}`,
);

const OPENER = shell(
  "Dead drop",
  `<p>Opening shows the secret once and destroys it.</p><button id="open">Open</button><pre id="out" aria-live="polite"></pre>`,
  `open_=document.getElementById("open");open_.onclick=async()=>{const r=await fetch("/api/open",{method:"POST",body:JSON.stringify({id:location.pathname.slice(3),key:location.hash.slice(1)})});const a=await r.json();out.textContent=a.error||a.text;open_.remove()}`,
);

const HOUR = 3_600_000;
/** Some 60 MB at the most: a stranger must not fill the disk that all services share. */
const MOST_WAITING = 2000;

/** POST /api/drops {text, hours?} → 201 {id, key}; POST /api/open {id, key} → {text}, once. */
export const routes = (folder: string): Routes => {
  const drops = new Drops(folder);
  return {
    "GET /": () => page(FRONT),
    "GET /d/": () => page(OPENER),
    "POST /api/drops": async (request) => {
      const body = await readJson(request);
      const { hours = 72 } = body;
      if (typeof hours !== "number" || !(hours > 0 && hours <= 720))
        throw new Refusal(422, '"hours" is a number up to 720');
      if (drops.count() >= MOST_WAITING) throw new Refusal(507, "too many secrets wait to be read");
      return {
        status: 201,
        body: drops.put(textField(body, "text", 20_000), Date.now() + hours * HOUR),
      };
    },
    "POST /api/open": async (request) => {
      const body = await readJson(request);
      const text = drops.take(textField(body, "id", 40), textField(body, "key", 80), Date.now());
      if (text === undefined)
        throw new Refusal(404, "there is no such secret: wrong link, expired, or already read");
      return { body: { text } };
    },
    "GET /health": () => {
      drops.probe();
      return { body: { ok: true, waiting: drops.count() } };
    },
  };
};

if (require.main === module) run("dead-drop", routes);
