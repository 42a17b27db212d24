// Generates GraphQL documents from a schema and a seed: mostly valid ones, with fragments,
// variables, aliases and directives, and from those, by changing tokens, mostly invalid ones.
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';

/** mulberry32: gives the same numbers everywhere for one seed. */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  chance(p) {
    return this.next() < p;
  }
  pick(list) {
    return list[this.below(list.length)];
  }
}

const scalars = {
  Int: (r) => r.pick([0, 1, 50, -7, 2147483647]),
  Float: (r) => r.pick([0.5, 3, -1e10]),
  String: (r) => r.pick(['', 'one', 'a "quoted" \\ one', 'zwölf 🎲']),
  Boolean: (r) => r.chance(0.5),
  ID: (r) => r.pick(['7b1f0c1e-0000-4000-8000-000000000001', 'x', 42]),
  BigInt: (r) => r.pick([0, 9007199254740991]),
  Date: () => '2025-12-30',
  DateTime: () => '2025-12-30T14:23:45.123Z',
  Cursor: (r) => r.pick(['k3.7', 'k3.7.1']),
  JSON: (r) => r.pick([null, 1, 'text', [1, { two: 2 }], { event_type: 'X', deep: { list: [] } }]),
};

/** A value of an input type. */
export function inputValue(random, type) {
  if (isNonNullType(type)) return inputValue(random, type.ofType);
  if (random.chance(0.1)) return null;
  return presentValue(random, type);
}

function presentValue(random, type) {
  if (isNonNullType(type)) return presentValue(random, type.ofType);
  if (isListType(type))
    return random.chance(0.15)
      ? presentValue(random, type.ofType)
      : Array.from({ length: random.below(3) }, () => presentValue(random, type.ofType));
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const value = {};
    for (const field of Object.values(type.getFields()))
      if (isNonNullType(field.type) ? field.defaultValue === undefined || random.chance(0.5) : random.chance(0.4))
        value[field.name] = isNonNullType(field.type)
          ? presentValue(random, field.type)
          : inputValue(random, field.type);
    return value;
  }
  return scalars[type.name](random);
}

function literal(value, type) {
  if (value === null) return 'null';
  const bare = type && getNullableType(type);
  if (Array.isArray(value))
    return `[${value.map((item) => literal(item, isListType(bare) ? bare.ofType : undefined)).join(', ')}]`;
  const named = bare && getNamedType(bare);
  if (isEnumType(named)) return value;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, item]) => {
        const field = isInputObjectType(named) ? named.getFields()[key] : undefined;
        return `${key}: ${literal(item, field?.type)}`;
      })
      .join(', ')}}`;
  if (typeof value === 'string' && !value.includes('"') && value.length % 2 === 1) return `"""${value}"""`;
  return JSON.stringify(value);
}

/** Data of an output type, sometimes with a null where none is allowed. */
export function outputData(random, type, depth = 0) {
  if (isNonNullType(type))
    return random.chance(0.004) ? null : outputData(random, type.ofType, depth);
  if (random.chance(0.1)) return null;
  if (isListType(type))
    return Array.from({ length: random.below(4) }, () => outputData(random, type.ofType, depth));
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  if (type.name === 'ID') return String(scalars.ID(random));
  if (isLeafType(type)) return scalars[type.name](random) ?? {};
  return objectData(random, isAbstractType(type) ? random.pick(type.getTypes()) : type, depth);
}

export function objectData(random, type, depth = 0) {
  const object = { __typename: type.name };
  for (const field of Object.values(type.getFields()))
    object[field.name] = outputData(random, field.type, depth + 1);
  return object;
}

export class Generator {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
  }

  /** A request: query, operationName, variables. */
  request() {
    this.fragments = [];
    const operations = this.random.chance(0.1) ? 2 : 1;
    const texts = [];
    let variables = {};
    let name;
    for (let i = 0; i < operations; ++i) {
      this.variables = [];
      name = operations > 1 || this.random.chance(0.5) ? `Op${i}` : undefined;
      texts.push(this.operation(name));
      variables = this.variableValues();
    }
    const query = [...texts, ...this.fragments].join(this.random.pick([' ', '\n', '\r\n', ' # a comment\n', ',']));
    return { query, variables, ...(name && (operations > 1 || this.random.chance(0.7)) ? { operationName: name } : {}) };
  }

  operation(name) {
    const kind = this.random.pick(['query', 'query', 'query', 'subscription', 'mutation']);
    const root = {
      query: this.schema.getQueryType(),
      mutation: this.schema.getMutationType(),
      subscription: this.schema.getSubscriptionType(),
    }[kind];
    this.fragmentsAllowed = true;
    const selection = kind === 'subscription' ? this.subscriptionSet(root) : this.selectionSet(root, 0);
    if (kind === 'query' && !name && this.variables.length === 0 && this.random.chance(0.5)) return selection;
    const definitions = this.variables
      .map(({ name: variable, type, value }) => `$${variable}: ${type}${value === undefined ? '' : ` = ${value}`}`)
      .join(', ');
    const described = this.random.chance(0.05) ? '"What it is for." ' : '';
    return `${described}${kind} ${name ?? ''}${definitions && `(${definitions})`} ${selection}`;
  }

  subscriptionSet(root) {
    const field = this.field(root, 0, { plain: true });
    const fields = this.random.chance(0.06) ? `${field} ${this.field(root, 0, { plain: true })}` : field;
    return this.random.chance(0.1) ? `{ ... on Subscription { ${fields} } }` : `{ ${fields} }`;
  }

  selectionSet(type, depth) {
    const count = 1 + this.random.below(depth === 0 ? 3 : 4);
    return `{ ${Array.from({ length: count }, () => this.selection(type, depth)).join(' ')} }`;
  }

  selection(type, depth) {
    if (depth < 5 && this.random.chance(isAbstractType(type) ? 0.8 : 0.12)) return this.fragment(type, depth);
    return this.field(type, depth, {});
  }

  fragment(type, depth) {
    let on = type;
    if (isAbstractType(type)) on = this.random.pick([type, ...type.getTypes()]);
    else if (this.random.chance(0.03)) on = this.random.pick(Object.values(this.schema.getTypeMap()));
    if (!isCompositeType(on)) return `... on ${on.name} { __typename }`;
    const set = this.selectionSet(on, depth + 1);
    if (this.random.chance(0.6)) {
      const condition = on === type && this.random.chance(0.3) ? '' : ` on ${on.name}`;
      return `...${condition}${this.directives()} ${set}`;
    }
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${on.name} ${set}`);
    return `...${name}${this.directives()}`;
  }

  field(type, depth, { plain }) {
    const fields = isAbstractType(type) ? [] : Object.values(type.getFields());
    const usable = depth >= 5 ? fields.filter((field) => isLeafType(getNamedType(field.type))) : fields;
    if (!plain && (usable.length === 0 || this.random.chance(0.08))) {
      if (type === this.schema.getQueryType() && this.random.chance(0.5)) return this.introspection();
      return `${this.alias()}__typename`;
    }
    const field = this.random.pick(usable);
    const named = getNamedType(field.type);
    const set = isCompositeType(named) ? ` ${this.selectionSet(named, depth + 1)}` : '';
    return `${this.alias()}${field.name}${this.args(field)}${plain ? '' : this.directives()}${set}`;
  }

  introspection() {
    const set = this.selectionSet(this.schema.getType('__Type'), 3);
    return this.random.chance(0.5) ? `__schema { types ${set} }` : `__type(name: "Query") ${set}`;
  }

  alias() {
    return this.random.chance(0.15) ? `${this.random.pick(['a', 'b', 'c', 'message', 'id'])}: ` : '';
  }

  directives() {
    if (!this.random.chance(0.08)) return '';
    const value = this.random.chance(0.5) ? this.variable('Boolean!', true) : this.random.chance(0.5);
    return ` @${this.random.pick(['skip', 'include'])}(if: ${value})`;
  }

  args(field) {
    const given = field.args.filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || this.random.chance(0.4));
    if (given.length === 0) return '';
    return `(${given.map((arg) => `${arg.name}: ${this.argument(arg.type)}`).join(', ')})`;
  }

  argument(type) {
    if (this.random.chance(0.25)) return this.variable(String(type), presentValue(this.random, type), type);
    if (this.random.chance(0.02)) return this.random.pick(['1', '"x"', 'null', 'ENUM', '[1]', '{a: 1}', '1.5', '99999999999']);
    return literal(inputValue(this.random, type), type);
  }

  variable(type, given, inputType) {
    const name = `v${this.variables.length}`;
    const stricter = !type.endsWith('!') && this.random.chance(0.3) ? `${type}!` : type;
    const value = inputType && !stricter.endsWith('!') && this.random.chance(0.3) ? literal(given, inputType) : undefined;
    this.variables.push({ name, type: this.random.chance(0.02) ? 'Int' : stricter, value, given });
    return `$${name}`;
  }

  variableValues() {
    const values = {};
    for (const { name, given, value } of this.variables)
      if (value === undefined || this.random.chance(0.5))
        values[name] = this.random.chance(0.02) ? this.random.pick([null, 1.5, 'x', [1], { a: 1 }]) : given;
    return values;
  }

  /** Removes, doubles, swaps or replaces one to three tokens of a document. */
  broken(query) {
    const tokens = query.match(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|\.\.\.|[_A-Za-z]\w*|-?\d[\d.eE+-]*|\s+|./gu) ?? [];
    const words = ['query', 'subscription', 'fragment', 'on', 'null', 'true', '{', '}', '(', ')', '$', '!', '[', ']', ':', '=', '@', '...', '@include(if: true)', 'message', 'x', '0', '-1', '1.5', '"', '"s"', '"""b"""', '|', '&', '?', '01', '1x', '"\\u{1F600}"', '"\\q"', '\\', "'", '__typename', 'type A { b: C }', '""'];
    for (let i = 1 + this.random.below(2); i > 0; --i) {
      const at = this.random.below(tokens.length);
      const other = this.random.below(tokens.length);
      const change = this.random.below(4);
      if (change === 0) tokens.splice(at, 1);
      else if (change === 1) tokens.splice(at, 0, tokens[at]);
      else if (change === 2) [tokens[at], tokens[other]] = [tokens[other], tokens[at]];
      else tokens.splice(at, this.random.below(2), ` ${this.random.pick(words)} `);
    }
    return tokens.join('');
  }
}
