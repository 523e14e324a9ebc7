import { spawn } from 'node:child_process'

// Runs scripts of package.json that do not need each other, two at a time; what one says comes when it
// is over, in one piece. Fails where one does.
//   node scripts/beside.ts NAME…
const waiting = process.argv.slice(2)

function run(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const begun = performance.now()
    const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const pipe of [child.stdout, child.stderr])
      pipe.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.once('error', reject)
    child.once('close', (code) => {
      const seconds = Math.round((performance.now() - begun) / 1_000)
      console.log(`-- ${name}, ${seconds} s${code === 0 ? '' : `: FAILED (${code})`}\n${said}`)
      if (code !== 0) process.exitCode = 1
      resolve()
    })
  })
}

async function work(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await run(name)
}

await Promise.all([work(), work()])
