import { relative } from "node:path";
import { fileURLToPath } from "node:url";

import type { SourcePosition, StackTrace } from "@pulumi/pulumi/proto/source_pb";

import type { Resource } from "../state/resource";

/** A request of the SDK that says where in the program it comes from. */
interface Placed {
  getSourceposition(): SourcePosition | undefined;
  getStacktrace(): StackTrace | undefined;
}

/** As the CLI writes it: from the project's folder, with line and column. */
const positionOf = (position: SourcePosition | undefined, root: string): string | undefined => {
  if (!position?.getUri().startsWith("file://")) return undefined;
  const column = position.getColumn();
  return `project:///${encodeURI(relative(root, fileURLToPath(position.getUri())))}#${position.getLine()}${column > 0 ? `,${column}` : ""}`;
};

/** `root`: the project's folder. */
export const placeOf = (
  request: Placed,
  root: string,
): Pick<Resource, "sourcePosition" | "stackTrace"> => {
  const sourcePosition = positionOf(request.getSourceposition(), root);
  const frames = (request.getStacktrace()?.getFramesList() ?? []).map((frame) =>
    positionOf(frame.getPc(), root),
  );
  return {
    ...(sourcePosition === undefined ? {} : { sourcePosition }),
    ...(frames.length === 0
      ? {}
      : {
          stackTrace: frames.map((frame) => (frame === undefined ? {} : { sourcePosition: frame })),
        }),
  };
};
