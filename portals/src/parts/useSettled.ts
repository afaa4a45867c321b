// A value once it has rested for a while: what is typed is not asked about letter by letter.
import { useEffect, useState } from "react";

export function useSettled<T>(value: T, restMs: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), restMs);
    return () => clearTimeout(timer);
  }, [value, restMs]);
  return settled;
}
