import { Badge, clockOf } from '@hsb/twilio-pages'
import { codeIn } from '../src/text-code.ts'
import type { Entry, Text } from './wire.ts'

/** The texts of a phone, oldest first: what it got on the left, what it wrote on the right. */
export function Bubbles({ texts, posts }: { texts: readonly Text[]; posts: readonly Entry[] }) {
  return (
    <ol class="bubbles">
      {texts.map((text, index) => {
        const partner = partnerOf(text)
        const isNew = index === 0 || partnerOf(texts[index - 1]) !== partner
        return (
          <li key={text.sid} class={text.direction}>
            {isNew && <p class="partner">{partner}</p>}
            <Bubble text={text} posts={posts} />
          </li>
        )
      })}
    </ol>
  )
}

function Bubble({ text, posts }: { text: Text; posts: readonly Entry[] }) {
  const { direction, body, status, error_code: code, media_urls: media } = text
  const isGone = status === 'undelivered' || status === 'failed' || status === 'canceled'
  const isUnderWay = !isGone && !['sent', 'delivered', 'received'].includes(status)
  return (
    <>
      <div class={`bubble${isGone ? ' gone' : ''}${isUnderWay ? ' under-way' : ''}`}>
        <Words body={body} code={codeOf(text)} />
        {/* Named, not fetched: nothing on this page may ask another host. */}
        {media.map((url) => (
          <span key={url} class="attachment">
            {url}
          </span>
        ))}
      </div>
      <p class="bubble-foot">
        <time dateTime={text.created_at}>{clockOf(new Date(text.created_at), false)}</time>
        {text.kind === 'verification' && <span>Verify</span>}
        {partnerOf(text).startsWith('WhatsApp') && <span>WhatsApp</span>}
        {direction === 'outbound' ? (
          <Badge status={status} />
        ) : (
          <Posted text={text} posts={posts} />
        )}
        {code !== null && <span class="number">{code}</span>}
      </p>
    </>
  )
}

/** What became of a reply: the answer of the webhook. */
function Posted({ text, posts }: { text: Text; posts: readonly Entry[] }) {
  const post = posts.findLast((entry) => entry.message_sid === text.sid)
  if (!post) return null
  if (post.status === null && post.error === null) return <Badge status="posting" tone="info" />
  const isGood = post.status !== null && post.status < 400
  return <Badge status={`webhook ${post.status ?? 'unreachable'}`} tone={isGood ? 'ok' : 'bad'} />
}

function Words({ body, code }: { body: string; code: string | undefined }) {
  const at = code === undefined ? -1 : body.lastIndexOf(code)
  if (code === undefined || at < 0) return <span>{body}</span>
  return (
    <span>
      {body.slice(0, at)}
      <b class="code">{code}</b>
      {body.slice(at + code.length)}
    </span>
  )
}

/** The code a person would type off: Verify's, or what looks like one. */
export function codeOf({ code, body, direction }: Text): string | undefined {
  if (direction === 'inbound') return undefined
  return code ?? codeIn(body)
}

function partnerOf(text: Text | undefined): string {
  const address = (text?.direction === 'inbound' ? text.to : text?.from) ?? '…'
  return address.replace(/^whatsapp:/, 'WhatsApp ')
}
