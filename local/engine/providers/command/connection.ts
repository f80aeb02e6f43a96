import { isProps, mapProps, type Props, Secret, Unknown, type Value } from "../../values/value";
import type { CheckFailure } from "../provider";

const SECRET = ["password", "privateKey", "privateKeyPassword"];
const DEFAULTS: Props = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

const complete = (given: Props): Props =>
  mapProps({ ...DEFAULTS, ...given }, (item, key) => {
    if (SECRET.includes(key)) return new Secret(item);
    return isProps(item) ? complete(item) : item;
  });

/**
 * The defaults that the provider's own check fills in, of the connection and of the proxy before
 * it, and its marks: the whole is secret, and so are the keys and passwords within it.
 */
export const checkConnection = (given: Value): { connection: Secret; failures: CheckFailure[] } => {
  if (!isProps(given))
    return {
      connection: new Secret(given),
      failures:
        given instanceof Unknown
          ? []
          : [{ property: "connection", reason: "an object is required" }],
    };
  const { proxy } = given;
  const failures =
    given["host"] === undefined ? [{ property: "connection.host", reason: "is required" }] : [];
  if (
    proxy !== undefined &&
    !(proxy instanceof Unknown) &&
    (!isProps(proxy) || proxy["host"] === undefined)
  )
    failures.push({ property: "connection.proxy.host", reason: "is required" });
  return { connection: new Secret(complete(given)), failures };
};
