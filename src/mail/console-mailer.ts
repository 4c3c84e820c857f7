import type { Mailer } from './mailer'

/** Prints mail instead of sending it: for development, on this machine only (see mail-config.ts). */
export function createConsoleMailer(print: (text: string) => void): Mailer {
  return {
    async send({ to, subject, text }) {
      const lines = text.split('\n').map((line) => `  ${line}`.trimEnd())
      print(`\nMail to ${to}: ${subject}\n\n${lines.join('\n')}\n`)
    },
  }
}
