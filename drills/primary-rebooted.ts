import { reboot } from "./reboot";

export const drill = reboot("primary");
