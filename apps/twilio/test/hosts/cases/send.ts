import type { Case, Step } from '../contract.ts'

const path = '/sms/api/sms/send/'
const text = { to_phone: '{phone}', message: 'Hello!' }
const accepted = { status: 202, json: { to_phone: '{phone}', message: 'Hello!' } }

const one = (name: string, step: Omit<Step, 'path'> & { path?: string }): Case => ({
  name: `send: ${name}`,
  steps: [{ path, ...step }],
})

const refused = (name: string, status: number, code: string, step: Omit<Step, 'path'>): Case =>
  one(name, { ...step, answer: { status, code } })

const typed = (type: string) => ({
  body: JSON.stringify(text),
  headers: { 'content-type': type },
})
const withKey = (key: string, message = 'Hello!'): Step => ({
  path,
  json: { ...text, message },
  headers: { 'idempotency-key': key },
})

/** `POST /api/sms/send/`: bodies, who may call, idempotency, waiting. */
export const sendCases: Case[] = [
  one('a message', {
    json: text,
    answer: { ...accepted, headers: { location: /^\/sms\/api\/sms\/[0-9a-f-]{36}\/status\/$/ } },
  }),
  one('without the last slash', { path: path.slice(0, -1), json: text, answer: accepted }),
  one('with a query that nobody reads', {
    path: `${path}?a=b'&c=%27`,
    json: text,
    answer: accepted,
  }),
  one('a text with every kind of character', {
    json: { ...text, message: 'Grüße, 100 % + 😀 \u0001\t"' },
    answer: { status: 202, json: { message: 'Grüße, 100 % + 😀 \u0001\t"' } },
  }),
  one('a body in pieces', { json: text, chunked: true, answer: accepted }),
  one('charset=utf-8', { ...typed('application/json; charset=utf-8'), answer: accepted }),
  one('charset="UTF-8"', { ...typed('application/json;charset="UTF-8"'), answer: accepted }),
  one('content-encoding: identity', {
    json: text,
    headers: { 'content-encoding': 'identity' },
    answer: accepted,
  }),
  refused('no key', 401, 'unauthenticated', { json: text, key: 'none' }),
  refused('a wrong key', 401, 'unauthenticated', {
    json: text,
    headers: { authorization: 'Bearer hsb_no' },
  }),
  refused('a key without the scope', 403, 'forbidden', { json: text, key: 'reader' }),
  refused('no body', 415, 'unsupported-media-type', { method: 'POST' }),
  refused('no body, but a type', 400, 'invalid-json', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  }),
  refused('half of an object', 400, 'invalid-json', {
    body: '{"to_phone":',
    headers: { 'content-type': 'application/json' },
  }),
  refused('bytes that are not UTF-8', 400, 'invalid-json', {
    body: Uint8Array.from([0x22, 0xe4, 0x22]),
    headers: { 'content-type': 'application/json' },
  }),
  refused('a list', 400, 'invalid-body', { json: [text] }),
  refused('an unknown field', 400, 'invalid-body', { json: { ...text, colour: 'red' } }),
  refused('a prototype', 400, 'invalid-body', {
    body: '{"__proto__":{"a":1},"to_phone":"+14155552671","message":"x"}',
    headers: { 'content-type': 'application/json' },
  }),
  refused('no message', 400, 'invalid-body', { json: { to_phone: '{phone}' } }),
  refused('no phone number', 422, 'invalid-phone', { json: { ...text, to_phone: '+1415' } }),
  refused('no type', 415, 'unsupported-media-type', { body: JSON.stringify(text) }),
  ...[
    'text/plain',
    'application/json; charset=latin1',
    'application/problem+json',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'json',
    ';',
  ].map((type) => refused(`type ${type}`, 415, 'unsupported-media-type', typed(type))),
  ...['gzip', 'br', 'x'].map((coding) =>
    refused(`content-encoding: ${coding}`, 415, 'unsupported-media-type', {
      json: text,
      headers: { 'content-encoding': coding },
    }),
  ),
  refused('a body over 64 KiB', 413, 'body-too-large', {
    body: ' '.repeat(65_537),
    headers: { 'content-type': 'application/json' },
  }),
  refused('a body over 64 KiB in pieces', 413, 'body-too-large', {
    body: ' '.repeat(200_000),
    chunked: true,
    headers: { 'content-type': 'application/json' },
  }),
  // What is left of a body must not stand before the next request on its connection.
  ...[
    { key: 'none' as const, answer: { status: 401, code: 'unauthenticated' } },
    { answer: { status: 413, code: 'body-too-large' } },
  ].map((step) => ({
    name: `send: a body that is not read to its end (${step.answer.status}), and then another`,
    steps: [
      {
        path,
        body: ' '.repeat(300_000),
        chunked: true as const,
        headers: { 'content-type': 'application/json' },
        ...step,
      },
      { path, json: text, answer: accepted },
    ],
  })),
  {
    name: 'send: a body that breaks off, and then a whole one',
    steps: [
      { path, ...typed('application/json'), cut: true },
      { path, json: text, answer: accepted },
    ],
  },
  {
    name: 'send: twice under one key',
    steps: [
      { ...withKey('{phone}-a'), answer: { status: 202 }, keep: { first: 'id' } },
      {
        ...withKey('{phone}-a'),
        answer: {
          status: 202,
          json: { id: '{first}' },
          headers: { 'idempotent-replayed': 'true' },
        },
      },
    ],
  },
  {
    name: 'send: another text under the same key',
    steps: [
      { ...withKey('{phone}-b'), answer: { status: 202 } },
      {
        ...withKey('{phone}-b', 'Other'),
        answer: { status: 422, code: 'idempotency-key-reused' },
      },
    ],
  },
  ...['', 'x'.repeat(256), 'é'].map((key) => ({
    name: `send: ${key.length} characters for a key that is none`,
    steps: [{ ...withKey(key), answer: { status: 400, code: 'invalid-idempotency-key' } }],
  })),
  one('waiting for Twilio', {
    json: text,
    headers: { prefer: 'wait=20' },
    answer: { status: 201, headers: { 'preference-applied': 'wait=20' } },
  }),
  one('waiting no time', { json: text, headers: { prefer: 'wait=0' }, answer: accepted }),
  one('a preference that is unknown', {
    json: text,
    headers: { prefer: 'respond-async, x=y' },
    answer: accepted,
  }),
]
