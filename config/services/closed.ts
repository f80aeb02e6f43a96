import { PATHS } from "@second-server/contract/paths";

/**
 * What keeps visitors out while an operator works on a service. It is looked for with each request,
 * so that no reload is needed.
 */
export const closedTo = (service: string): string =>
  `if (-e ${PATHS.closed}/${service}.html) { return 503; }`;
