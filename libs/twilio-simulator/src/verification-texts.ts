const texts: Record<string, (name: string, code: string) => string> = {
  en: (name, code) => `Your ${name} verification code is: ${code}`,
  de: (name, code) => `Ihr ${name}-Bestätigungscode lautet: ${code}`,
  es: (name, code) => `Su código de verificación de ${name} es: ${code}`,
  fr: (name, code) => `Votre code de vérification ${name} est : ${code}`,
  it: (name, code) => `Il tuo codice di verifica ${name} è: ${code}`,
  ja: (name, code) => `${name} の認証コード: ${code}`,
  nl: (name, code) => `Je ${name}-verificatiecode is: ${code}`,
  pl: (name, code) => `Twój kod weryfikacyjny ${name} to: ${code}`,
  pt: (name, code) => `Seu código de verificação ${name} é: ${code}`,
  ru: (name, code) => `Ваш код подтверждения ${name}: ${code}`,
  tr: (name, code) => `${name} doğrulama kodunuz: ${code}`,
  uk: (name, code) => `Ваш код підтвердження ${name}: ${code}`,
  zh: (name, code) => `您的 ${name} 验证码是：${code}`,
}
// Twilio takes the language from the country code when no locale is given; a few of them.
const localeOfPrefix: [string, string][] = [
  ['+33', 'fr'],
  ['+34', 'es'],
  ['+39', 'it'],
  ['+31', 'nl'],
  ['+48', 'pl'],
  ['+49', 'de'],
  ['+52', 'es'],
  ['+55', 'pt'],
  ['+81', 'ja'],
  ['+86', 'zh'],
  ['+90', 'tr'],
  ['+351', 'pt'],
  ['+380', 'uk'],
  ['+7', 'ru'],
]

/** What the phone shows. Unknown languages get English; the wording is the simulator's own. */
export function verificationText(
  name: string,
  code: string,
  to: string,
  locale: string | undefined,
): string {
  const guessed = localeOfPrefix.find(([prefix]) => to.startsWith(prefix))?.[1]
  const language = (locale ?? guessed ?? 'en').toLowerCase().split('-')[0] ?? 'en'
  const write = (Object.hasOwn(texts, language) ? texts[language] : undefined) ?? texts['en']
  return write ? write(name, code) : code
}
