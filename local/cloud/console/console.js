"use strict";
// Everything shown goes in as text (textContent), never as markup: names, mails and records are anybody's.

const every = 2000;
const byId = (id) => document.getElementById(id);
const make = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

const get = async (path) => {
  const response = await fetch(path, { headers: { authorization: "Bearer console" } });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
};
const send = async (method, path, value) => {
  const response = await fetch(path, {
    method, headers: { authorization: "Bearer console", "content-type": "application/json" }, body: value === undefined ? undefined : JSON.stringify(value),
  });
  if (!response.ok) throw new Error((await response.json().catch(() => ({}))).message ?? `${path}: ${response.status}`);
};

/** A button that says what went wrong instead of failing in silence. */
const button = (label, name, act) => {
  const element = make("button", label, { type: "button", "aria-label": `${label}: ${name}` });
  element.addEventListener("click", async () => {
    element.disabled = true;
    try { await act(); await refresh(); } catch (error) { byId("status").textContent = error.message; }
    element.disabled = false;
  });
  return element;
};

// A table is only made anew when its content changed, so that focus and selection stay where they are.
const shown = new Map();
const table = (id, heads, rows) => {
  const key = JSON.stringify(rows.map((cells) => cells.map((cell) => (Array.isArray(cell) ? cell.map((one) => one.label) : cell))));
  if (shown.get(id) === key) return;
  shown.set(id, key);
  const element = byId(id);
  element.replaceChildren();
  if (rows.length === 0) { element.append(make("caption", "none", { class: "empty" })); return; }
  const head = make("tr");
  for (const title of heads) head.append(make("th", title, { scope: "col" }));
  element.append(head);
  for (const cells of rows) {
    const row = make("tr");
    cells.forEach((cell, at) => {
      const td = make("td", Array.isArray(cell) ? undefined : String(cell ?? ""), at === cells.length - 1 ? { class: "wide" } : {});
      if (Array.isArray(cell)) for (const { label, name, act } of cell) td.append(button(label, name, act));
      row.append(td);
    });
    element.append(row);
  }
};

const power = (droplet, type) => () => send("POST", `/v2/droplets/${droplet.id}/actions`, { type });
const dropletButtons = (droplet, faults) => {
  const cut = faults.find((one) => one.kind === "network-cut" && one.dropletId === droplet.id && one.peerId === undefined);
  const network = cut
    ? { label: "Restore network", name: droplet.name, act: () => send("DELETE", `/local/faults/${cut.id}`) }
    : { label: "Cut network", name: droplet.name, act: () => send("POST", "/local/faults", { kind: "network-cut", dropletId: droplet.id }) };
  return droplet.status === "off"
    ? [{ label: "Power on", name: droplet.name, act: power(droplet, "power_on") }, network]
    : [{ label: "Cut power", name: droplet.name, act: () => send("POST", `/local/droplets/${droplet.id}/power-cut`) }, network];
};

const address = (droplet, type) => droplet.networks.v4.filter((one) => one.type === type).map((one) => one.ip_address).join(" ");
const showMachines = (droplets, ips, firewalls, faults) => {
  table("droplets", ["name", "status", "public", "private", "size", "region", "tags", ""], droplets.map((one) => [
    one.name, one.locked ? `${one.status} (busy)` : one.status, address(one, "public"), address(one, "private"), one.size_slug, one.region.slug, one.tags.join(" "), dropletButtons(one, faults),
  ]));
  table("ips", ["address", "region", "assigned to"], ips.map((one) => [one.ip, one.region.slug, one.droplet ? one.droplet.name : "nobody"]));
  table("firewalls", ["name", "status", "in", "out", "covers"], firewalls.map((one) => [
    one.name, one.status, one.inbound_rules.length, one.outbound_rules.length, [...one.tags.map((tag) => `tag ${tag}`), ...one.droplet_ids].join(" "),
  ]));
};
const describe = ({ id, since, kind, ...rest }) => Object.entries(rest).map(([name, value]) => `${name} ${value}`).join(", ");
const showFaults = (faults) => table("faults", ["kind", "what", "since", ""], faults.map((one) => [
  one.kind, describe(one), one.since, [{ label: "End", name: one.kind, act: () => send("DELETE", `/local/faults/${one.id}`) }],
]));

const showInbox = (mails) => {
  const key = mails.map((mail) => mail.id).join();
  if (shown.get("inbox") === key) return;
  shown.set("inbox", key);
  byId("inbox").replaceChildren(...mails.slice(-50).reverse().map((mail) => {
    const details = make("details");
    details.append(make("summary", `${mail.date} ${mail.from} → ${mail.to.join(", ")}: ${mail.subject}`), make("pre", mail.text || "(no text part)"));
    return details;
  }));
  if (mails.length === 0) byId("inbox").append(make("p", "none", { class: "empty" }));
};

const records = async () => {
  const { domains } = await get("/v2/domains?per_page=200");
  const lists = await Promise.all(domains.map(async ({ name }) => (await get(`/v2/domains/${encodeURIComponent(name)}/records?per_page=200`)).domain_records.map((one) => ({ ...one, domain: name }))));
  table("records", ["name", "type", "TTL", "data"], lists.flat().map((one) => [one.name === "@" ? one.domain : `${one.name}.${one.domain}`, one.type, one.ttl, [one.priority, one.tag, one.data].filter((part) => part !== null).join(" ")]));
};

const refresh = async () => {
  const [status, droplets, ips, firewalls, faults, inbox, actions, calls] = await Promise.all([
    get("/local/status"), get("/v2/droplets?per_page=200"), get("/v2/reserved_ips?per_page=200"), get("/v2/firewalls?per_page=200"),
    get("/local/faults"), get("/local/inbox"), get("/v2/actions?per_page=15"), get("/local/calls"),
  ]);
  showMachines(droplets.droplets, ips.reserved_ips, firewalls.firewalls, faults.faults);
  showFaults(faults.faults);
  showInbox(inbox.mails);
  table("actions", ["started", "action", "resource", "status"], actions.actions.map((one) => [one.started_at, one.type, `${one.resource_type} ${one.resource_id}`, one.status]));
  table("calls", ["at", "status", "ms", "call"], calls.calls.slice(0, 40).map((one) => [one.at, one.status, one.milliseconds, `${one.method} ${one.path}`]));
  await records();
  byId("status").textContent = `${status.machines ? "machines" : "records only"}, pace ${status.pace}, ACME ${status.acme}, API ${status.api}`;
};

const loop = async () => {
  try { await refresh(); } catch (error) { byId("status").textContent = `The cloud does not answer: ${error.message}`; }
  setTimeout(loop, every);
};
void loop();
