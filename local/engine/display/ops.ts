import type { Op } from "../events/events";

/** What the CLI puts before a line, two characters wide. */
export const SIGNS: Readonly<Record<Op, string>> = {
  same: "  ",
  create: "+ ",
  update: "~ ",
  delete: "- ",
  replace: "+-",
  "create-replacement": "++",
  "delete-replaced": "--",
  read: "> ",
  "read-replacement": ">>",
  refresh: "~ ",
  discard: "< ",
  "discard-replaced": "<<",
  "remove-pending-replace": "~ ",
  import: "= ",
  "import-replacement": "=>",
};

interface Words {
  readonly planned: string;
  readonly doing: string;
  readonly failed: string;
  readonly done: string;
  readonly counted: string;
}
const words = (planned: string, doing: string, done: string, more: Partial<Words> = {}): Words => ({
  planned,
  doing,
  done,
  failed: `${doing} failed`,
  counted: done,
  ...more,
});

export const WORDS: Readonly<Record<Op, Words>> = {
  same: words("", "", "", { failed: "failed" }),
  create: words("create", "creating", "created"),
  update: words("update", "updating", "updated"),
  delete: words("delete", "deleting", "deleted"),
  replace: words("replace", "replacing", "replaced"),
  "create-replacement": words("create replacement", "creating replacement", "created replacement", {
    failed: "creating failed",
  }),
  "delete-replaced": words("delete original", "deleting original", "deleted original", {
    failed: "deleting failed",
  }),
  read: words("read", "reading", "read"),
  "read-replacement": words(
    "read for replacement",
    "reading for replacement",
    "read for replacement",
    { failed: "reading failed" },
  ),
  refresh: words("refreshing", "refreshing", "refresh", { counted: "refreshed" }),
  discard: words("discard", "discarding", "discarded"),
  "discard-replaced": words("discard original", "discarding original", "discarded original", {
    failed: "discarding failed",
  }),
  "remove-pending-replace": words("", "", "", { failed: "" }),
  import: words("import", "importing", "imported"),
  "import-replacement": words(
    "import replacement",
    "importing replacement",
    "imported replacement",
    { failed: "importing failed" },
  ),
};

/** In the order of the CLI's summary. Reads change nothing, and are not in it. */
export const COUNTED: readonly Op[] = [
  "create",
  "update",
  "delete",
  "replace",
  "create-replacement",
  "delete-replaced",
  "refresh",
  "discard-replaced",
  "remove-pending-replace",
  "import",
  "import-replacement",
];
