import type { Child } from 'hono/jsx'
import type { Schema } from './open-api'

/** Returns the members of an object, each with its type and what it means. */
export function Fields({ schema }: { readonly schema: Schema }) {
  const { properties = {}, required = [] } = schema
  const fields = Object.entries(properties)
  if (fields.length === 0) return <p class="muted">Nothing.</p>
  return (
    <dl>
      {fields.map(([name, field]) => (
        <>
          <dt>
            <code>{name}</code>{' '}
            <span class="muted">
              <TypeName schema={field} />
              {required.includes(name) ? '' : ', optional'}
            </span>
          </dt>
          <dd>{field.description !== undefined && <Marked text={field.description} />}</dd>
        </>
      ))}
    </dl>
  )
}

/** Returns a type in a few words; one that has a name is a link to it. */
export function TypeName({ schema }: { readonly schema: Schema }) {
  const { $ref, anyOf, items } = schema
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1)
    return <a href={`#type-${name}`}>{name}</a>
  }
  if (anyOf) return <>{joined(anyOf.map((each) => <TypeName schema={each} />))}</>
  if (items) {
    return (
      <>
        list of <TypeName schema={items} />
      </>
    )
  }
  if (schema.properties) {
    return (
      <>
        {'{ '}
        {Object.entries(schema.properties).map(([name, member], index) => (
          <>
            {index > 0 && ', '}
            {name}: <TypeName schema={member} />
          </>
        ))}
        {' }'}
      </>
    )
  }
  return <>{wordsOf(schema)}</>
}

function joined(names: readonly Child[]): readonly Child[] {
  return names.flatMap((name, index) => (index === 0 ? [name] : [' or ', name]))
}

function wordsOf({ type, format, enum: values, const: value, maxLength, default: fallback }: Schema): string {
  if (value !== undefined) return JSON.stringify(value)
  const words = values ? values.map((each) => JSON.stringify(each)).join(' or ') : (type ?? 'anything')
  return [
    words,
    ...(format === undefined ? [] : [format]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(fallback === undefined ? [] : [`${JSON.stringify(fallback)} if absent`]),
  ].join(', ')
}

/** Text with `code` and **bold**, which is all of CommonMark that the document uses. */
export function Marked({ text }: { readonly text: string }) {
  return (
    <>
      {text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
        if (part.startsWith('`')) return <code>{part.slice(1, -1)}</code>
        return part.startsWith('**') ? <b>{part.slice(2, -2)}</b> : part
      })}
    </>
  )
}
