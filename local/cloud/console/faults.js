import { ask } from "./ask.js";
import { button } from "./button.js";
import { moment, nothing, table, verdict } from "./elements.js";
import { show } from "./show.js";

export const inject = (fault) => () => ask("POST", "/local/faults", fault);
export const end = (fault) => () => ask("DELETE", `/local/faults/${fault.id}`);

export const showFaults = (faults, droplets) => {
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
