import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { isRpcSecret, unwrapRpcSecret } from "@pulumi/pulumi/runtime/rpc";

/** What the program asked the engine for, as the engine would see it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Plain, secrets opened. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What it depends on, through inputs or dependsOn: "Droplet primary". */
  readonly dependencies: readonly string[];
  readonly parent: string;
  readonly ignoreChanges: readonly string[];
  readonly retainOnDelete: boolean;
  /** Taken over from what is there, by this id. */
  readonly importId: string;
  readonly deletedWith: string;
}

interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getRetainondelete(): boolean;
  getImportid(): string;
  getDeletedwith(): string;
}

/**
 * "urn:pulumi:stack::project::parent$type::name" → "type name", with the type's last word alone.
 */
const nameOf = (urn: string): string => {
  const [, , types = "", name = ""] = urn.split("::");
  return shortName(types.split("$").at(-1)!, name);
};
export const shortName = (type: string, name: string): string =>
  `${type.split(":").at(-1)} ${name}`;
const keyOf = (type: string, name: string): string => `${type}::${name}`;

const isAsset = (value: unknown): boolean => pulumi.asset.Asset.isInstance(value);

/** Secrets opened, all the way down. */
const open = (value: unknown): unknown => {
  if (isRpcSecret(value)) return open(unwrapRpcSecret(value));
  if (typeof value !== "object" || value === null || isAsset(value)) return value;
  return Array.isArray(value)
    ? value.map(open)
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, open(inner)]));
};

const valueOf = (output: unknown): Promise<unknown> =>
  new Promise((resolve) => (pulumi.output(output) as pulumi.Output<unknown>).apply(resolve));

const DROPLETS: Readonly<Record<string, { readonly id: string; readonly address: string }>> = {
  primary: { id: "101", address: "203.0.113.10" },
  "primary-green": { id: "103", address: "203.0.113.12" },
};
const idOf = (type: string, name: string): string => {
  if (!type.includes("droplet:")) return `${name}-id`;
  return DROPLETS[name]?.id ?? "102";
};

/** What a resource would answer, where the program goes on with it. */
const answers = (type: string, name: string): Record<string, unknown> => {
  switch (type) {
    case "digitalocean:index/droplet:Droplet":
      return {
        ipv4Address: DROPLETS[name]?.address ?? "203.0.113.11",
        ipv6Address: "2001:db8::1",
      };
    case "digitalocean:index/reservedIp:ReservedIp":
      return { ipAddress: "203.0.113.200" };
    case "digitalocean:index/sshKey:SshKey":
      return { fingerprint: "aa:bb" };
    case "tls:index/privateKey:PrivateKey":
      return {
        privateKeyOpenssh: `-----BEGIN OPENSSH PRIVATE KEY-----\n${name}\n-----END OPENSSH PRIVATE KEY-----\n`,
        publicKeyOpenssh: `ssh-ed25519 AAAA${name}\n`,
      };
    case "random:index/randomPassword:RandomPassword":
      return { result: `random-${name}` };
    default:
      return {};
  }
};

/**
 * Runs a program on Pulumi's mocks. `preview` leaves every output unknown, as the engine's preview
 * does.
 */
export const runProgram = async (
  load: () => Record<string, unknown>,
  settings: Readonly<Record<string, string>>,
  preview = false,
): Promise<{ resources: readonly Registered[]; outputs: Record<string, unknown> }> => {
  const requests = new Map<string, Request>();
  const inputs = new Map<string, Record<string, unknown>>();
  const original = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = async function (
    this: MockMonitor,
    request: Request,
    callback: never,
  ) {
    requests.set(keyOf(request.getType(), request.getName()), request);
    return await original.call(this, request, callback);
  } as typeof original;
  try {
    await pulumi.runtime.setMocks(
      {
        newResource: ({ type, name, inputs: given }) => {
          inputs.set(keyOf(type, name), open(given) as Record<string, unknown>);
          return {
            id: preview ? undefined : idOf(type, name),
            state: preview ? {} : { ...(given as object), ...answers(type, name) },
          };
        },
        call: ({ token }) => {
          throw new Error(`the program must not ask for ${token}: a preview could not`);
        },
      },
      "second-server",
      "test",
      preview,
    );
    pulumi.runtime.setAllConfig(
      Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`second-server:${name}`, value]),
      ),
    );
    const exported = load();
    const names = Object.keys(exported);
    const values = await Promise.all(
      names.map(async (name) => (preview ? undefined : await valueOf(exported[name]))),
    );
    await pulumi.runtime.disconnect();
    const resources = [...requests].map(([key, request]): Registered => ({
      type: request.getType(),
      name: request.getName(),
      custom: request.getCustom(),
      inputs: inputs.get(key) ?? {},
      parent: nameOf(request.getParent()),
      dependencies: request.getDependenciesList().map(nameOf),
      ignoreChanges: request.getIgnorechangesList(),
      retainOnDelete: request.getRetainondelete(),
      importId: request.getImportid(),
      deletedWith: request.getDeletedwith(),
    }));
    return {
      resources,
      outputs: Object.fromEntries(names.map((name, index) => [name, values[index]])),
    };
  } finally {
    MockMonitor.prototype.registerResource = original;
  }
};
