"use strict";
// Loaded first of all in the process that runs a user's program: `node --require launch.cjs
// [nodeargs] RUNNER`, where RUNNER is the folder of the SDK's cmd/run.
// The process starts while the engine is still loading. It loads Pulumi's SDK meanwhile, before a
// loader of the program's, such as tsx, wants to look at each of its files,
// and waits to be told what to run: one line of JSON on file descriptor 3, { argv: string[], env: {
// NAME: value } }.
const { readSync, closeSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const { inspect } = require("node:util");

const ORDERS = 3;

/**
 * What the SDK loads at every start and hardly a program needs: the API that drives the CLI, and
 * the compiler and package reader for functions that become resources.
 * Together they are more than half of its loading time. They are loaded when something of them is
 * used first.
 */
const SELDOM_USED = [
  ["index.js", "./automation"],
  ["typescript-shim.js", "typescript"],
  ["runtime/closure/codePaths.js", "@npmcli/arborist"],
];

/**
 * Exporters of traces to Zipkin, which this engine asks for none of. The SDK takes their classes
 * out at once, and uses them when it is asked to trace.
 */
const TRACING = [
  "resources",
  "sdk-trace-base",
  "exporter-zipkin",
  "instrumentation-grpc",
  "sdk-trace-node",
  "instrumentation",
].map((name) => ["cmd/run/tracing.js", `@opentelemetry/${name}`]);

const onFirstUse = (load) => {
  let loaded;
  const module = () => (loaded ??= load());
  // A CommonJS module as an ES module has it: itself as the default.
  const get = (_, name) => {
    if (name === "__esModule") return true;
    if (name === "default" && !module().__esModule) return module();
    return Reflect.get(module(), name);
  };
  return new Proxy(
    {},
    {
      get,
      has: (_, name) => Reflect.has(module(), name),
      set: (_, name, value) => Reflect.set(module(), name, value),
      ownKeys: () => Reflect.ownKeys(module()),
      getOwnPropertyDescriptor: (_, name) => {
        const own = Reflect.getOwnPropertyDescriptor(module(), name);
        return own && { ...own, configurable: true };
      },
    },
  );
};

/** The same for a module of classes and functions that are taken out of it at once. */
const membersOnFirstUse = (load) =>
  new Proxy(
    {},
    {
      get: (_, name) =>
        new Proxy(function () {}, {
          construct: (_, given) => Reflect.construct(load()[name], given),
          apply: (_, self, given) => Reflect.apply(load()[name], self, given),
        }),
    },
  );

/** Loads the SDK without what is seldom used. */
const loadSdk = (sdk, parts) => {
  const deferrals = new Map(
    [
      ...SELDOM_USED.map((each) => [each, onFirstUse]),
      ...TRACING.map((each) => [each, membersOnFirstUse]),
    ].map(([[from, request], defer]) => [`${join(sdk, from)} ${request}`, defer]),
  );
  const load = Module._load;
  Module._load = function loadDeferred(request, parent, isMain) {
    const defer = parent && deferrals.get(`${parent.filename} ${request}`);
    if (!defer) return load.call(this, request, parent, isMain);
    // One that isn't installed is missed now, as without us.
    Module._resolveFilename(request, parent, isMain);
    return defer(() => load.call(this, request, parent, isMain));
  };
  for (const part of parts) require(part);
  // The program's own files are loaded by Node alone: a step of ours between them would be in each
  // resource's stack trace.
  Module._load = load;
};

/**
 * Waits without turning the event loop: nothing of the program may run before it is told what it
 * is. Null: the engine wants nothing run.
 */
const orders = () => {
  const chunks = [];
  for (const chunk = Buffer.alloc(65536); ;) {
    const length = readSync(ORDERS, chunk);
    if (length === 0) break;
    chunks.push(Buffer.from(chunk.subarray(0, length)));
  }
  closeSync(ORDERS);
  const text = Buffer.concat(chunks).toString();
  return text.endsWith("\n") ? JSON.parse(text) : null;
};

/**
 * The SDK reports its every step as a debug message, each sent when the one before has been
 * answered. This engine shows none of them.
 */
const sendNoDebugMessages = (sdk) => {
  require(join(sdk, "log")).debug = () => Promise.resolve();
};

/**
 * The SDK attaches V8's debugger at the start, to name files in what it says of a function that
 * can't become a resource. It slows down all that is loaded; with us it is attached for the first
 * such function.
 */
const debugOnRequest = (sdk) => {
  require(join(sdk, "runtime/closure/v8Hooks")).isInitializedAsync = () => Promise.resolve();
};

/**
 * The SDK notes with each promise where in the program it was made, to name those that leak. That
 * takes longer than all else about it, and is of use on request only.
 */
const tracePromisesOnRequest = (sdk) => {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return;
  const promises = require(join(sdk, "runtime/debuggable"));
  const { debuggablePromise } = promises;
  promises.debuggablePromise = (...given) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...given);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
};

/**
 * The SDK has Node colour the stack of what a program throws. Node 20.20 never comes to an end with
 * a path of a scope and no package, `node_modules/@pulumi/resource.ts`, as source maps of the SDK
 * name them: it fills the memory for a minute, until no string can be longer.
 */
const tellErrorsWithoutColours = (runner) => {
  const errors = require(join(runner, "error"));
  const { defaultErrorMessage } = errors;
  errors.defaultErrorMessage = (error) =>
    error?.stack ? inspect(error) : defaultErrorMessage(error);
};

const launch = (runner) => {
  // Workers and children of the program inherit both: they are not to be told anything.
  delete process.env.SECOND_SERVER_RUNNER;
  process.execArgv.splice(process.execArgv.indexOf("--require"), 2);
  const sdk = dirname(dirname(runner));
  // In the order of the SDK's runner, which patches gRPC before anything has loaded it.
  loadSdk(sdk, [join(runner, "instrumentation"), sdk, join(runner, "tracing")]);
  sendNoDebugMessages(sdk);
  debugOnRequest(sdk);
  tracePromisesOnRequest(sdk);
  tellErrorsWithoutColours(runner);
  const told = orders();
  if (!told) process.exit(0);
  Object.assign(process.env, told.env);
  process.argv.push(...told.argv);
};

if (process.env.SECOND_SERVER_RUNNER) launch(process.env.SECOND_SERVER_RUNNER);
