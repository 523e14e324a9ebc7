import { sms } from './sms.ts'

// The worker starts with the server, and not with the first request.
await sms().start()
// NEXT_MANUAL_SIG_HANDLE (see package.json) leaves the signal to us; else Next ends before we have.
process.once(
  'SIGTERM',
  () =>
    void sms()
      .stop()
      .then(() => process.exit(0)),
)
