/**
 * A small Forth: integers, a stack, words, conditionals and loops. It stops by itself: steps, stack
 * and output are bounded.
 */
export class ForthError extends Error {}

const MOST_STEPS = 200_000;
const MOST_STACK = 10_000;
const MOST_OUTPUT = 20_000;

type Token = number | string;

interface Machine {
  stack: number[];
  output: string;
  steps: number;
  readonly words: Map<string, readonly Token[]>;
  readonly memory: Map<number, number>;
  next: number;
}

const pop = (machine: Machine): number => {
  const value = machine.stack.pop();
  if (value === undefined) throw new ForthError("stack underflow");
  return value;
};
const push = (machine: Machine, ...values: number[]): void => {
  machine.stack.push(...values.map((value) => value | 0));
  if (machine.stack.length > MOST_STACK) throw new ForthError("stack overflow");
};
const print = (machine: Machine, text: string): void => {
  machine.output += text;
  if (machine.output.length > MOST_OUTPUT) throw new ForthError("too much output");
};
const two =
  (calculate: (a: number, b: number) => number) =>
  (machine: Machine): void => {
    const b = pop(machine);
    push(machine, calculate(pop(machine), b));
  };
const divisor = (b: number): number => {
  if (b === 0) throw new ForthError("division by zero");
  return b;
};
const flag = (value: boolean): number => (value ? -1 : 0);

const primitives: Readonly<Record<string, (machine: Machine) => void>> = {
  "+": two((a, b) => a + b),
  "-": two((a, b) => a - b),
  "*": two(Math.imul),
  "/": two((a, b) => Math.floor(a / divisor(b))),
  mod: two((a, b) => a - b * Math.floor(a / divisor(b))),
  "=": two((a, b) => flag(a === b)),
  "<>": two((a, b) => flag(a !== b)),
  "<": two((a, b) => flag(a < b)),
  ">": two((a, b) => flag(a > b)),
  and: two((a, b) => a & b),
  or: two((a, b) => a | b),
  xor: two((a, b) => a ^ b),
  max: two(Math.max),
  min: two(Math.min),
  negate: (m) => push(m, -pop(m)),
  "0=": (m) => push(m, flag(pop(m) === 0)),
  dup: (m) => {
    const a = pop(m);
    push(m, a, a);
  },
  drop: (m) => void pop(m),
  swap: (m) => {
    const b = pop(m),
      a = pop(m);
    push(m, b, a);
  },
  over: (m) => {
    const b = pop(m),
      a = pop(m);
    push(m, a, b, a);
  },
  rot: (m) => {
    const c = pop(m),
      b = pop(m),
      a = pop(m);
    push(m, b, c, a);
  },
  ".": (m) => print(m, `${pop(m)} `),
  cr: (m) => print(m, "\n"),
  emit: (m) => print(m, String.fromCodePoint(Math.abs(pop(m)) % 0x110000)),
  ".s": (m) => print(m, `<${m.stack.length}> ${m.stack.join(" ")} `),
  "!": (m) => {
    const at = pop(m);
    m.memory.set(at, pop(m));
  },
  "@": (m) => push(m, m.memory.get(pop(m)) ?? 0),
};

/**
 * Where the block that begins at `from` ends: the matching closer, and the middle word (ELSE,
 * WHILE) on the way.
 */
const match = (
  tokens: readonly Token[],
  from: number,
  open: string,
  middle: string,
  closers: readonly string[],
): { readonly middle?: number; readonly end: number } => {
  let depth = 0;
  let found: number | undefined;
  for (let at = from + 1; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === open) depth += 1;
    else if (depth === 0 && token === middle) found = at;
    else if (typeof token === "string" && closers.includes(token)) {
      if (depth === 0) return { middle: found, end: at };
      depth -= 1;
    }
  }
  throw new ForthError(`${open} has no ${closers.join(" or ")}`);
};

const conditional = (
  machine: Machine,
  tokens: readonly Token[],
  at: number,
  loop: readonly number[],
  depth: number,
): number => {
  const { middle, end } = match(tokens, at, "if", "else", ["then"]);
  const otherwise = middle === undefined ? [] : tokens.slice(middle + 1, end);
  const branch = pop(machine) === 0 ? otherwise : tokens.slice(at + 1, middle ?? end);
  execute(machine, branch, loop, depth);
  return end;
};

const counted = (
  machine: Machine,
  tokens: readonly Token[],
  at: number,
  loop: readonly number[],
  depth: number,
): number => {
  const { end } = match(tokens, at, "do", "", ["loop"]);
  const start = pop(machine);
  const limit = pop(machine);
  const body = tokens.slice(at + 1, end);
  for (let index = start; index < limit; index += 1) {
    // An empty body takes no step of its own.
    tick(machine);
    execute(machine, body, [index, ...loop], depth);
  }
  return end;
};

const repeated = (
  machine: Machine,
  tokens: readonly Token[],
  at: number,
  loop: readonly number[],
  depth: number,
): number => {
  const { middle, end } = match(tokens, at, "begin", "while", ["until", "repeat"]);
  const head = tokens.slice(at + 1, middle ?? end);
  const tail = middle === undefined ? [] : tokens.slice(middle + 1, end);
  for (;;) {
    tick(machine);
    execute(machine, head, loop, depth);
    if (tokens[end] === "until" ? pop(machine) !== 0 : middle !== undefined && pop(machine) === 0)
      return end;
    execute(machine, tail, loop, depth);
  }
};

const blocks: Readonly<Record<string, typeof conditional>> = {
  if: conditional,
  do: counted,
  begin: repeated,
};

const tick = (machine: Machine): void => {
  machine.steps += 1;
  if (machine.steps > MOST_STEPS) throw new ForthError(`stopped after ${MOST_STEPS} steps`);
};

const define = (machine: Machine, tokens: readonly Token[], at: number): number => {
  const end = tokens.indexOf(";", at);
  const name = tokens[at + 1];
  if (end < 0 || typeof name !== "string") throw new ForthError(": needs a name and a ;");
  machine.words.set(name, tokens.slice(at + 2, end));
  return end;
};

const variable = (machine: Machine, tokens: readonly Token[], at: number): number => {
  const name = tokens[at + 1];
  if (typeof name !== "string") throw new ForthError("variable needs a name");
  machine.words.set(name, [machine.next]);
  machine.next += 1;
  return at + 1;
};

const execute = (
  machine: Machine,
  tokens: readonly Token[],
  loop: readonly number[] = [],
  depth = 0,
): void => {
  if (depth > 200) throw new ForthError("words call one another too deeply");
  for (let at = 0; at < tokens.length; at += 1) {
    tick(machine);
    const token = tokens[at] as Token;
    if (typeof token === "number") push(machine, token);
    else if (token.startsWith('"')) print(machine, token.slice(1));
    else if (token === "i" || token === "j") push(machine, loop[token === "i" ? 0 : 1] ?? 0);
    else if (token === ":") at = define(machine, tokens, at);
    else if (token === "variable") at = variable(machine, tokens, at);
    else if (Object.hasOwn(blocks, token))
      at = (blocks[token] as typeof conditional)(machine, tokens, at, loop, depth);
    else if (machine.words.has(token))
      execute(machine, machine.words.get(token) ?? [], [], depth + 1);
    else if (Object.hasOwn(primitives, token)) primitives[token]?.(machine);
    else throw new ForthError(`${token} ?`);
  }
};

/** Comments go, `." text"` becomes one token, words are lower case. */
const tokenize = (source: string): Token[] => {
  const text = source.replace(/\\ .*$/gm, "").replace(/(^|\s)\( [^)]*\)/g, " ");
  return [...text.matchAll(/\." ([^"]*)"|(\S+)/g)].map(([, quoted, word = ""]) => {
    if (quoted !== undefined) return `"${quoted}`;
    return /^-?\d+$/.test(word) ? Number(word) | 0 : word.toLowerCase();
  });
};

/** @returns what the program printed. @throws ForthError */
export const forth = (source: string): string => {
  const machine: Machine = {
    stack: [],
    output: "",
    steps: 0,
    words: new Map(),
    memory: new Map(),
    next: 0,
  };
  execute(machine, tokenize(source));
  return machine.output;
};
