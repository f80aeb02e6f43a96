/**
 * A small Lisp: numbers, strings, symbols, lists, lambda, define, let, if, cond, quote. Steps,
 * depth and output are bounded.
 */
import { globals } from "./builtins";
import { parse } from "./parse";
import {
  list,
  LispError,
  Name,
  type Procedure,
  type Run,
  type Scope,
  show,
  symbol,
  type Value,
} from "./values";

export { LispError };

const MOST_STEPS = 200_000;
const MOST_DEPTH = 400;
/** Copying so many cells of a list counts as one step. */
const CELLS_PER_STEP = 100;

const lookup = (scope: Scope | undefined, name: string): Value => {
  for (let at = scope; at; at = at.outer)
    if (at.names.has(name)) return at.names.get(name) as Value;
  throw new LispError(`${name} is not defined`);
};

type Form = (rest: readonly Value[], scope: Scope, depth: number) => Value;
type Evaluate = (form: Value, scope: Scope, depth: number) => Value;

/** The last of them is the value. */
const sequence = (
  evaluate: Evaluate,
  forms: readonly Value[],
  scope: Scope,
  depth: number,
): Value => forms.reduce<Value>((_last, form) => evaluate(form, scope, depth), []);

const lambda = (
  evaluate: Evaluate,
  parameters: Value | undefined,
  forms: readonly Value[],
  scope: Scope,
): Procedure => {
  const wanted = list(parameters).map(symbol);
  return (args, depth) => {
    if (args.length !== wanted.length)
      throw new LispError(`${wanted.length} arguments are needed, not ${args.length}`);
    const names = new Map(wanted.map((name, index) => [name, args[index] as Value]));
    return sequence(evaluate, forms, { names, outer: scope }, depth);
  };
};

const isElse = (test: Value | undefined): boolean => test instanceof Name && test.text === "else";

/** What looks like a call and evaluates its arguments in a way of its own. */
const specialForms = (evaluate: Evaluate): ReadonlyMap<string, Form> => {
  const holds = (test: Value | undefined, scope: Scope, depth: number): boolean =>
    evaluate(test ?? false, scope, depth) !== false;
  const define: Form = ([target, ...rest], scope, depth) => {
    const [name, value] = Array.isArray(target)
      ? [symbol(target[0]), lambda(evaluate, target.slice(1), rest, scope)]
      : [symbol(target), evaluate(rest[0] ?? [], scope, depth)];
    scope.names.set(name, value);
    return [];
  };
  const choose: Form = ([test, yes, no], scope, depth) => {
    const branch = holds(test, scope, depth) ? yes : no;
    return branch === undefined ? [] : evaluate(branch, scope, depth);
  };
  const cond: Form = (clauses, scope, depth) => {
    const clause = clauses.map(list).find(([test]) => isElse(test) || holds(test, scope, depth));
    return clause === undefined ? [] : sequence(evaluate, clause.slice(1), scope, depth);
  };
  const bind: Form = ([bindings, ...forms], scope, depth) => {
    const bound = list(bindings)
      .map(list)
      .map(([name, value]): [string, Value] => [symbol(name), evaluate(value ?? [], scope, depth)]);
    return sequence(evaluate, forms, { names: new Map(bound), outer: scope }, depth);
  };
  return new Map<string, Form>([
    ["quote", ([value]) => value ?? []],
    ["define", define],
    ["lambda", ([parameters, ...forms], scope) => lambda(evaluate, parameters, forms, scope)],
    ["if", choose],
    ["cond", cond],
    ["let", bind],
    ["begin", (forms, scope, depth) => sequence(evaluate, forms, scope, depth)],
  ]);
};

const evaluator = (run: Run): Evaluate => {
  const call = (first: Value, rest: readonly Value[], scope: Scope, depth: number): Value => {
    const procedure = evaluate(first, scope, depth + 1);
    if (typeof procedure !== "function")
      throw new LispError(`${show(procedure, true)} is not a procedure`);
    const args = rest.map((argument) => evaluate(argument, scope, depth + 1));
    const result = procedure(args, depth + 1);
    if (Array.isArray(result)) run.steps += Math.floor(result.length / CELLS_PER_STEP);
    return result;
  };
  const evaluate: Evaluate = (form, scope, depth) => {
    run.steps += 1;
    if (run.steps > MOST_STEPS) throw new LispError(`stopped after ${MOST_STEPS} steps`);
    if (depth > MOST_DEPTH) throw new LispError("calls are nested too deeply");
    if (form instanceof Name) return lookup(scope, form.text);
    if (!Array.isArray(form)) return form;
    const [first, ...rest] = form;
    if (first === undefined) return form;
    const special = first instanceof Name ? forms.get(first.text) : undefined;
    return special ? special(rest, scope, depth + 1) : call(first, rest, scope, depth);
  };
  const forms = specialForms(evaluate);
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
