import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { benchAccount, benchToken } from './callback.ts'

const rounds = 5
const idleSeconds = 5

/** Time from the command to the first answer of `serve`, and the memory of the idle server. */
export async function measureColdStart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'hsb-cold-'))
  const config = join(folder, 'twilio.config.mjs')
  const settings = {
    twilio: { accountSid: benchAccount, authToken: benchToken, defaultFrom: '+15005550006' },
    publicUrl: 'https://sms.example.com',
    database: `file:${join(folder, 'sms.db')}`,
  }
  writeFileSync(config, `export default ${JSON.stringify(settings)}\n`)
  const times: number[] = []
  const memory: number[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const port = await freePort()
      const started = performance.now()
      const args = ['apps/twilio/dist/bin.js', 'serve', '--config', config, '--port', String(port)]
      const child = spawn(process.execPath, args, { stdio: 'ignore' })
      const gone = new Promise((resolve) => child.once('exit', resolve))
      try {
        while (!(await answers(port))) {
          if (child.exitCode !== null)
            throw new Error('serve ended before it answered: build first')
          if (performance.now() - started > 20_000)
            throw new Error('serve did not answer within 20 s')
          await wait(5)
        }
        times.push(performance.now() - started)
        await wait(idleSeconds * 1_000)
        const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8')
        memory.push(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024)
      } finally {
        child.kill('SIGTERM')
        await gone
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  console.log(
    `\ncold start of serve to its first answer: ${median(times).toFixed(0)} ms (goal: <= 700)`,
  )
  console.log(`memory of the idle server: ${median(memory).toFixed(0)} MiB (goal: <= 120)`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ port, host: '127.0.0.1', path: '/livez', agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode === 200))
    })
    call.on('error', () => resolve(false))
    call.end()
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0
}
