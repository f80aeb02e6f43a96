/**
 * The environment variable by which `./fleet` hands the program the token for failover that it has
 * made in the local DigitalOcean: there the stack needs no secret of the owner's. A secret that is
 * set goes before it.
 */
export const LENT_TOKEN = "FLEET_FAILOVER_TOKEN";
