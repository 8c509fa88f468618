/** The imports, calls, literals and names of a TypeScript file, read from its syntax tree. */

import ts from 'typescript'

/** One import, export-from, `import()` or `import('…').Type` of a file. */
export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('file.ts', text, ts.ScriptTarget.ES2022, true)
}

function visit(node: ts.Node, on: (node: ts.Node) => void): void {
  on(node)
  ts.forEachChild(node, (child) => visit(child, on))
}

function allTypes(elements: readonly { readonly isTypeOnly: boolean }[]): boolean {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly)
}

function importOf(node: ts.Node): Import | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.importClause
    const named = clause?.namedBindings
    const onlyTypes =
      clause?.name === undefined && named !== undefined && ts.isNamedImports(named) && allTypes(named.elements)
    const declared = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
    return { specifier: node.moduleSpecifier.text, typeOnly: declared || onlyTypes }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    const named = node.exportClause
    const onlyTypes = named !== undefined && ts.isNamedExports(named) && allTypes(named.elements)
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly || onlyTypes }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments
    return { specifier: argument !== undefined && ts.isStringLiteral(argument) ? argument.text : '?', typeOnly: false }
  }
  return undefined
}

/** All imports of a file, in order. */
export function importsOf(text: string): readonly Import[] {
  const imports: Import[] = []
  visit(parse(text), (node) => {
    const found = importOf(node)
    if (found !== undefined) imports.push(found)
  })
  return imports
}

/** All string literals and template texts of a file that are no import specifiers. */
export function stringsOf(text: string): readonly string[] {
  const strings: string[] = []
  visit(parse(text), (node) => {
    if (ts.isStringLiteralLike(node) && importOf(node.parent) === undefined) strings.push(node.text)
    else if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) strings.push(node.text)
  })
  return strings
}

/** What is called, as written, such as `test.only`. */
export function callsOf(text: string): readonly string[] {
  const calls: string[] = []
  visit(parse(text), (node) => {
    if (ts.isCallExpression(node)) calls.push(node.expression.getText())
  })
  return calls
}

/** Programs named as such: the first argument of a spawning call, or the value of a property `program` or `command`. */
export function programsOf(text: string): readonly string[] {
  const programs: string[] = []
  visit(parse(text), (node) => {
    const spawning =
      ts.isCallExpression(node) && /(^|\.)(spawn|exec|execFile|execa|run)(Sync)?$/.test(node.expression.getText())
    const value = spawning
      ? node.arguments[0]
      : ts.isPropertyAssignment(node) && /^(program|command)$/.test(node.name.getText())
        ? node.initializer
        : undefined
    if (value !== undefined && ts.isStringLiteralLike(value)) programs.push(value.text)
  })
  return programs
}

/** Where types are switched off: `any` as a type, and comments that silence the compiler. */
export function escapesOf(text: string): readonly string[] {
  const escapes: string[] = []
  visit(parse(text), (node) => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) escapes.push(`any in: ${node.parent.getText().slice(0, 60)}`)
  })
  for (const [comment] of text.matchAll(/\/[/*].*@ts-(ignore|nocheck|expect-error).*/g)) escapes.push(comment.trim())
  return escapes
}

/** Dotted names that the file uses, such as `Date.now`; the first name alone counts too. */
export function usedNames(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  visit(parse(text), (node) => {
    if (ts.isPropertyAccessExpression(node)) names.add(node.getText())
    if (ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) {
      if (!ts.isPropertyAssignment(node.parent) && !ts.isPropertySignature(node.parent)) names.add(node.text)
    }
  })
  return names
}
