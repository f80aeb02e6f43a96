import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { expect, test } from "@jest/globals";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
/**
 * The rooms that may take a type from contract/; the two products beside them agree with nobody.
 */
const ROOMS = ["agent", "cli", "components", "config", "contract", "drills", "monitor", "render"];

interface Shape {
  readonly room: string;
  readonly place: string;
  /** Its members in order of their names, with their types and without their comments. */
  readonly members: string;
}

const PRINTER = ts.createPrinter({ removeComments: true });

const shapesOf = (file: string): readonly Shape[] => {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), "utf8"),
    ts.ScriptTarget.ES2022,
    true,
  );
  return source.statements.filter(ts.isInterfaceDeclaration).flatMap(({ name, members }) => {
    const texts = members.map((member) =>
      PRINTER.printNode(ts.EmitHint.Unspecified, member, source).replace(/\s+/g, " "),
    );
    // Two members may be the same by chance.
    return texts.length < 3
      ? []
      : [
          {
            room: file.slice(0, file.indexOf("/")),
            place: `${file}: ${name.text}`,
            members: texts.sort().join(" "),
          },
        ];
  });
};

const shapes = ROOMS.flatMap((room) =>
  ts.sys.readDirectory(join(ROOT, room), [".ts"], ["**/node_modules"]),
).flatMap((file) => shapesOf(relative(ROOT, file)));

test("no type is spelled out in two rooms, or twice in one", () => {
  const places = new Map<string, string[]>();
  for (const { place, members } of shapes)
    places.set(members, [...(places.get(members) ?? []), place]);
  expect([...places.values()].filter((found) => found.length > 1)).toEqual([]);
});

test("the types are looked at, not an empty folder", () =>
  expect(new Set(shapes.map(({ room }) => room)).size).toBe(ROOMS.length));
