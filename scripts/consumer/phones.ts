// The page of the simulator's phones is packed with it.
import { createSimulator } from '@hsb/twilio-simulator'

const twilio = createSimulator()
for (const name of ['', 'app.js', 'app.css', 'icon.svg']) {
  const answer = await twilio.fetch(new Request(`http://localhost/phones/${name}`))
  console.log(answer.status, (await answer.text()).length > 300)
}
await twilio.close()
