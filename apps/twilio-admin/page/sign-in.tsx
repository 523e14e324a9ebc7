import { Icon } from '@hsb/twilio-pages'
import { useState } from 'preact/hooks'
import { farewell, signIn } from './admin.ts'

/** The form of those who are not signed in. The address stays: after it one is where one wanted to be. */
export function SignIn() {
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (form: HTMLFormElement) => {
    const fields = new FormData(form)
    const text = (name: string) => {
      const value = fields.get(name)
      return typeof value === 'string' ? value : ''
    }
    setBusy(true)
    setProblem(await signIn(text('name'), text('password')))
    setBusy(false)
  }
  return (
    <main id="main" class="sign-in" tabIndex={-1}>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault()
          void submit(event.currentTarget)
        }}
      >
        <img src="icon.svg" alt="" width="44" height="44" />
        <h1>Sign in</h1>
        {farewell.value && !problem && <p class="soft">{farewell}</p>}
        {problem && (
          <p class="problem" role="alert">
            <Icon name="warning" />
            <span>{problem}</span>
          </p>
        )}
        <label class="field">
          <span>Name</span>
          <input type="text" name="name" autocomplete="username" autocapitalize="none" required />
        </label>
        <label class="field">
          <span>Password</span>
          <input type="password" name="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="button main" disabled={isBusy}>
          {isBusy ? 'Signing in …' : 'Sign in'}
        </button>
        <p class="soft">
          No account yet? On the server: <code>hsb-twilio admins add NAME</code>
        </p>
      </form>
    </main>
  )
}
