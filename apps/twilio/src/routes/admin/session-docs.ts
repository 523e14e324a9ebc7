const session = {
  name: 'anna',
  role: 'operator' as const,
  csrf_token: 'Jq0hH1u3o5y2m8cX7Zr4tVb6nWk9eLpQsDfGiUaYxTE',
  ends_at: '2026-11-22T21:30:00.000Z',
  signs_in: true,
  mode: 'live' as const,
  app: { version: '0.1.0', public_url: 'https://shop.example.com/sms', phones_url: null },
}
const signedIn = { signedIn: { summary: 'An operator', value: session } }

/** What readers are told of the session. */
export const sessionDocs = {
  get: {
    tag: 'Session',
    description: 'The pages ask it first. Who is not in is told what to do about it.',
    answers: { 200: { description: 'You are in.', examples: signedIn } },
  },
  post: {
    tag: 'Session',
    description:
      'Sets the cookie `__Secure-hsb_admin`. Unknown names and wrong passwords are one answer, after the same time; five of them in 15 minutes are followed by 429.',
    requests: {
      signIn: { summary: 'Sign in', value: { name: 'anna', password: 'correct horse battery' } },
    },
    answers: {
      200: {
        description: 'You are in, in a new session.',
        headers: ['Set-Cookie'],
        examples: signedIn,
      },
    },
  },
  delete: {
    tag: 'Session',
    description: 'Ends the session here, not only in the browser.',
    answers: { 204: { description: 'You are out.', headers: ['Set-Cookie'] } },
  },
} as const
