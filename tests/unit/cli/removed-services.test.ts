import { expect, test } from "@jest/globals";
import { PATHS } from "@second-server/contract/paths";

import { removedText } from "../../../cli/removed-services";
import { sampleFleet } from "./sample";

const [first, ...others] = sampleFleet.services;
const served = sampleFleet.services.map(({ name }) => name);

test("a service that is gone from the manifest: where its data stays, that no backup has it from now on, and how it goes", () => {
  const said = removedText([...served, "old-shop", "wiki"], sampleFleet) ?? "";
  expect(said).toContain("old-shop, wiki are no longer in fleet.yaml");
  expect(said).toContain(`(${PATHS.serviceData}/old-shop ${PATHS.serviceData}/wiki)`);
  expect(said).toContain("in no new backup");
  expect(said).toContain("./fleet restore wiki --to FOLDER");
  expect(said).toContain("./fleet forget wiki");
  const one = removedText(served, { services: others }) ?? "";
  expect(one).toContain(`${first?.name ?? ""} is no longer in fleet.yaml. What it kept stays`);
});

test("nothing is said while all that is served is in the manifest, and of a stack that serves nothing yet", () => {
  expect(removedText(served, sampleFleet)).toBeUndefined();
  expect(removedText([], sampleFleet)).toBeUndefined();
});
