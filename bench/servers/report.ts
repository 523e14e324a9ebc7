/** Tells the parent process where the server listens, as one line of JSON. */
export function report(address: unknown, facts: Record<string, string>): void {
  const port =
    typeof address === 'object' && address !== null && 'port' in address ? address.port : 0
  process.stdout.write(`${JSON.stringify({ port, ...facts })}\n`)
}
