#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Turns the public test data of CEL (the package @bufbuild/cel-spec) into one JSON object a line for
// the runner beside this file: cases.mjs FOLDER-OF-NODE_MODULES >cases.jsonl
//
//   suite, file, name   where the case stands in the data
//   expr, container     what to evaluate, and in which name space
//   env                 declared names: [{name, type}], the type in the notation of the data
//   bindings            their values: {name: value}; a value is an object of one member: null, bool,
//                       int, uint, double, string, bytes (hexadecimal), list, map ([[key, value]]),
//                       type, timestamp ([seconds, nanoseconds]), duration (nanoseconds); whole
//                       numbers are strings
//   expect              {value}, {error: true}, {type} (check only), {agree: true}, {refuse: WHERE},
//                       {parse: true}
//   checked             false: the data says not to check it
//   type                the type that must be deduced
//   ast                 the tree the parser must give, in the notation of the data
//   typed               the checked tree: types and references of every node
//   without             why no more is asked of it than `expect` says

import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const folder = process.argv[2];
if (folder === undefined) {
	console.error("usage: cases.mjs FOLDER");
	process.exit(64);
}
const load = createRequire(join(resolve(folder), "cases.cjs"));
const data = (name) => load(`@bufbuild/cel-spec/testdata/${name}.js`).tests;

const PRIMITIVES = {
	BOOL: "bool",
	INT64: "int",
	UINT64: "uint",
	DOUBLE: "double",
	STRING: "string",
	BYTES: "bytes",
};
const WELL_KNOWN = { TIMESTAMP: "timestamp", DURATION: "duration", ANY: "any" };
const MESSAGES = {
	"google.protobuf.Timestamp": "timestamp",
	"google.protobuf.Duration": "duration",
};

// A type in the notation of the data: "map(string, list(int))".
function typeText(type) {
	if (type.primitive !== undefined) return PRIMITIVES[type.primitive];
	if (type.wellKnown !== undefined) return WELL_KNOWN[type.wellKnown];
	if (type.wrapper !== undefined) return `wrapper(${PRIMITIVES[type.wrapper]})`;
	if (type.messageType !== undefined) return MESSAGES[type.messageType] ?? type.messageType;
	if (type.dyn !== undefined) return "dyn";
	if ("null" in type) return "null";
	if (type.typeParam !== undefined) return type.typeParam;
	if (type.listType !== undefined) return `list(${typeText(type.listType.elemType ?? { dyn: {} })})`;
	if (type.mapType !== undefined) {
		return `map(${typeText(type.mapType.keyType)}, ${typeText(type.mapType.valueType)})`;
	}
	if (type.type !== undefined) {
		return Object.keys(type.type).length === 0 ? "type" : `type(${typeText(type.type)})`;
	}
	if (type.abstractType !== undefined) {
		const parameters = (type.abstractType.parameterTypes ?? []).map(typeText);
		return `${type.abstractType.name}(${parameters.join(", ")})`;
	}
	throw new Error(`unknown type ${JSON.stringify(type)}`);
}

const NANOS = 1000000000n;

// "123.5s" as nanoseconds.
function nanoseconds(text) {
	const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d+))?s$/.exec(text);
	const size = BigInt(whole) * NANOS + BigInt((fraction ?? "").padEnd(9, "0"));
	return sign === "-" ? -size : size;
}

function object(value) {
	if (value["@type"].endsWith("google.protobuf.Duration")) {
		return { duration: String(nanoseconds(value.value)) };
	}
	const [, seconds, fraction] = /^(.*\d\d)(?:\.(\d+))?Z$/.exec(value.value);
	return { timestamp: [String(Date.parse(`${seconds}Z`) / 1000), (fraction ?? "").padEnd(9, "0")] };
}

// A cel.expr.Value in JSON, in the few words of the runner.
function plain(value) {
	const [[kind, inner]] = Object.entries(value);
	switch (kind) {
		case "nullValue":
			return { null: true };
		case "boolValue":
			return { bool: inner };
		case "int64Value":
			return { int: inner };
		case "uint64Value":
			return { uint: inner };
		case "doubleValue":
			return { double: String(inner) };
		case "stringValue":
			return { string: inner };
		case "bytesValue":
			return { bytes: Buffer.from(inner, "base64").toString("hex") };
		case "typeValue":
			return { type: inner };
		case "listValue":
			return { list: (inner.values ?? []).map(plain) };
		case "mapValue":
			return { map: (inner.entries ?? []).map((entry) => [plain(entry.key), plain(entry.value)]) };
		case "objectValue":
			return object(inner);
		default:
			throw new Error(`unknown value ${JSON.stringify(value)}`);
	}
}

// What in a case needs protocol buffers, as a sentence; null for none.
const MESSAGE_NAME =
	/\b(TestAllTypes|NestedTestAllTypes|TestRequired|GlobalEnum|Proto2Message)\b|google\.protobuf\.(?!Timestamp\b|Duration\b)|\bproto\.(getExt|hasExt)\b/;
const MESSAGE_LITERAL = /\b(Timestamp|Duration)\s*\{/;
const WRAPPER_LITERAL = /\b(Any|Struct|ListValue|Value|(Bool|Bytes|Double|Float|U?Int32|U?Int64|String)Value)\s*\{/;

function needsProtobuf(original) {
	const expr = original.expr;
	if (MESSAGE_NAME.test(expr) || MESSAGE_LITERAL.test(expr) || WRAPPER_LITERAL.test(expr)) {
		return "the expression names a protobuf message";
	}
	const declared = JSON.stringify(original.typeEnv ?? []);
	if (/"messageType":"(?!google\.protobuf\.(Timestamp|Duration)")/.test(declared) || /"ANY"/.test(declared)) {
		return "a variable is a protobuf message";
	}
	const values = JSON.stringify([original.value ?? null, original.bindings ?? null, original.typedResult ?? null]);
	if (/"@type":"type\.googleapis\.com\/(?!google\.protobuf\.(Timestamp|Duration)")/.test(values)) {
		return "a value is a protobuf message";
	}
	if (/"enumValue"/.test(values)) return "a value is a protobuf enumeration";
	if (/"messageType":"(?!google\.protobuf\.(Timestamp|Duration)")/.test(values)) {
		return "the type is a protobuf message";
	}
	return null;
}

const LEFT_OUT = {
	block_ext: "cel.block is for programs that rewrite expressions: left out",
	network_ext: "addresses of networks are no matter of eligibility: left out",
};

function withoutReason(file, original) {
	if (LEFT_OUT[file] !== undefined) return LEFT_OUT[file];
	const reason = needsProtobuf(original);
	if (reason !== null) return reason;
	for (const declaration of original.typeEnv ?? []) {
		if (declaration.function !== undefined) return "the case declares a function of its own";
		if (/"typeParam"/.test(JSON.stringify(declaration))) {
			return "the case declares a variable whose type is a parameter";
		}
	}
	return null;
}

function* walk(suite, path) {
	for (const test of suite.tests ?? []) yield [path, test];
	for (const inner of suite.suites ?? []) yield* walk(inner, [...path, inner.name]);
}

function skeleton(suite, file, name, test) {
	const original = test.original;
	return {
		suite,
		file,
		name,
		expr: original.expr,
		container: original.container ?? "",
		env: (original.typeEnv ?? [])
			.filter((declaration) => declaration.ident !== undefined)
			.map((declaration) => ({ name: declaration.name, type: typeText(declaration.ident.type) })),
		bindings: {},
		checked: original.disableCheck !== true,
		ast: test.ast ?? null,
		typed: test.checkedAst ?? null,
		type: test.type ?? null,
	};
}

function bind(line, original) {
	for (const [name, bound] of Object.entries(original.bindings ?? {})) {
		line.bindings[name] = plain(bound.value);
		if (!line.env.some((declared) => declared.name === name)) line.env.push({ name, type: "dyn" });
	}
}

function* conformance() {
	for (const [path, test] of walk(data("conformance"), [])) {
		const original = test.original;
		const line = skeleton("conformance", path[0], [...path.slice(1), original.name].join("/"), test);
		line.without = withoutReason(path[0], original);
		if (original.typedResult?.deducedType !== undefined) {
			line.type = typeText(original.typedResult.deducedType);
			// Where cel-go's own golden says otherwise, the case is right.
			if (line.type !== test.type) line.typed = null;
		}
		if (line.without !== null) {
			line.expect = LEFT_OUT[path[0]] === undefined ? { parse: true } : { bounded: true };
			line.type = null;
			yield line;
			continue;
		}
		bind(line, original);
		if (original.checkOnly === true) {
			line.expect = { type: line.type };
		} else if (original.evalError !== undefined || original.anyEvalErrors !== undefined) {
			line.expect = { error: true };
		} else {
			// Without a value the data means true.
			const value = original.value ?? original.typedResult?.result ?? { boolValue: true };
			line.expect = { value: plain(value) };
		}
		yield line;
	}
}

// The goldens of cel-go's parser: what it refused, ours must refuse, but for what is another choice.
function isOnHere(test) {
	const errors = test.error.match(/^ERROR: .*$/gm) ?? [];
	return errors.length > 0 && errors.every((error) => /unsupported syntax/.test(error));
}

function isAnotherLimit(test) {
	return /recursion|limit exceeded/.test(test.error);
}

function parserRefuses(test) {
	if (test.ast !== undefined || isOnHere(test)) return { parse: true };
	return isAnotherLimit(test) ? { bounded: true } : { refuse: "parse" };
}

function parserWithout(test) {
	if (test.ast !== undefined) return null;
	if (isOnHere(test)) return "optional and quoted fields are on here, off there";
	return isAnotherLimit(test)
		? "refused there by limits that are others here: it must be answered, either way"
		: null;
}

function* parsing() {
	for (const [, test] of walk(data("parsing"), [])) {
		const line = skeleton("parsing", "parsing", test.original.expr, test);
		line.expect = parserRefuses(test);
		line.without = parserWithout(test);
		line.type = null;
		yield line;
	}
}

// What cel-go's checker test declares in every environment.
const GIVEN = { is: "string", ii: "int", iu: "uint", iz: "bool", id: "double", ix: "null", ib: "bytes" };

function checkerWithout(test) {
	const reason = withoutReason("checking", test.original);
	if (reason !== null) return reason;
	if (/\bfg_s\(|\bfi_s_s\(/.test(test.original.expr)) return "the case declares a function of its own";
	if (/unsupported syntax/.test(test.error ?? "")) return "optional fields are on here, off there";
	if (test.type === undefined && /^1 (<|>)=? 1\.0/.test(test.original.expr)) {
		return "comparing numbers of different types is on here, off there";
	}
	return null;
}

function* checking() {
	for (const [, test] of walk(data("checking"), [])) {
		const line = skeleton("checking", "checking", test.original.expr, test);
		line.without = checkerWithout(test);
		for (const [name, type] of Object.entries(GIVEN)) {
			if (!line.env.some((declared) => declared.name === name)) line.env.push({ name, type });
		}
		line.expect = { type: line.type };
		if (line.without !== null) {
			line.expect = { parse: true };
			line.type = null;
		} else if (test.type === undefined) {
			line.expect = { refuse: test.ast === undefined ? "parse" : "check" };
		}
		yield line;
	}
}

// cel-go's own expressions of the two-variable macros; the data has no results of them.
function* comprehension() {
	for (const [, test] of walk(data("comprehension"), [])) {
		const line = skeleton("comprehension", "comprehension", test.original.expr, test);
		line.type = null;
		line.without = null;
		if (/\b[ij]\.[jk],|, i\.k,|\(i, i,|__result__/.test(line.expr)) {
			// A field, one name twice, or the gathering name, where two variables belong.
			line.expect = { refuse: "parse" };
		} else {
			line.expect = { agree: true };
			line.without = "the data gives no result: checked and unchecked must agree";
		}
		yield line;
	}
}

for (const suite of [conformance(), parsing(), checking(), comprehension()]) {
	for (const line of suite) process.stdout.write(`${JSON.stringify(line)}\n`);
}
