/** Settings that shape the text of a code. */
export interface CodeTextRules {
  appName: string
  /** Texts by locale over the built-in ones. */
  texts: Readonly<Record<string, string>>
  defaultLocale: string
  webOtpDomain?: string | undefined
}

/**
 * Texts by locale, lower case. Where the language allows it they stay within the GSM 7-bit alphabet
 * (160 characters a segment instead of 70), if need be by another choice of words: Spanish `clave`
 * because `código` has a letter outside it. The others are short enough for one segment all the same.
 */
export const builtInTexts: Readonly<Record<string, string>> = {
  ar: 'رمز {app} الخاص بك: {code}',
  cs: 'Pro {app} zadejte {code}.',
  da: '{code} er din kode til {app}. Del den ikke med nogen.',
  de: '{code} ist Ihr Code für {app}. Geben Sie ihn nicht weiter.',
  el: 'Κωδικός {app}: {code}',
  en: "{code} is your {app} verification code. Don't share it with anyone.",
  es: '{code} es tu clave de {app}. No la compartas con nadie.',
  fi: '{code} on koodisi palveluun {app}. Älä jaa sitä kenellekään.',
  fr: '{code} est votre code {app}. Ne le partagez avec personne.',
  he: 'קוד האימות של {app}: {code}',
  hi: 'आपका {app} कोड {code} है',
  id: '{code} adalah kode {app} Anda. Jangan berikan kepada siapa pun.',
  it: '{code} è il tuo codice per {app}. Non condividerlo con nessuno.',
  ja: '{app}の認証コード: {code}',
  ko: '[{app}] 인증번호: {code}',
  nb: '{code} er koden din for {app}. Ikke del den med noen.',
  nl: '{code} is je code voor {app}. Deel deze met niemand.',
  no: '{code} er koden din for {app}. Ikke del den med noen.',
  pl: 'Kod {app}: {code}. Nie podawaj go nikomu.',
  pt: '{code} é a sua senha de {app}. Guarde-a para si.',
  ro: '{code} este codul pentru {app}.',
  ru: 'Код {app}: {code}',
  sv: '{code} är din kod för {app}. Dela den inte med någon.',
  tr: '{app} kodunuz: {code}. Kimseye vermeyin.',
  uk: 'Код {app}: {code}',
  vi: 'Mã {app} của bạn là {code}',
  zh: '您的{app}验证码是{code}，请勿告诉他人。',
  'zh-hant': '您的{app}驗證碼是{code}，請勿告訴他人。',
  'zh-hk': '您的{app}驗證碼是{code}，請勿告訴他人。',
  'zh-tw': '您的{app}驗證碼是{code}，請勿告訴他人。',
}

/**
 * Chooses texts by locale: `pt-BR`, then `pt`, then the default locale and its parents, then English.
 * The text keeps its `{code}`; `fillCode` puts the code in.
 */
export function createCodeTexts(rules: CodeTextRules): (locale: string | undefined) => string {
  const own = Object.entries(rules.texts).map(
    ([locale, text]) => [canonical(locale), text] as const,
  )
  const texts = new Map([...Object.entries(builtInTexts), ...own])
  // The format of origin-bound codes: the last line is `@host #code`, and nothing else is on it.
  // https://wicg.github.io/sms-one-time-codes/
  const lastLine = rules.webOtpDomain === undefined ? '' : `\n@${rules.webOtpDomain} #{code}`
  return (locale) => {
    const chain = [...parents(locale ?? ''), ...parents(rules.defaultLocale), 'en']
    const text = chain.map((one) => texts.get(one)).find((found) => found !== undefined)
    return (text ?? '{code}').replaceAll('{app}', () => rules.appName) + lastLine
  }
}

/** The text as the phone shows it. */
export function fillCode(text: string, code: string): string {
  return text.replaceAll('{code}', code)
}

/** `zh-Hant-TW`: itself, `zh-hant`, `zh`. */
function parents(locale: string): string[] {
  const parts = canonical(locale).split('-')
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('-'))
}

function canonical(locale: string): string {
  return locale.replaceAll('_', '-').toLowerCase()
}
