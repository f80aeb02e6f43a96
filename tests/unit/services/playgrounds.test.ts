import { describe, expect, test } from "@jest/globals";

import { forth } from "../../../services/forth/forth";
import { lisp } from "../../../services/lisp/lisp";
import { babble, learn } from "../../../services/markov/chain";

describe("Forth", () => {
  test.each([
    ["2 3 + .", "5 "],
    [": square dup * ; 5 1 do i square . loop", "1 4 9 16 "],
    ['." hello" cr', "hello\n"],
    ["1 if 10 else 20 then . 0 if 10 else 20 then .", "10 20 "],
    ["3 begin dup . 1 - dup 0= until drop", "3 2 1 "],
    ["0 begin dup 3 < while dup . 1 + repeat drop", "0 1 2 "],
    ["variable x 7 x ! x @ .", "7 "],
    [": fib dup 2 < if else dup 1 - fib swap 2 - fib + then ; 10 fib .", "55 "],
    ["7 -2 mod . -7 2 / .", "-1 -4 "],
    ["( a comment ) 1 . \\ another", "1 "],
    ["3 0 do 2 0 do j i + . loop loop", "0 1 1 2 2 3 "],
  ])("%s", (program, output) => expect(forth(program)).toBe(output));

  test.each([
    ["+", "stack underflow"],
    ["1 0 /", "division by zero"],
    ["nonsense", "nonsense ?"],
    ["begin 0 until", "stopped after"],
    [": f f ; f", "too deeply"],
    ["1 if", "has no then"],
    ["constructor", "constructor ?"],
    ["begin 1 0 until", "overflow"],
    ["2000000000 0 do loop", "stopped after"],
  ])("%s is refused: %s", (program, problem) => expect(() => forth(program)).toThrow(problem));
});

describe("Lisp", () => {
  test.each([
    ["(+ 1 2 3)", "6"],
    [
      "(define (fact n) (if (< n 2) 1 (* n (fact (- n 1))))) (map fact (list 1 2 3 4 5))",
      "(1 2 6 24 120)",
    ],
    ["(let ((x 2) (y 3)) (* x y))", "6"],
    ['\'(a "b" (1 #t))', '(a "b" (1 #t))'],
    ["(define (adder n) (lambda (x) (+ x n))) ((adder 3) 4)", "7"],
    ['(display "hi") (newline)', "hi\n"],
    ["(cond ((= 1 2) 'a) (else 'b))", "b"],
    ["(reduce + 0 (filter (lambda (x) (> x 2)) '(1 2 3 4)))", "7"],
  ])("%s", (program, output) => expect(lisp(program)).toBe(output));

  test.each([
    ["(", "missing"],
    [")", "too many"],
    ["(car '())", "empty"],
    ["(foo)", "foo is not defined"],
    ["(define (f) (f)) (f)", "too deeply"],
    ["(/ 1 0)", "division by zero"],
    ["(1 2)", "not a procedure"],
    ["((lambda (x) x))", "1 arguments"],
    ["(".repeat(5000), "too deeply"],
    [`(define a '(1)) ${"(define a (list a a)) ".repeat(40)} a`, "too much output"],
    ["(define (grow l) (grow (append l l))) (grow '(1))", "too "],
  ])("%.30s is refused: %s", (program, problem) => expect(() => lisp(program)).toThrow(problem));
});

test("Markov says only what follows in the text, and begins with a sentence", () => {
  const text = "The cat sat down. The cat ran off. The dog sat down.";
  const said = babble(learn(text), 8, () => 0.3);
  expect(said).toMatch(/^The /);
  const pairs = new Set(text.split(" ").map((word, at, all) => `${word} ${all[at + 1]}`));
  expect(
    said
      .split(" ")
      .slice(0, -1)
      .every((word, at) => pairs.has(`${word} ${said.split(" ")[at + 1]}`)),
  ).toBe(true);
});
