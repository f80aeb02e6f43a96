import { EngineError } from "../../errors";
import type { Props } from "../../values/value";
import { type Kind, type Package, text } from "../provider";
import { type Client, createClient } from "./client";
import { KINDS } from "./kinds";
import { lookups } from "./lookups";
import { resource } from "./resource";

/** "Droplet" → "digitalocean:index/droplet:Droplet". */
const typeName = (name: string): string =>
  `digitalocean:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

const clientOf = (config: Props): Client => {
  const token =
    text(config["token"]) ||
    process.env["DIGITALOCEAN_TOKEN"] ||
    process.env["DIGITALOCEAN_ACCESS_TOKEN"];
  const endpoint =
    text(config["apiEndpoint"]) ||
    process.env["DIGITALOCEAN_API_URL"] ||
    "https://api.digitalocean.com";
  if (!token)
    throw new EngineError(
      "digitalocean: no token. Set DIGITALOCEAN_TOKEN (https://cloud.digitalocean.com/account/api/tokens).",
    );
  return createClient(endpoint, token);
};

/** The digitalocean provider, for the account of DIGITALOCEAN_TOKEN at DIGITALOCEAN_API_URL. */
export const digitaloceanPackage: Package = {
  settings: ["token", "apiEndpoint"],
  open: (config) => {
    const client = clientOf(config);
    const kinds = Object.entries(KINDS).map(([name, kind]): [string, Kind] => [
      typeName(name),
      resource(kind, client),
    ]);
    return { kinds: Object.fromEntries(kinds), lookups: lookups(client) };
  },
};
