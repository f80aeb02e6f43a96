"use strict";
// Everything shown goes in as text (textContent), never as markup: names, mails and records are anybody's.

const every = 2000;
const byId = (id) => document.getElementById(id);
const make = (tag, text, attributes = {}, children = []) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

const ask = async (method, path, value) => {
  const response = await fetch(path, {
    method,
    headers: {
      authorization: "Bearer console",
      ...(value === undefined ? {} : { "content-type": "application/json" }),
    },
    body: value === undefined ? undefined : JSON.stringify(value),
  });
  if (!response.ok)
    throw new Error(
      (await response.json().catch(() => ({}))).message ?? `${path}: ${response.status}`,
    );
  return response;
};
const get = async (path) => (await ask("GET", path)).json();

/** A button that says what went wrong instead of failing in silence. Its key finds it again when its place was made anew. */
const button = (key, label, name, act) => {
  const element = make("button", label, {
    type: "button",
    "aria-label": `${label}: ${name}`,
    "data-key": key,
  });
  element.addEventListener("click", async () => {
    // Not `disabled`, which would take the focus away.
    if (element.getAttribute("aria-disabled") === "true") return;
    element.setAttribute("aria-disabled", "true");
    byId("problem").textContent = "";
    try {
      await act();
      await refresh();
    } catch (error) {
      byId("problem").textContent = `${label} ${name}: ${error.message}`;
    }
    element.removeAttribute("aria-disabled");
  });
  return element;
};

// A place is only made anew when its content changed; what was open stays open, and the focus goes to what stands for what had it.
const shown = new Map();
const show = (id, facts, build) => {
  const text = JSON.stringify(facts);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  const place = byId(id);
  const key = place.contains(document.activeElement)
    ? document.activeElement.dataset.key
    : undefined;
  const open = [...place.querySelectorAll("details[open] > summary")].map((one) => one.dataset.key);
  place.replaceChildren(...build());
  for (const summary of place.querySelectorAll("summary"))
    if (open.includes(summary.dataset.key)) summary.parentElement.setAttribute("open", "");
  if (key !== undefined)
    (
      place.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? place.querySelector("[data-key]")
    )?.focus();
};
const nothing = (text) => [make("p", text, { class: "empty" })];

const moment = (iso) => {
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
const verdict = (text, good) =>
  make("span", `${good ? "●" : "▲"} ${text}`, { class: good ? "good" : "bad" });

/** Cells are texts or elements. */
const table = (heads, rows) => {
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

const inject = (fault) => () => ask("POST", "/local/faults", fault);
const end = (fault) => () => ask("DELETE", `/local/faults/${fault.id}`);

const buttonsOf = (droplet, faults) => {
  const { id, name } = droplet;
  const fault = (kind) =>
    faults.find((one) => one.kind === kind && one.dropletId === id && one.peerId === undefined);
  const [dark, cut] = [fault("power-cut"), fault("network-cut")];
  const powerOn = dark
    ? end(dark)
    : () => ask("POST", `/v2/droplets/${id}/actions`, { type: "power_on" });
  return [
    droplet.status === "off"
      ? button(`${id}-power`, "Power on", name, powerOn)
      : button(`${id}-power`, "Cut power", name, inject({ kind: "power-cut", dropletId: id })),
    cut
      ? button(`${id}-network`, "Restore network", name, end(cut))
      : button(
          `${id}-network`,
          "Cut network",
          name,
          inject({ kind: "network-cut", dropletId: id }),
        ),
  ];
};

/** The last lines that the machine wrote on its console; asked when it is opened. */
const consoleOf = ({ id }) => {
  const text = make("pre", "…");
  const details = make("details", undefined, {}, [
    make("summary", "Console", { "data-key": `${id}-console` }),
    text,
  ]);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    try {
      text.textContent =
        (await (await ask("GET", `/local/droplets/${id}/console?lines=40`)).text()) ||
        "(nothing yet)";
    } catch (error) {
      text.textContent = error.message;
    }
    text.scrollTop = text.scrollHeight;
  });
  return details;
};

const addressesOf = (droplet, type) =>
  [...droplet.networks.v4, ...droplet.networks.v6]
    .filter((one) => one.type === type)
    .map((one) => one.ip_address)
    .join(", ");
const card = (droplet, faults) => {
  const facts = [
    ["public", addressesOf(droplet, "public")],
    ["private", addressesOf(droplet, "private")],
    [
      "size",
      `${droplet.size_slug}: ${droplet.vcpus} CPU, ${droplet.memory} MB, ${droplet.disk} GB`,
    ],
    ["region", droplet.region.slug],
    ["tags", droplet.tags.join(", ")],
  ].filter(([, value]) => value !== "");
  return make("article", undefined, { class: "card", "aria-label": droplet.name }, [
    make("h3", droplet.name, {}, [
      verdict(
        droplet.locked ? `${droplet.status}, busy` : droplet.status,
        droplet.status === "active",
      ),
    ]),
    make(
      "dl",
      undefined,
      {},
      facts.flatMap(([name, value]) => [make("dt", name), make("dd", value)]),
    ),
    ...buttonsOf(droplet, faults),
    consoleOf(droplet),
  ]);
};

const showMachines = (droplets, faults) => {
  const facts = droplets.map(({ id, name, status, locked, networks, size_slug, tags }) => [
    id,
    name,
    status,
    locked,
    networks,
    size_slug,
    tags,
  ]);
  show(
    "droplets",
    [facts, faults.filter((one) => one.dropletId !== undefined).map(({ id }) => id)],
    () =>
      droplets.length === 0
        ? nothing("none yet: ./fleet up")
        : droplets.map((one) => card(one, faults)),
  );
};

const showNetwork = (ips, firewalls) => {
  const held = ips.map((one) => [
    one.ip,
    one.region.slug,
    one.droplet ? one.droplet.name : "nobody",
  ]);
  show("ips", held, () => table(["address", "region", "held by"], held));
  const rules = (list) =>
    list
      .map(
        (one) =>
          `${one.protocol}${one.protocol === "icmp" ? "" : ` ${one.ports === "0" ? "all" : one.ports}`}`,
      )
      .join(", ");
  const walls = firewalls.map((one) => [
    one.name,
    rules(one.inbound_rules) || "nothing",
    rules(one.outbound_rules) || "nothing",
    [...one.tags.map((tag) => `tag ${tag}`), ...one.droplet_ids].join(", "),
  ]);
  show("firewalls", walls, () => table(["name", "lets in", "lets out", "covers"], walls));
};

const showFaults = (faults, droplets) => {
  const nameOf = (id) => droplets.find((one) => one.id === id)?.name ?? String(id);
  const of = ({ dropletId, peerId }) =>
    dropletId === undefined
      ? "the cloud"
      : nameOf(dropletId) + (peerId === undefined ? "" : ` and ${nameOf(peerId)}`);
  const figures = ({ id, since, kind, dropletId, peerId, ...rest }) =>
    Object.entries(rest)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ");
  show("faults", [faults, droplets.map(({ id, name }) => [id, name])], () =>
    faults.length === 0
      ? nothing("none. More kinds than these buttons have: ./fleet fault inject --help")
      : table(
          ["kind", "of", "how", "since", ""],
          faults.map((one) => [
            verdict(one.kind, false),
            of(one),
            figures(one),
            moment(one.since),
            button(`fault-${one.id}`, "End", one.kind, end(one)),
          ]),
        ),
  );
};

const showInbox = (mails) =>
  show(
    "inbox",
    mails.map(({ id }) => id),
    () =>
      mails.length === 0
        ? nothing("none")
        : mails
            .slice(-50)
            .reverse()
            .map((mail) =>
              make("details", undefined, {}, [
                make("summary", mail.subject || "(no subject)", { "data-key": `mail-${mail.id}` }, [
                  make("span", undefined, {}, [
                    moment(mail.date),
                    ` ${mail.from} → ${mail.to.join(", ")}`,
                  ]),
                ]),
                make("pre", mail.text || "(no text part)"),
              ]),
            ),
  );

const showLists = (actions, calls) => {
  show(
    "actions",
    actions.map(({ id, status }) => [id, status]),
    () =>
      table(
        ["started", "action", "of", "state"],
        actions.map((one) => [
          moment(one.started_at),
          one.type,
          `${one.resource_type} ${one.resource_id}`,
          one.status === "errored" ? verdict(one.status, false) : one.status,
        ]),
      ),
  );
  const last = calls.slice(0, 40);
  show(
    "calls",
    last.map(({ requestId }) => requestId),
    () =>
      table(
        ["at", "answer", "call"],
        last.map((one) => [
          moment(one.at),
          one.status >= 400 ? verdict(String(one.status), false) : `${one.status}`,
          `${one.method} ${one.path} (${one.milliseconds} ms)`,
        ]),
      ),
  );
};

const showRecords = async () => {
  const { domains } = await get("/v2/domains?per_page=200");
  const lists = await Promise.all(
    domains.map(async ({ name }) =>
      (
        await get(`/v2/domains/${encodeURIComponent(name)}/records?per_page=200`)
      ).domain_records.map((one) => ({ ...one, domain: name })),
    ),
  );
  const rows = lists
    .flat()
    .map((one) => [
      one.name === "@" ? one.domain : `${one.name}.${one.domain}`,
      one.type,
      String(one.ttl),
      [one.priority, one.tag, one.data].filter((part) => part !== null).join(" "),
    ]);
  show("records", rows, () => table(["name", "type", "TTL", "data"], rows));
};

const refresh = async () => {
  const [status, { droplets }, ips, firewalls, { faults }, inbox, actions, calls] =
    await Promise.all([
      get("/local/status"),
      get("/v2/droplets?per_page=200"),
      get("/v2/reserved_ips?per_page=200"),
      get("/v2/firewalls?per_page=200"),
      get("/local/faults"),
      get("/local/inbox"),
      get("/v2/actions?per_page=15"),
      get("/local/calls"),
    ]);
  showMachines(droplets, faults);
  showFaults(faults, droplets);
  showInbox(inbox.mails);
  showNetwork(ips.reserved_ips, firewalls.firewalls);
  showLists(actions.actions, calls.calls);
  await showRecords();
  byId("status").textContent =
    `${status.machines ? "real machines" : "records only"} · pace ${status.pace} · certificate authority ${status.acme} · API ${status.api}`;
};

const loop = async () => {
  try {
    await refresh();
  } catch (error) {
    byId("status").textContent = `The cloud does not answer: ${error.message}`;
  }
  setTimeout(loop, every);
};
void loop();
