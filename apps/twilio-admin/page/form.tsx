import { Dialog, Problem } from '@hsb/twilio-pages'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

/** A field of a form, with its name above it. */
export function Field({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <label class="field">
      <span>{label}</span>
      {children}
    </label>
  )
}

/** The field for a phone. */
export function PhoneField({ name }: { name: string }) {
  return (
    <Field label="Phone, with its country: +14155552671">
      <input type="tel" name={name} required />
    </Field>
  )
}

interface FormProps {
  verb: string
  isDanger?: boolean
  onClose?: () => void
  /** Does it; the answer is why it could not be done. */
  onSend: (values: Record<string, string>) => Promise<string | undefined>
  children?: ComponentChildren
}

/** Fields, a button, and what went wrong. What is typed comes by the names of the fields. */
export function Form(props: FormProps) {
  const { verb, isDanger = false, onClose, onSend, children } = props
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const send = async (form: HTMLFormElement) => {
    const values: Record<string, string> = {}
    for (const [name, value] of new FormData(form))
      if (typeof value === 'string') values[name] = name === 'password' ? value : value.trim()
    setBusy(true)
    const wrong = await onSend(values)
    setBusy(false)
    setProblem(wrong)
    if (wrong === undefined) onClose?.()
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void send(event.currentTarget)
      }}
    >
      {problem && <Problem message={problem} />}
      {children}
      <div class="dialog-actions">
        {onClose && (
          <button type="button" class="button" onClick={onClose}>
            Close
          </button>
        )}
        <button class={isDanger ? 'button danger' : 'button main'} disabled={isBusy}>
          {verb}
        </button>
      </div>
    </form>
  )
}

/** A form over the page, or a question before something that cannot be taken back. */
export function Ask({ title, ...form }: FormProps & { title: string; onClose: () => void }) {
  return (
    <Dialog title={title} onClose={form.onClose}>
      <Form {...form} />
    </Dialog>
  )
}
