import type { FleetFacts } from "./fleet";
import type { Problem, Sources } from "./service-rules";

/** Checks and logs name them alike. */
const names = ({ services }: FleetFacts): Problem[] =>
  services.flatMap(({ name, jobs, workers }) =>
    jobs
      .filter((job) => workers.some((worker) => worker.name === job.name))
      .map((job) => ({
        path: ["services", name, "jobs", job.name],
        text: `"${job.name}" is both a job and a worker of ${name}. Choose another name for one of them.`,
      })),
  );

const programs = ({ services }: FleetFacts, sources: Sources): Problem[] =>
  services.flatMap(({ name, folder, jobs, workers }) =>
    [
      ...jobs.map((job) => ["jobs", job] as const),
      ...workers.map((worker) => ["workers", worker] as const),
    ].flatMap(([key, { name: own, command }]) => {
      const program = command[0]?.startsWith("./") ? command[0].slice(2) : undefined;
      return program === undefined ||
        (folder !== undefined && sources.isFile(`${folder}/${program}`))
        ? []
        : [
            {
              path: ["services", name, key, own, "command"],
              text: `there is no file ${program} in ${folder ?? "a folder of the service's"}. Put the program there, or name the right one.`,
            },
          ];
    }),
  );

/** What the schema can't say of what a service has besides its process. */
export const besideProblems = (facts: FleetFacts, sources: Sources): Problem[] => [
  ...names(facts),
  ...programs(facts, sources),
];
