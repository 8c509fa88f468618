/** What the sources say of the options of `VintageNet.start`. */

import ts from 'typescript'

export interface OptionComment {
  readonly name: string
  /** As it is written, without undefined. */
  readonly type: string
  readonly comment: string
}

/** The members of VintageNetOptions with their comments. */
export function optionComments(text: string): readonly OptionComment[] {
  const file = ts.createSourceFile('options.ts', text, ts.ScriptTarget.Latest, true)
  const [found] = file.statements.filter(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text === 'VintageNetOptions',
  )
  return [...(found?.members ?? [])].filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(file),
    type: (member.type?.getText(file) ?? '').replace(/ \| undefined$/, '').replaceAll('readonly ', ''),
    comment: ts
      .getJSDocCommentsAndTags(member)
      .map((one) => ts.getTextOfJSDocComment(one.comment) ?? '')
      .join(' ')
      .replaceAll(/\s+/g, ' '),
  }))
}
