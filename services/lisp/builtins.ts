import {
  list,
  LispError,
  MOST_TEXT,
  Name,
  number,
  type Procedure,
  type Run,
  type Scope,
  show,
  type Value,
} from "./values";

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
const head = (items: readonly Value[]): Value => {
  const [first] = items;
  if (first === undefined) throw new LispError("the list is empty");
  return first;
};

/** The procedures that every program begins with. */
export const globals = (run: Run): Scope => {
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
    "eq?": ([a, b]) => (a instanceof Name && b instanceof Name ? a.text === b.text : a === b),
    list: (args) => [...args],
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
