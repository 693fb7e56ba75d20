// Checks that whatever the declarations offer is explained: each by a comment of its own, or, in a class, by
// that of the interface or class that it comes from, where editors find it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from '@babel/parser';

const PACKAGE = join(import.meta.dirname, '..');

function main() {
  const bare = ['index.d.cts', 'twilio/index.d.cts'].flatMap((file) => {
    const types = declared(file);
    if (types.length < 20) throw new Error(`${file}: only ${types.length} declarations were found`);
    return types.flatMap((type) => unexplained(type, types).map((name) => `${file}: ${name}`));
  });
  if (bare.length > 0) throw new Error(`without a comment:\n${bare.join('\n')}`);
}

/** All declarations of a file, those of its namespaces too: node, name and comment. */
function declared(file) {
  const text = readFileSync(join(PACKAGE, file), 'utf8');
  const { program } = parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] });
  return program.body.flatMap(declarations);
}

function declarations(statement) {
  const node = statement.declaration ?? statement;
  if (node.type === 'TSModuleDeclaration') return node.body.body.flatMap(declarations);
  const name = node.id?.name ?? node.declarations?.[0].id.name;
  return name === undefined ? [] : [{ node, name, explained: isExplained(statement) }];
}

/** The names in a declaration that no comment explains. */
function unexplained({ node, name, explained }, types) {
  const own = explained ? [] : [name];
  // What a token says is what the options are, under the vendor's names.
  if (name.endsWith('Payload')) return own;
  const members = membersOf(node)
    .filter((member) => member.kind !== 'constructor' && !isExplained(member))
    .map((member) => member.key.name)
    .filter((member) => !inherits(node, member, types));
  return [...own, ...members.map((member) => `${name}.${member}`)];
}

const membersOf = (node) => node.body?.body ?? [];

/** Whether one of those a class comes from explains the member. */
function inherits(node, member, types) {
  const parents = [node.superClass, ...(node.implements ?? []), ...(node.extends ?? [])];
  const names = parents.filter(Boolean).flatMap(namesIn);
  return types.some(
    (type) =>
      names.includes(type.name) &&
      (membersOf(type.node).some(({ key, ...rest }) => key?.name === member && isExplained(rest)) ||
        inherits(type.node, member, types)),
  );
}

/** The names of types in a piece of a type, such as both in `Readonly<Options>`. */
function namesIn(node) {
  const { name, expression, right, typeName, typeParameters, typeArguments, params = [] } = node;
  const parts = [expression, right, typeName, typeParameters, typeArguments, ...params].filter(Boolean);
  return [...(name === undefined ? [] : [name]), ...parts.flatMap(namesIn)];
}

const isExplained = (node) =>
  (node.leadingComments ?? []).some(({ type, value }) => type === 'CommentBlock' && value.startsWith('*'));

main();
