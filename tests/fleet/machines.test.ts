/**
 * Droplets as machines, through the API's front door, in a lab of its own beside the fleet's:
 * booted once, lived through in this order.
 */
import { afterAll, beforeAll } from "@jest/globals";

import { consoleTests } from "./machines/console";
import { crashTests } from "./machines/crashes";
import { customImageTests } from "./machines/custom-images";
import { machineFaultTests } from "./machines/faults";
import { endLab, startLab } from "./machines/lab-of-machines";
import { networkTests } from "./machines/network";
import { platformTests } from "./machines/platform";
import { powerTests } from "./machines/power";
import { serviceFaultTests } from "./machines/service-faults";
import { volumeTests } from "./machines/volumes";

beforeAll(startLab);
afterAll(endLab);

networkTests();
platformTests();
machineFaultTests();
serviceFaultTests();
consoleTests();
powerTests();
volumeTests();
customImageTests();
crashTests();
