// examples/next by `next dev`, in this one process: a production build takes longer than all cases of all
// hosts together. Routing, redirects and what becomes of a request are the same code in both.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'

interface NextServer {
  prepare(): Promise<void>
  getRequestHandler(): Parameters<typeof createServer>[1] & object
}

const dir = process.env['NEXT_DIR'] ?? ''
// Its types would change those of `process.env` for everything that is checked together with this.
const next = createRequire(`${dir}/`)('next') as (options: object) => NextServer

const port = Number(process.env['PORT'])
const app = next({ dev: true, dir, port, hostname: '127.0.0.1' })
await app.prepare()
const answer = app.getRequestHandler()
createServer((request, response) => answer(request, response)).listen(port, '127.0.0.1', () =>
  process.stdout.write(`http://localhost:${port}\n`),
)
