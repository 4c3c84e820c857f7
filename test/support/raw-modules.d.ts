declare module '*?raw' {
  const text: string
  export default text
}

interface ImportMeta {
  /** Of Vite: the modules whose paths match. */
  glob<T>(
    paths: string,
    options: { readonly query: string; readonly import: string; readonly eager: true },
  ): Readonly<Record<string, T>>
}
