export interface Piece { readonly kind: "same" | "delete" | "add"; readonly lines: readonly string[] }

/** The lengths of the longest common subsequences of all the tails. */
const table = (old: readonly string[], now: readonly string[]): number[][] => {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = now.length - 1; column >= 0; column--) {
      lengths[row]![column] = old[row] === now[column] ? lengths[row + 1]![column + 1]! + 1 : Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!);
    }
  }
  return lengths;
};

/** Line by line; what is left out comes before what is new. */
export const diffLines = (old: readonly string[], now: readonly string[]): readonly Piece[] => {
  const lengths = table(old, now);
  const pieces: { kind: Piece["kind"]; lines: string[] }[] = [];
  const push = (kind: Piece["kind"], line: string): void => {
    if (pieces.at(-1)?.kind === kind) pieces.at(-1)!.lines.push(line);
    else pieces.push({ kind, lines: [line] });
  };
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    if (row < old.length && column < now.length && old[row] === now[column]) { push("same", old[row]!); row += 1; column += 1; }
    else if (row < old.length && (column === now.length || lengths[row + 1]![column]! >= lengths[row]![column + 1]!)) { push("delete", old[row]!); row += 1; }
    else { push("add", now[column]!); column += 1; }
  }
  return pieces;
};
