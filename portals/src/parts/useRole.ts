// What somebody is in an organisation; pages say beforehand what the service would refuse.
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../api/queries";

export function useRole(organisation: string) {
  const me = useQuery(meQuery);
  const role = me.data?.organisations?.find((each) => each.organisation === organisation)?.role;
  return { role, isOwner: role === "owner", isAdmin: role === "owner" || role === "admin" };
}
