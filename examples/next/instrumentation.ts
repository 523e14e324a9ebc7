// Next calls this once when a server starts, for each of its run times; ours needs Node.
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === 'nodejs') await import('./start.ts')
}
