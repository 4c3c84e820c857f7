import type { SettingName, Settings } from '../settings.ts'

/** The words of one setting. */
export interface SettingText {
  /** Describes what it does, in whole sentences. */
  readonly meaning: string
  /** Describes what it accepts, where its parser says neither words nor a range. */
  readonly accepts?: string
  /** Says where it has an effect; everywhere, without. Completes "Applies where …". */
  readonly applies?: string
  /** Its default in words, where it depends on other settings. */
  readonly default?: string
  /** For a secret: a value that Janus refuses, how to make a real one, and whether every deployment needs it. */
  readonly secret?: {
    readonly sample: string
    readonly how: string
    readonly always: boolean
    /** For the doctor, in place of a secret that cannot be read back: a value of the right form. Random bytes, without. */
    readonly standIn?: string
  }
}

/** A row without words is a compile error, and so are words without a row. */
export type SettingTexts = {
  readonly [Name in SettingName]: SettingText &
    (Settings[Name] extends { readonly when: unknown } ? { readonly applies: string } : unknown) &
    (Settings[Name] extends { readonly default: (...earlier: never[]) => string }
      ? { readonly default: string }
      : unknown) &
    ('words' extends keyof Settings[Name]['parse'] ? unknown : { readonly accepts: string })
}

/** The words of the settings of one section. */
export type SomeSettingTexts = Partial<SettingTexts>
