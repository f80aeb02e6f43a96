// Everything shown goes in as text (textContent), never as markup: names, mails and records are
// anybody's.

export const byId = (id) => document.getElementById(id);
export const make = (tag, text, attributes = {}, children = []) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

export const moment = (iso) => {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return make(
    "time",
    today
      ? date.toLocaleTimeString([], { hour12: false })
      : date.toLocaleString([], { hour12: false }),
    { datetime: iso, title: iso },
  );
};
/** Words for good and bad: the colour only repeats them. */
export const verdict = (text, good) =>
  make("span", `${good ? "●" : "▲"} ${text}`, { class: good ? "good" : "bad" });

export const nothing = (text) => [make("p", text, { class: "empty" })];

/** Cells are texts or elements. */
export const table = (heads, rows) => {
  if (rows.length === 0) return nothing("none");
  const head = make("thead", undefined, {}, [
    make(
      "tr",
      undefined,
      {},
      heads.map((title) => make("th", title, { scope: "col" })),
    ),
  ]);
  const body = rows.map((cells) =>
    make(
      "tr",
      undefined,
      {},
      cells.map((cell, at) =>
        make(
          "td",
          undefined,
          { "data-head": heads[at] },
          cell === "" ? [] : [make("span", undefined, {}, [cell])],
        ),
      ),
    ),
  );
  return [make("table", undefined, {}, [head, make("tbody", undefined, {}, body)])];
};
