/** The recipes of a cookbook page: the block below each heading, and how to run one. */

import ts from 'typescript'

export interface Recipe {
  readonly title: string
  /** TypeScript, as the page shows it. */
  readonly code: string
}

/** What a recipe finds as its own: by name, such as `net`. */
export type Ingredients = Readonly<Record<string, unknown>>

type Body = (...values: unknown[]) => Promise<void>
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (...texts: string[]) => Body

/** One `ts` block below each heading of the second level. @throws where a heading has none, or several */
export function recipesOf(markdown: string): readonly Recipe[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n', 1)
      const blocks = [...section.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
      const [code] = blocks
      if (code === undefined || blocks.length > 1) throw new Error(`${title}: ${blocks.length} blocks, not one`)
      return { title, code }
    })
}

/** Runs a recipe to its end; rejects as it does. What it imports is an ingredient, by the name of the module. */
export async function runRecipe({ code }: Recipe, ingredients: Ingredients): Promise<void> {
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  const body = importsAsIngredients(ts.transpileModule(code, { compilerOptions: options }).outputText)
  // What it imports it has from there.
  const imported = [...body.matchAll(/^const \{(.*)\} = modules\[/gm)].flatMap(([, names = '']) =>
    names.split(/[\s,]+/),
  )
  const given = Object.entries(ingredients).filter(([name]) => !imported.includes(name))
  const [names, values] = [given.map(([name]) => name), given.map(([, value]) => value)]
  await new AsyncFunction(...names, `'use strict'\n${body}`)(...values)
}

/** `import { a } from 'b'` in the body of a function. */
function importsAsIngredients(body: string): string {
  return body.replace(/^import (\{.*\}) from ('[^']+');?$/gm, 'const $1 = modules[$2]').replace(/^export \{\};?$/gm, '')
}
