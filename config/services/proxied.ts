import type { Filling, Served } from "./kind";

/** Long enough for a stream that says something every few minutes. */
const STREAM_TIMEOUT = "1h";

/** nginx passes requests on: to the upstream, or to the service's own port. */
export const proxied = ({ upstream, port, streaming }: Omit<Served, "name">): Filling => ({
  template: "nginx/upstream.conf",
  values: {
    upstream: upstream ?? `http://127.0.0.1:${port}`,
    buffering: streaming ? "off" : "on",
    timeout: streaming ? STREAM_TIMEOUT : "30s",
  },
});
