/** A small Lisp: numbers, strings, symbols, lists, lambda, define, let, if, cond, quote. Steps, depth and output are bounded. */
export class LispError extends Error {}

const MOST_STEPS = 200_000;
const MOST_DEPTH = 400;
const MOST_LENGTH = 100_000;
const MOST_TEXT = 20_000;
/** Copying so many cells of a list counts as one step. */
const CELLS_PER_STEP = 100;

class Symbol_ {
  constructor(readonly name: string) {}
}
type Value = number | string | boolean | Symbol_ | Value[] | Procedure;
type Procedure = (args: Value[], depth: number) => Value;
interface Scope {
  readonly names: Map<string, Value>;
  readonly outer?: Scope;
}
interface Run {
  steps: number;
  output: string;
}

const parse = (source: string): Value[] => {
  const tokens = [
    ...source.replace(/;.*$/gm, "").matchAll(/"((?:[^"\\]|\\.)*)"|[()']|[^\s()'"]+/g),
  ];
  let at = 0;
  const one = (depth: number): Value => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) throw new LispError("a ) is missing");
    if (depth > MOST_DEPTH) throw new LispError("nested too deeply");
    if (token[1] !== undefined)
      return token[1].replace(/\\(.)/g, (_all, c: string) => (c === "n" ? "\n" : c));
    if (token[0] === "'") return [new Symbol_("quote"), one(depth + 1)];
    if (token[0] === ")") throw new LispError("a ) too many");
    if (token[0] !== "(") return atom(token[0]);
    const list: Value[] = [];
    while (tokens[at]?.[0] !== ")") list.push(one(depth + 1));
    at += 1;
    return list;
  };
  const all: Value[] = [];
  while (at < tokens.length) all.push(one(0));
  return all;
};

const atom = (text: string): Value => {
  if (text === "#t" || text === "#f") return text === "#t";
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : new Symbol_(text);
};

/** Lists may share their parts, so a value of thirty cells can print as a billion: what is written is bounded, not what there is. */
const show = (value: Value, inside = false, room = { left: MOST_TEXT }): string => {
  const text =
    typeof value === "boolean"
      ? value
        ? "#t"
        : "#f"
      : typeof value === "string"
        ? inside
          ? JSON.stringify(value)
          : value
        : value instanceof Symbol_
          ? value.name
          : typeof value === "function"
            ? "#<procedure>"
            : Array.isArray(value)
              ? "()"
              : String(value);
  room.left -= text.length;
  if (room.left < 0) throw new LispError("too much output");
  return Array.isArray(value) ? `(${value.map((item) => show(item, true, room)).join(" ")})` : text;
};

const number = (value: Value | undefined): number => {
  if (typeof value !== "number")
    throw new LispError(`${value === undefined ? "nothing" : show(value, true)} is not a number`);
  return value;
};
const list = (value: Value | undefined): Value[] => {
  if (!Array.isArray(value))
    throw new LispError(`${value === undefined ? "nothing" : show(value, true)} is not a list`);
  if (value.length > MOST_LENGTH) throw new LispError("the list is too long");
  return value;
};
const fold =
  (calculate: (a: number, b: number) => number, unit: number): Procedure =>
  (args) => {
    if (args.length === 1) return calculate(unit, number(args[0]));
    return args
      .slice(1)
      .reduce<number>(
        (sum, arg) => calculate(sum, number(arg)),
        args.length === 0 ? unit : number(args[0]),
      );
  };
const compare =
  (holds: (a: number, b: number) => boolean): Procedure =>
  (args) =>
    args.every((arg, index) => index === 0 || holds(number(args[index - 1]), number(arg)));
const head = (items: Value[]): Value => {
  const [first] = items;
  if (first === undefined) throw new LispError("the list is empty");
  return first;
};

const globals = (run: Run): Scope => {
  const apply = (procedure: Value | undefined, args: Value[], depth: number): Value => {
    if (typeof procedure !== "function")
      throw new LispError(
        `${procedure === undefined ? "nothing" : show(procedure, true)} is not a procedure`,
      );
    return procedure(args, depth + 1);
  };
  const names: Record<string, Value> = {
    "+": fold((a, b) => a + b, 0),
    "-": fold((a, b) => a - b, 0),
    "*": fold((a, b) => a * b, 1),
    "/": fold((a, b) => {
      if (b === 0) throw new LispError("division by zero");
      return a / b;
    }, 1),
    modulo: ([a, b]) => number(a) - number(b) * Math.floor(number(a) / number(b)),
    "=": compare((a, b) => a === b),
    "<": compare((a, b) => a < b),
    ">": compare((a, b) => a > b),
    "<=": compare((a, b) => a <= b),
    ">=": compare((a, b) => a >= b),
    not: ([value]) => value === false,
    "eq?": ([a, b]) => (a instanceof Symbol_ && b instanceof Symbol_ ? a.name === b.name : a === b),
    list: (args) => args,
    car: ([items]) => head(list(items)),
    cdr: ([items]) => list(items).slice(1),
    cons: ([first, rest]) => [first as Value, ...list(rest)],
    "null?": ([items]) => Array.isArray(items) && items.length === 0,
    length: ([items]) => list(items).length,
    append: (args) => list(args.flatMap((items) => list(items))),
    reverse: ([items]) => [...list(items)].reverse(),
    map: ([procedure, items], depth) => list(items).map((item) => apply(procedure, [item], depth)),
    filter: ([procedure, items], depth) =>
      list(items).filter((item) => apply(procedure, [item], depth) !== false),
    reduce: ([procedure, unit, items], depth) =>
      list(items).reduce<Value>((sum, item) => apply(procedure, [sum, item], depth), unit as Value),
    display: (args) => {
      run.output += args.map((value) => show(value)).join(" ");
      if (run.output.length > MOST_TEXT) throw new LispError("too much output");
      return [];
    },
    newline: () => {
      run.output += "\n";
      return [];
    },
  };
  return { names: new Map(Object.entries(names)) };
};

const lookup = (scope: Scope | undefined, name: string): Value => {
  for (let at = scope; at; at = at.outer)
    if (at.names.has(name)) return at.names.get(name) as Value;
  throw new LispError(`${name} is not defined`);
};

const symbol = (value: Value | undefined): string => {
  if (!(value instanceof Symbol_)) throw new LispError("a name is needed");
  return value.name;
};

const evaluator = (run: Run): ((form: Value, scope: Scope, depth: number) => Value) => {
  const body = (forms: readonly Value[], scope: Scope, depth: number): Value =>
    forms.reduce<Value>((_last, form) => evaluate(form, scope, depth), []);
  const lambda = (
    parameters: Value | undefined,
    forms: readonly Value[],
    scope: Scope,
  ): Procedure => {
    const wanted = list(parameters).map(symbol);
    return (args, depth) => {
      if (args.length !== wanted.length)
        throw new LispError(`${wanted.length} arguments are needed, not ${args.length}`);
      return body(
        forms,
        { names: new Map(wanted.map((name, index) => [name, args[index] as Value])), outer: scope },
        depth,
      );
    };
  };
  const define = ([target, ...rest]: readonly Value[], scope: Scope, depth: number): Value => {
    const name = symbol(Array.isArray(target) ? target[0] : target);
    scope.names.set(
      name,
      Array.isArray(target)
        ? lambda(target.slice(1), rest, scope)
        : evaluate(rest[0] ?? [], scope, depth),
    );
    return [];
  };
  const special: Readonly<
    Record<string, (rest: readonly Value[], scope: Scope, depth: number) => Value>
  > = {
    quote: ([value]) => value ?? [],
    define,
    lambda: ([parameters, ...forms], scope) => lambda(parameters, forms, scope),
    if: ([test, yes, no], scope, depth) => {
      const branch = evaluate(test ?? false, scope, depth) === false ? no : yes;
      return branch === undefined ? [] : evaluate(branch, scope, depth);
    },
    cond: (clauses, scope, depth) => {
      const clause = clauses
        .map(list)
        .find(
          ([test]) =>
            (test instanceof Symbol_ && test.name === "else") ||
            evaluate(test ?? false, scope, depth) !== false,
        );
      return clause === undefined ? [] : body(clause.slice(1), scope, depth);
    },
    let: ([bindings, ...forms], scope, depth) =>
      body(
        forms,
        {
          names: new Map(
            list(bindings)
              .map(list)
              .map(([name, value]) => [symbol(name), evaluate(value ?? [], scope, depth)]),
          ),
          outer: scope,
        },
        depth,
      ),
    begin: (forms, scope, depth) => body(forms, scope, depth),
  };
  const evaluate = (form: Value, scope: Scope, depth: number): Value => {
    run.steps += 1;
    if (run.steps > MOST_STEPS) throw new LispError(`stopped after ${MOST_STEPS} steps`);
    if (depth > MOST_DEPTH) throw new LispError("calls are nested too deeply");
    if (form instanceof Symbol_) return lookup(scope, form.name);
    if (!Array.isArray(form) || form.length === 0) return form;
    const [first, ...rest] = form;
    if (first instanceof Symbol_ && Object.hasOwn(special, first.name))
      return (special[first.name] as (typeof special)[string])(rest, scope, depth + 1);
    const procedure = evaluate(first as Value, scope, depth + 1);
    if (typeof procedure !== "function")
      throw new LispError(`${show(procedure, true)} is not a procedure`);
    const result = procedure(
      rest.map((argument) => evaluate(argument, scope, depth + 1)),
      depth + 1,
    );
    if (Array.isArray(result)) run.steps += Math.floor(result.length / CELLS_PER_STEP);
    return result;
  };
  return evaluate;
};

/** @returns what was displayed, or else the last value. @throws LispError */
export const lisp = (source: string): string => {
  const run: Run = { steps: 0, output: "" };
  const evaluate = evaluator(run);
  const scope = globals(run);
  const last = parse(source).reduce<Value>((_before, form) => evaluate(form, scope, 0), []);
  return run.output === "" ? show(last, true) : run.output;
};
