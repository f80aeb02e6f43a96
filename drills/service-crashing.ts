import { spoiledService } from "./spoiled-service";

/** It dies as soon as it is started, and systemd starts it again, for ever. */
export const drill = spoiledService("a service dies as soon as it starts", {
  command: "/bin/false",
});
