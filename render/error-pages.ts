import { PATHS } from "@second-server/contract/paths";
import type { MachineFile } from "@second-server/contract/release";

import { fill } from "./fill";

/** What nginx itself answers with (templates/nginx/pages.conf), in words for whoever sees it. */
const PAGES: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ["This request can't be read", "Please go back, and try it again."],
  403: ["This is not for everybody", "There is something here, but it may not be seen."],
  404: ["There is no such page", "The address may be mistyped, or what was here has moved."],
  405: ["This can't be done here", "The page is there, but it takes nothing of this kind."],
  413: ["This is too large", "What you sent is more than is taken here. Nothing of it was kept."],
  414: ["This address is too long", "Please go back, and try it another way."],
  429: ["Too much at once", "You have asked for more than one visitor may. Please wait a moment."],
  500: ["Something went wrong", "It is our fault, not yours. Please try again in a minute."],
  502: ["This is out of order", "It does not answer just now. Please try again in a minute."],
  504: ["This takes too long", "It has not answered in time. Please try again in a minute."],
};

export const errorPages = (): MachineFile[] =>
  Object.entries(PAGES).map(([status, [title, text]]) => ({
    path: `${PATHS.pages}/${status}.html`,
    mode: 0o644,
    text: fill("page/error.html", { status, title, text }),
  }));
