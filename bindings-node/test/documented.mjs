// Checks that the declarations explain what they offer: each of them, and each member of a class or an
// interface, has a comment of its own or, where editors look next, that of the type that it comes from. In the package's
// own declarations each function that takes arguments says what each is (@param) and what it throws (@throws).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from '@babel/parser';

const PACKAGE = join(import.meta.dirname, '..');

function main() {
  const silent = ['index.d.cts', 'twilio/index.d.cts'].flatMap(silentIn);
  if (silent.length > 0) throw new Error(`without a comment:\n${silent.join('\n')}`);
  const untold = untoldIn('index.d.cts');
  if (untold.length > 0) throw new Error(`without a tag:\n${untold.join('\n')}`);
  const other = limitsExplainedOtherwise();
  if (other.length > 0) throw new Error(`not as in core/src/limits.rs: ${other.join(', ')}`);
}

/** The limits that the declarations do not explain in the words of core, which has a table of them. */
function limitsExplainedOtherwise() {
  const table = readFileSync(join(PACKAGE, '../core/src/limits.rs'), 'utf8');
  const limits = [...table.matchAll(/^ {4}([A-Z_]+): \w+ = [\d_]+,\n +"(.*)";$/gm)];
  if (limits.length < 15) throw new Error(`only ${limits.length} limits were found`);
  const declared = readFileSync(join(PACKAGE, 'index.d.cts'), 'utf8');
  return limits
    .filter(([, name, words]) => !declared.includes(`  /** ${words} */\n  readonly ${name}: number;\n`))
    .map(([, name]) => name);
}

/** What a file declares without a word on it. */
function silentIn(file) {
  const types = statementsOf(file).flatMap(typesIn);
  if (types.length < 20) throw new Error(`${file}: only ${types.length} declarations were found`);
  const silent = types.flatMap((type) => [
    ...(type.isExplained ? [] : [type.name]),
    ...silentMembers(type, types).map((member) => `${type.name}.${member}`),
  ]);
  return silent.map((name) => `${file}: ${name}`);
}

/** The tags that the functions of a file lack. */
function untoldIn(file) {
  const functions = statementsOf(file).flatMap((statement) => {
    const node = statement.declaration ?? statement;
    if (node.type === 'TSDeclareFunction')
      return [{ name: node.id.name, node, comment: commentOf(statement) }];
    const members = (node.body?.body ?? []).filter(({ params }) => params);
    return members.map((member) => {
      return { name: `${node.id.name}.${memberName(member)}`, node: member, comment: commentOf(member) };
    });
  });
  if (functions.length < 60) throw new Error(`${file}: only ${functions.length} functions were found`);
  return functions.flatMap(({ name, node: { params }, comment }) => {
    const wanted = params.map((param) => `@param ${param.name}`);
    if (params.length > 0) wanted.push('@throws');
    return wanted.filter((tag) => !comment.includes(`${tag} `)).map((tag) => `${name}: ${tag}`);
  });
}

function statementsOf(file) {
  const text = readFileSync(join(PACKAGE, file), 'utf8');
  return parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] }).program.body;
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
const isExplained = (node) => commentOf(node) !== '';

/** The comment right before it, if it is one that editors show. */
function commentOf({ leadingComments = [] }) {
  const last = leadingComments.at(-1);
  return last?.type === 'CommentBlock' && last.value.startsWith('*') ? last.value : '';
}

main();
