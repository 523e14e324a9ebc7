import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { joinParameters, parseInbound, parseStatusCallback, signRequest } from '../src/index.ts'
import { validateExactSignature } from '../src/index.ts'

// What somebody can do with one signed request, without the token. Twilio's signature has no borders
// between names and values, so most of this verifies; it must not change what we read.

type Pairs = ReadonlyArray<readonly [name: string, value: string]>

const authToken = '12345'
const url = 'https://app.example.com/webhooks/sms/twilio/?mid=7'
const accountSid = `AC${'0'.repeat(31)}1`
const messageSid = `SM${'ab12'.repeat(8)}`

const delivered: Pairs = [
  ['AccountSid', accountSid],
  ['ApiVersion', '2010-04-01'],
  ['From', '+15005550006'],
  ['MessageSid', messageSid],
  ['MessageStatus', 'delivered'],
  ['RawDlrDoneDate', '2611220701'],
  ['SmsSid', messageSid],
  ['SmsStatus', 'delivered'],
  ['To', '+14155550100'],
]
const failed: Pairs = [
  ...delivered.map(([name, value]) => [name, value.replace('delivered', 'failed')] as const),
  ['ErrorCode', '30003'],
  ['MessagingServiceSid', `MG${'cd34'.repeat(8)}`],
]
const whatsapp: Pairs = [
  ...failed.map(([name, value]) => [name, value.replace(/^\+/, 'whatsapp:+')] as const),
  ['ChannelInstallSid', `XE${'0'.repeat(32)}`],
  ['ChannelPrefix', 'whatsapp'],
  ['ChannelStatusMessage', 'The Channel Did not Deliver Either'],
  ['ChannelToAddress', '+1415555XXXX'],
  ['EventType', 'UNDELIVERED'],
]

const letters: Pairs = failed.map(([name, value]) => [name, name === 'From' ? 'MyHello Go' : value])

describe('the ten known alterations of a signed request', () => {
  const folded = (from: Pairs, changes: Record<string, string | undefined>): Pairs =>
    Object.entries({ ...Object.fromEntries(from), ...changes }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    )
  const status = 'failed'
  const altered: Array<[name: string, url: string, params: Pairs]> = [
    [
      'an error code folded into the version',
      url,
      folded(failed, { ErrorCode: undefined, ApiVersion: '2010-04-01ErrorCode30003' }),
    ],
    [
      'a status folded into the SID',
      url,
      folded(failed, {
        MessageStatus: undefined,
        MessageSid: `${messageSid}MessageStatus${status}`,
      }),
    ],
    [
      'two fields folded into the account',
      url,
      folded(failed, {
        ApiVersion: undefined,
        ErrorCode: undefined,
        AccountSid: `${accountSid}ApiVersion2010-04-01ErrorCode30003`,
      }),
    ],
    [
      'the account moved into the URL',
      `${url}AccountSid${accountSid}`,
      folded(failed, { AccountSid: undefined }),
    ],
    [
      'a border moved by one letter',
      url,
      folded(failed, { MessageSid: undefined, MessageSidS: messageSid.slice(1) }),
    ],
    ['a value three times', url, [...failed, ['MessageStatus', status], ['MessageStatus', status]]],
    ['a port added', url.replace('.com/', '.com:9999/'), failed],
    ['a query written otherwise', url.replace('mid=7', 'mid=%27').replace('%27', '%37'), failed],
  ]
  const signature = signRequest({ authToken, url, params: failed })

  for (const [name, sentTo, params] of altered) {
    it(`does nothing with ${name}`, () => {
      const request = { authTokens: [authToken], url: sentTo, params, signature }
      const isGood = validateExactSignature(request)
      assert.ok(!isGood || parseStatusCallback(params).kind === 'invalid')
    })
  }

  it('is real: Twilio’s own library lets most of them pass', () => {
    const passed = altered.filter(([, sentTo, params]) => {
      const object: Record<string, string[]> = {}
      for (const [name, value] of params) (object[name] ??= []).push(value)
      return validateRequest(authToken, signature, sentTo, object)
    })
    assert.equal(passed.length, 8, passed.map(([name]) => name).join())
  })

  const inbound = (body: string): Pairs => [
    ['AccountSid', accountSid],
    ['ApiVersion', '2010-04-01'],
    ['Body', body],
    ['From', '+19995550100'],
    ['MessageSid', messageSid],
    ['NumMedia', '0'],
    ['NumSegments', '1'],
    ['SmsMessageSid', messageSid],
    ['SmsSid', messageSid],
    ['SmsStatus', 'received'],
    ['To', '+15005550006'],
  ]

  it('does nothing with an error code cut out of a text', () => {
    const cut = [...folded(inbound('hiErrorCode0'), { Body: 'hi' }), ['ErrorCode', '0'] as const]
    assert.equal(joinParameters(cut), joinParameters(inbound('hiErrorCode0')))
    assert.equal(parseInbound(cut).kind, 'invalid')
    assert.equal(parseStatusCallback(cut).kind, 'invalid')
  })

  it('does nothing with a whole report cut out of a text', () => {
    const victim = `SM${'f'.repeat(32)}`
    const text =
      `xErrorCode30007From+15005550006MessageSid${victim}MessageStatusfailed` +
      `SmsSid${victim}SmsStatusfailedT`
    const rest = joinParameters(inbound('').filter(([name]) => name > 'Body' && name !== 'To'))
    const cut: Pairs = [
      ['AccountSid', accountSid],
      ['ApiVersion', '2010-04-01'],
      ['Bodyx', ''],
      ['ErrorCode', '30007'],
      ['From', '+15005550006'],
      ['MessageSid', victim],
      ['MessageStatus', 'failed'],
      ['SmsSid', victim],
      ['SmsStatus', 'failed'],
      ['T', rest],
      ['To', '+15005550006'],
    ]
    assert.equal(joinParameters(cut), joinParameters(inbound(text)))
    assert.equal(parseStatusCallback(cut).kind, 'invalid')
  })

  it('does nothing with another sender cut out of a text', () => {
    const cut: Pairs = [
      ...folded(inbound(''), { Body: 'hi', From: '+18885550100' }),
      ['FromA', 'From+19995550100'],
    ]
    assert.equal(joinParameters(cut), joinParameters(inbound('hiFrom+18885550100FromA')))
    assert.equal(parseInbound(cut).kind, 'invalid')
  })
})

// A small generator with a fixed seed (mulberry32), so that a failure comes again.
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Draws some borders of a sorted request anew; the letters and their order stay. */
function recut(sorted: Pairs, random: (below: number) => number): Pairs {
  let pairs = [...sorted]
  for (let step = 1 + random(4); step > 0; step--) {
    const at = random(pairs.length)
    const [name = '', value = ''] = pairs[at] ?? []
    const text = name + value
    // Names begin with a capital, as a rule: a border there has the best chances.
    const capitals = [...text.matchAll(/[A-Z]/g)].map(({ index }) => index).slice(1)
    const border =
      random(3) > 0 && capitals.length > 0
        ? (capitals[random(capitals.length)] ?? 1)
        : 1 + random(text.length)
    switch (random(4)) {
      case 0:
        pairs = pairs.with(at, [text.slice(0, border), text.slice(border)])
        break
      case 1: {
        const [nextName = '', nextValue = ''] = pairs[at + 1] ?? []
        pairs = pairs.toSpliced(at, 2, [name, value + nextName + nextValue])
        break
      }
      case 2: {
        const start = Math.max(border, name.length)
        const end = start + 1 + random(text.length - start + 1)
        pairs = pairs.toSpliced(
          at,
          1,
          [name, text.slice(name.length, start)],
          [text.slice(start, end), text.slice(end)],
        )
        break
      }
      default:
        pairs = [...pairs, [name, value]]
    }
  }
  return pairs
}

describe('5,000 requests with the borders drawn anew and the signature still good', () => {
  for (const [name, params] of Object.entries({ delivered, failed, whatsapp, letters })) {
    it(`are refused or mean the same, out of a report: ${name}`, () => {
      const genuine = parseStatusCallback(params)
      assert.ok(genuine.kind === 'status')
      const signed = joinParameters(params)
      const sorted = params.toSorted(([a], [b]) => (a < b ? -1 : 1))
      const random = createRandom(20_261_122)
      const seen = { refused: 0, same: 0, fooledWithoutCare: 0 }
      while (seen.refused + seen.same < 5000) {
        const cut = recut(sorted, random)
        if (cut === sorted || joinParameters(cut) !== signed) continue
        const read = parseStatusCallback(cut)
        if (read.kind === 'status') {
          // A sender of letters may lose its end to a parameter that nobody knows, as documented.
          const shown = name === 'letters' ? { extra: [], from: '' } : { extra: [] }
          assert.deepEqual({ ...read, ...shown }, { ...genuine, ...shown }, JSON.stringify(cut))
          seen.same++
        } else {
          seen.refused++
        }
        const careless = Object.fromEntries(cut)
        const fields = ['MessageSid', 'MessageStatus', 'ErrorCode', 'RawDlrDoneDate']
        const before = Object.fromEntries(params)
        if (fields.some((field) => careless[field] !== before[field])) seen.fooledWithoutCare++
      }
      // Without care the same requests do harm; if they did not, this would prove nothing.
      assert.ok(seen.fooledWithoutCare > 1000, JSON.stringify(seen))
      assert.ok(seen.refused > 1000, JSON.stringify(seen))
    })
  }
})
