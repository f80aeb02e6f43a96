import { z } from "zod";

export const dropletId = z.number().int();
