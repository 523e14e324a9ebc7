/** How many rows of a list one page holds: what was asked for, 1 to 1,000. */
export function pageSize(limit = 50): number {
  return Math.min(1_000, Math.max(1, limit))
}
