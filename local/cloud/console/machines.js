import { ask } from "./ask.js";
import { button } from "./button.js";
import { make, nothing, verdict } from "./elements.js";
import { end, inject } from "./faults.js";
import { show } from "./show.js";

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

export const showMachines = (droplets, faults) => {
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
