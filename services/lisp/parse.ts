import { LispError, Name, type Value } from "./values";

const MOST_DEPTH = 400;

/** @throws LispError where a parenthesis is missing or too many */
export const parse = (source: string): Value[] => {
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
    if (token[0] === "'") return [new Name("quote"), one(depth + 1)];
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
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : new Name(text);
};
