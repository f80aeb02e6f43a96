import { moment, table, verdict } from "./elements.js";
import { show } from "./show.js";

export const showHistory = (actions, calls) => {
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
