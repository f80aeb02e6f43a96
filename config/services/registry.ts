import { z } from "zod";

import { oneOrMore } from "../values";
import { binary } from "./binary";
import { node } from "./node";
import { proxy } from "./proxy";
import { python } from "./python";
import { staticSite } from "./static";

/** Every kind of service, by the name that fleet.yaml calls it. */
export const SERVICE_KINDS = {
  static: staticSite,
  node,
  python,
  binary,
  proxy,
};
export type ServiceKind = keyof typeof SERVICE_KINDS;

/** An item of `services`. */
export const service = z.discriminatedUnion(
  "kind",
  oneOrMore(Object.values(SERVICE_KINDS).map(({ schema }) => schema)),
  {
    error: () => `is not a known kind. Choose one of: ${Object.keys(SERVICE_KINDS).join(", ")}.`,
  },
);
