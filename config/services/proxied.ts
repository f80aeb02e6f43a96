import { standInRoute } from "@second-server/contract/paths";
import { TAKEOVER_HOLD_SECONDS } from "@second-server/contract/release";

import { closedTo } from "./closed";
import type { Filling, Served } from "./kind";

/** Long enough for a stream that says something every few minutes. */
const STREAM_TIMEOUT = "1h";
/** Who waits while another primary takes over is not given up before that. */
const ANSWER_TIMEOUT = `${TAKEOVER_HOLD_SECONDS + 15}s`;

/** nginx passes requests on: to the upstream, or to the service's own port. */
export const proxied = ({
  name,
  upstream,
  port,
  sparePort,
  streaming,
  cacheSeconds,
}: Omit<Served, "name"> & { readonly name?: string }): Filling => {
  const values = {
    closed: name === undefined ? "" : closedTo(name),
    buffering: streaming ? "off" : "on",
    timeout: streaming ? STREAM_TIMEOUT : ANSWER_TIMEOUT,
    // Its zone is in the service's own file (render/nginx.ts).
    cache:
      name === undefined || cacheSeconds === undefined
        ? ""
        : `proxy_cache ${name}.cache; proxy_cache_valid 200 301 404 ${cacheSeconds}s; include /etc/nginx/snippets/cache.conf;`,
  };
  if (name === undefined || port === undefined || sparePort === undefined)
    return {
      template: "nginx/upstream.conf",
      values: { ...values, upstream: upstream ?? `http://127.0.0.1:${port}` },
    };
  return {
    template: "nginx/handed-over.conf",
    values: {
      ...values,
      name,
      port,
      sparePort,
      route: standInRoute(name),
    },
  };
};
