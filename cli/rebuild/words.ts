import type { FleetFacts } from "../../config/fleet";
import { otherColor, primaryName } from "../../config/primaries";

/** What is under way, for `status`; undefined where there is one primary. */
export const primariesText = ({ primaries }: FleetFacts): string | undefined => {
  const { active, other } = primaries;
  const [serves, second] = [primaryName(active), primaryName(otherColor(active))];
  switch (other) {
    case "none":
      return undefined;
    case "prepared":
      return `${second} is being made to take over from ${serves}. Go on: ./fleet rebuild primary; give it up: ./fleet rebuild primary --retire`;
    case "kept":
      return `${serves} has taken over from ${second}, which is kept. Finish, should it still be on: ./fleet rebuild primary; delete it: ./fleet rebuild primary --retire`;
    default:
      return other satisfies never;
  }
};

/** For /etc/hosts of whoever wants to look at the new one before visitors do. */
export const hostsLine = ({ services }: FleetFacts, address: string): string =>
  [address, ...services.map(({ host }) => host)].join(" ");
