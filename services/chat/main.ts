import type { ServerResponse } from "node:http";

import { page, readJson, Refusal, type Routes, run, textField } from "../shared/http";
import { shell } from "../shared/page";

interface Said {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly at: string;
}

const FRONT = shell(
  "Chat",
  `<ul id="list" aria-live="polite"></ul><form id="form"><label>Name <input id="name_" required maxlength="40"></label><label>Message <input id="text" required maxlength="1000" autocomplete="off"></label><button>Send</button></form>`,
  `new EventSource("/events").onmessage=(e)=>{const m=JSON.parse(e.data),li=document.createElement("li");li.textContent=m.name+": "+m.text;list.append(li);while(list.children.length>100)list.firstChild.remove()};
form.onsubmit=async(e)=>{e.preventDefault();await fetch("/messages",{method:"POST",body:JSON.stringify({name:name_.value,text:text.value})});text.value=""}`,
);

const KEPT = 50;
const MOST_LISTENERS = 500;
/** Bytes. */
const MOST_UNREAD = 64 * 1024;

/** GET /events: server-sent events, the last messages first; POST /messages {name, text} → 201. Nothing is stored: a restart empties the room. */
export const routes = (): Routes => {
  let last: Said[] = [];
  let next = 1;
  const listeners = new Set<ServerResponse>();
  const event = (said: Said): string => `id: ${said.id}\ndata: ${JSON.stringify(said)}\n\n`;
  const tell = (text: string): void => {
    for (const listener of listeners) {
      // One that does not read any more would have everything that is said kept for it.
      if (listener.writableLength > MOST_UNREAD) listener.destroy();
      else listener.write(text);
    }
  };
  setInterval(() => {
    tell(": still here\n\n");
  }, 20_000).unref();
  return {
    "GET /": () => page(FRONT),
    "GET /messages": () => ({ body: last }),
    "POST /messages": async (request) => {
      const body = await readJson(request, 8 * 1024);
      const said = {
        id: next,
        name: textField(body, "name", 40),
        text: textField(body, "text", 1000),
        at: new Date().toISOString(),
      };
      next += 1;
      last = [...last, said].slice(-KEPT);
      tell(event(said));
      return { status: 201, body: said };
    },
    "GET /events": (request, _url, response) => {
      if (listeners.size >= MOST_LISTENERS) throw new Refusal(503, "the room is full");
      const seen = Number(request.headers["last-event-id"] ?? 0);
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      if (request.method === "HEAD") {
        response.end();
        return undefined;
      }
      response.write(
        `: welcome\n\n${last
          .filter(({ id }) => id > seen)
          .map(event)
          .join("")}`,
      );
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      return undefined;
    },
    "GET /health": () => ({ body: { ok: true, listeners: listeners.size } }),
  };
};

if (require.main === module) run("chat", routes);
