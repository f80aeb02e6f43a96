import type { FleetFacts } from "./fleet";
import type { Problem } from "./service-rules";
import { nginxSays } from "./services/snippet";

/** What is kept for many has to be whole, and to come from a service. */
const caches = ({ services }: FleetFacts): Problem[] =>
  services.flatMap(({ name, kind, streaming, cacheSeconds }) => {
    if (cacheSeconds === undefined || (kind !== "static" && !streaming)) return [];
    return [
      {
        path: ["services", name, "cache"],
        text:
          kind === "static"
            ? "nginx answers from files already. Remove it."
            : "long answers (streaming) can't be kept for others. Remove one of the two.",
      },
    ];
  });

const snippets = ({ services }: FleetFacts): Problem[] =>
  services.flatMap(({ name, snippet }) => {
    const said = snippet === undefined ? undefined : nginxSays(snippet);
    return said === undefined
      ? []
      : [{ path: ["services", name, "nginx"], text: `nginx says: ${said}. Correct it.` }];
  });

/** What the schema can't say of what nginx is to do with a service's visitors. */
export const visitorProblems = (facts: FleetFacts): Problem[] => [
  ...caches(facts),
  ...snippets(facts),
];
