import { reason, signIn } from './admin.ts'
import { Field, Form } from './form.tsx'
import { unmarked } from './words.ts'

/** The form of those who are not signed in. The address stays: after it one is where one wanted to be. */
export function SignIn() {
  const words = unmarked(reason.value)
  // Where the host says who one is, nobody can sign in here.
  const isHosted = words.startsWith('The host')
  return (
    <main id="main" class="sign-in" tabIndex={-1}>
      <div class="card">
        <img src="icon.svg" alt="" width="44" height="44" />
        <h1>{isHosted ? 'Not let in' : 'Sign in'}</h1>
        <p class="soft">
          {isHosted ? `${words} Sign in there, then load this page again.` : words}
        </p>
        {!isHosted && (
          <Form verb="Sign in" onSend={({ name = '', password = '' }) => signIn(name, password)}>
            <Field label="Name">
              <input
                type="text"
                name="name"
                autocomplete="username"
                autocapitalize="none"
                required
              />
            </Field>
            <Field label="Password">
              <input type="password" name="password" autocomplete="current-password" required />
            </Field>
          </Form>
        )}
      </div>
    </main>
  )
}
