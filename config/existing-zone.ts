/**
 * The environment variable that tells the program of a zone that DigitalOcean has already: its
 * name. `./fleet` looks, and sets it; whoever runs `pulumi` himself says so himself, once. The
 * program can't look: a preview needs no cloud.
 */
export const ADOPTED_ZONE = "FLEET_ADOPTED_ZONE";
