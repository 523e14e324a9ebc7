import { createCommand } from './command.ts'
import { configArg, loadSettings } from './config-file.ts'
import { jsonArg } from './server-args.ts'
import { show } from './terminal.ts'

// What is described without a config file: every endpoint as it is by default.
const example = {
  twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32), defaultFrom: 'Shop' },
  publicUrl: 'https://shop.example.com/sms',
}

/** `hsb-twilio openapi`: the document that the server gives at `/openapi.json`. */
export const openApiCommand = createCommand({
  name: 'hsb-twilio openapi',
  summary: 'Print the description of the API (OpenAPI 3.1)',
  args: {
    config: {
      type: 'string',
      valueHint: configArg.valueHint,
      description: 'Describes the API as these settings offer it (default: an example)',
    },
    json: { ...jsonArg, description: 'Print it as one line' },
  },
  examples: [
    'hsb-twilio openapi > openapi.json',
    'hsb-twilio openapi --config twilio.config.ts --json',
  ],
  async run(args) {
    const [{ readSettings }, { endpoints }, { describeEndpoints }] = await Promise.all([
      import('../config.ts'),
      import('../routes/index.ts'),
      import('../routes/openapi/document.ts'),
    ])
    const settings =
      args.config === undefined ? readSettings(example) : await loadSettings(args.config)
    const document = describeEndpoints(endpoints, settings)
    return show(args.json ? document : JSON.stringify(document, null, 2))
  },
})
