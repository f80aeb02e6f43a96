import { type FaultRequest, kindOf } from "./registry";

const identityOf = (fault: FaultRequest): string => {
  const values = new Map(Object.entries(fault));
  return JSON.stringify(
    ["kind", "dropletId", ...kindOf(fault).identity].map((field) => values.get(field) ?? null),
  );
};

/** Whether one takes the other's place: a fault is itself again with other figures. */
export const isSameFault = (one: FaultRequest, other: FaultRequest): boolean =>
  identityOf(one) === identityOf(other);
