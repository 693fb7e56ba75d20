// Checks that the declarations explain what they offer: each of them, and each member of a class or an
// interface, has a comment of its own or, where editors look next, that of the type that it comes from.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from '@babel/parser';

const PACKAGE = join(import.meta.dirname, '..');

function main() {
  const silent = ['index.d.cts', 'twilio/index.d.cts'].flatMap(silentIn);
  if (silent.length > 0) throw new Error(`without a comment:\n${silent.join('\n')}`);
}

/** What a file declares without a word on it. */
function silentIn(file) {
  const text = readFileSync(join(PACKAGE, file), 'utf8');
  const { program } = parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] });
  const types = program.body.flatMap(typesIn);
  if (types.length < 20) throw new Error(`${file}: only ${types.length} declarations were found`);
  const silent = types.flatMap((type) => [
    ...(type.isExplained ? [] : [type.name]),
    ...silentMembers(type, types).map((member) => `${type.name}.${member}`),
  ]);
  return silent.map((name) => `${file}: ${name}`);
}

/** What a statement declares, those in a namespace one by one. */
function typesIn(statement) {
  const node = statement.declaration ?? statement;
  if (node.type === 'TSModuleDeclaration') return node.body.body.flatMap(typesIn);
  const { id } = node.declarations?.[0] ?? node;
  if (!id) return []; // Such as `export {}`.
  const parents = [node.superClass, ...(node.extends ?? []), ...(node.implements ?? [])].filter(Boolean);
  return [
    {
      name: id.name,
      isExplained: isExplained(statement),
      parents: new Set(parents.flatMap(namesIn)),
      members: (node.body?.body ?? []).map((member) => ({
        name: memberName(member),
        isExplained: isExplained(member),
      })),
    },
  ];
}

/** The members on which neither a type nor those that it comes from say anything. */
function silentMembers(type, types) {
  // What a token says is what the options say, under Twilio's names.
  if (type.name.endsWith('Payload')) return [];
  return type.members
    .filter(({ name, isExplained }) => !isExplained && name !== 'constructor')
    .map(({ name }) => name)
    .filter((name) => !inherits(type, name, types));
}

/** Whether a type that another one comes from, near or far, explains a member. */
function inherits({ parents }, name, types) {
  return types
    .filter((type) => parents.has(type.name))
    .some(
      (parent) =>
        parent.members.some((member) => member.name === name && member.isExplained) ||
        inherits(parent, name, types),
    );
}

/** The types that an `extends` or `implements` names, such as both in `Readonly<Options>`. */
function namesIn(node) {
  switch (node.type) {
    case 'Identifier':
      return [node.name];
    case 'TSQualifiedName': // `AccessToken.Grant` is Grant.
      return namesIn(node.right);
    case 'MemberExpression':
      return namesIn(node.property);
    case 'TSLiteralType': // The name that `Omit` leaves out.
      return [];
  }
  const name = node.typeName ?? node.expression;
  if (!name) throw new Error(`${node.type} after extends or implements`);
  return [name, ...(node.typeParameters?.params ?? [])].flatMap(namesIn);
}

/** An index signature has no name. */
const memberName = ({ key }) => key?.name ?? (key ? `[Symbol.${key.property.name}]` : '[…]');

/** Whether the comment right before it is one that editors show. */
function isExplained({ leadingComments = [] }) {
  const last = leadingComments.at(-1);
  return last?.type === 'CommentBlock' && last.value.startsWith('*');
}

main();
