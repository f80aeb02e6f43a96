import { disaster } from "./disaster";
import { clearFaults, inject } from "./machine";
import { servicesAnswer } from "./visitors";

/** DigitalOcean's API errs: what runs needs it for nothing. */
export const drill = disaster({
  takes: "the cloud",
  broken: "DigitalOcean's API answers 503 to every call",
  breakIt: (tools) => inject(tools, { kind: "api", status: 503 }),
  meanwhile: servicesAnswer,
  mended: "the API answers again",
  mend: (tools) => clearFaults(tools, "api"),
});
