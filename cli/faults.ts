import type { FaultRequest } from "../local/cloud/api/faults";
import { cannotRun } from "./errors";

/** The options of `fault inject`, as commander hands them over. */
export interface FaultOptions {
  readonly peer?: string;
  readonly unit?: string;
  readonly percent?: string;
  readonly milliseconds?: string;
  readonly seconds?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: string;
  readonly message?: string;
  readonly retryAfter?: string;
  readonly delay?: string;
  readonly times?: string;
  readonly name?: string;
  readonly answer?: string;
  readonly how?: string;
}

type Kind = FaultRequest["kind"];
interface KindFacts {
  readonly what: string;
  readonly machine: boolean;
  readonly options: readonly (keyof FaultOptions)[];
}

/** Every kind of fault: what it does, whether it is one machine's, and which options it takes. */
export const FAULT_KINDS: Readonly<Record<Kind, KindFacts>> = {
  "power-cut": {
    what: "the plug is pulled; what was not on disk is lost (clear: power on)",
    machine: true,
    options: [],
  },
  "network-cut": {
    what: "no packet comes through, or none to and from --peer",
    machine: true,
    options: ["peer"],
  },
  loss: {
    what: "--percent of the machine's packets are lost, each way",
    machine: true,
    options: ["percent"],
  },
  latency: {
    what: "each packet takes --milliseconds longer, each way",
    machine: true,
    options: ["milliseconds"],
  },
  freeze: {
    what: "the machine, or one --unit of it, stands still",
    machine: true,
    options: ["unit"],
  },
  "disk-full": { what: "nothing can be written any more", machine: true, options: [] },
  "clock-skew": {
    what: "services, or one --unit, see a clock that is --seconds off; they are restarted",
    machine: true,
    options: ["seconds", "unit"],
  },
  api: {
    what: "chosen API calls err (--status) or wait (--delay)",
    machine: false,
    options: ["method", "path", "status", "message", "retryAfter", "delay", "times"],
  },
  dns: {
    what: "names are not resolved: all, or --name and what is below it",
    machine: false,
    options: ["name", "answer"],
  },
  acme: { what: "the certificate authority is down", machine: false, options: [] },
  relay: {
    what: "the mail relay takes no connection, or no mail (--how defer)",
    machine: false,
    options: ["how"],
  },
};

const names = Object.keys(FAULT_KINDS) as Kind[];
const flag = (option: string): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const numberOf = (option: keyof FaultOptions, options: FaultOptions): number => {
  const text = options[option];
  const value = Number(text);
  if (text === undefined || text.trim() === "" || !Number.isFinite(value))
    throw cannotRun(`fleet fault: ${flag(option)} is needed, with a number.`);
  return value;
};
const maybeNumber = (option: keyof FaultOptions, options: FaultOptions): number | undefined =>
  options[option] === undefined ? undefined : numberOf(option, options);

/** One of the words that an option takes, or its default. */
const choice = <T extends string>(
  option: keyof FaultOptions,
  options: FaultOptions,
  words: readonly [T, ...T[]],
): T => {
  const found = words.find(
    (word) => word.toLowerCase() === (options[option] ?? words[0]).toLowerCase(),
  );
  if (found === undefined)
    throw cannotRun(
      `fleet fault: ${flag(option)} ${options[option]}: choose one of: ${words.join(", ")}.`,
    );
  return found;
};

const unitOf = ({ unit }: FaultOptions): { unit?: string } =>
  unit === undefined ? {} : { unit: unit.includes(".") ? unit : `fleet-${unit}.service` };

const apiFault = (options: FaultOptions): FaultRequest => {
  const [status, delayMs] = [maybeNumber("status", options), maybeNumber("delay", options)];
  if (status === undefined && delayMs === undefined)
    throw cannotRun(
      "fleet fault: api: say what the calls do: --status 503, or --delay 2000 (milliseconds), or both.",
    );
  const { method, path, message } = options;
  // The API knows which statuses it can give, and says so.
  return {
    kind: "api",
    method,
    path,
    status: status as 503 | undefined,
    message,
    retryAfterSeconds: maybeNumber("retryAfter", options),
    delayMs,
    times: maybeNumber("times", options),
  };
};

const known = (kind: string): kind is Kind => Object.hasOwn(FAULT_KINDS, kind);

const checkWords = (kind: Kind, machine: string | undefined, options: FaultOptions): void => {
  const facts = FAULT_KINDS[kind];
  if (facts.machine && machine === undefined)
    throw cannotRun(
      `fleet fault: ${kind} is done to a machine: ./fleet fault inject ${kind} MACHINE`,
    );
  if (!facts.machine && machine !== undefined)
    throw cannotRun(`fleet fault: ${kind} is no single machine's: leave out "${machine}".`);
  const every = new Set(Object.values(FAULT_KINDS).flatMap((one) => one.options));
  for (const option of every) {
    if (options[option] === undefined || facts.options.includes(option)) continue;
    throw cannotRun(
      `fleet fault: ${kind} takes no ${flag(option)}${facts.options.length ? `; it takes ${facts.options.map(flag).join(", ")}` : ""}.`,
    );
  }
};

/** The fault's body for the API; `idOf` turns a machine's name into its droplet. */
export const faultOf = async (
  kind: string,
  machine: string | undefined,
  options: FaultOptions,
  idOf: (name: string) => Promise<number>,
): Promise<FaultRequest> => {
  if (!known(kind))
    throw cannotRun(
      `fleet fault: there is no fault "${kind}". Choose one of: ${names.join(", ")}.`,
    );
  checkWords(kind, machine, options);
  const dropletId = machine === undefined ? 0 : await idOf(machine);
  switch (kind) {
    case "power-cut":
    case "disk-full":
      return { kind, dropletId };
    case "network-cut":
      return {
        kind,
        dropletId,
        ...(options.peer === undefined ? {} : { peerId: await idOf(options.peer) }),
      };
    case "freeze":
      return { kind, dropletId, ...unitOf(options) };
    case "loss":
      return { kind, dropletId, percent: numberOf("percent", options) };
    case "latency":
      return { kind, dropletId, milliseconds: numberOf("milliseconds", options) };
    case "clock-skew":
      return { kind, dropletId, seconds: numberOf("seconds", options), ...unitOf(options) };
    case "api":
      return apiFault(options);
    case "dns":
      return {
        kind,
        ...(options.name === undefined ? {} : { name: options.name }),
        answer: choice("answer", options, ["SERVFAIL", "NXDOMAIN", "silence"]),
      };
    case "acme":
      return { kind };
    case "relay":
      return { kind, how: choice("how", options, ["refuse", "defer"]) };
    default:
      return kind satisfies never;
  }
};
