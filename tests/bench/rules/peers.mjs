// SPDX-License-Identifier: Apache-2.0
// The same clauses in other engines: peers.mjs FOLDER-WITH-NODE_MODULES.  Prints a line a figure,
// "name<TAB>value<TAB>unit<TAB>", as figures.c does.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "package.json"));
const load = async (name) => {
	const at = path.join(folder, "node_modules", name, "package.json");
	const about = require(at);
	const entry = about.exports?.["."]?.import ?? about.exports?.["."] ?? about.main;
	const file = typeof entry === "string" ? entry : (entry.default ?? entry.import);
	return { about, module: await import(pathToFileURL(path.join(path.dirname(at), file))) };
};

const ONE = "person.age >= 18";
const FIVE =
	"person.age >= 18 && person.age < 65 && person.area in ['B1', 'B2', 'B7'] && " +
	"person.woman && !(person.housing in ['own', 'family'])";
const PERSON = { age: 34, area: "B7", woman: true, housing: "hostel" };
const BATCHES = 21;

const print = (name, value, unit) => console.log(`${name}\t${value.toPrecision(4)}\t${unit}\t`);
const middle = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const cpu_ns = () => {
	const used = process.cpuUsage();
	return (used.user + used.system) * 1000;
};

const measure = (run, runs) => {
	for (let i = 0; i < runs; i++) run();
	const values = [];
	for (let batch = 0; batch < BATCHES; batch++) {
		const begin = cpu_ns();
		for (let i = 0; i < runs; i++) {
			if (run() !== true) throw new Error("the clause should hold");
		}
		values.push((cpu_ns() - begin) / runs);
	}
	return middle(values);
};

const measureLater = async (run, runs) => {
	const values = [];
	for (let batch = 0; batch < BATCHES; batch++) {
		const begin = cpu_ns();
		for (let i = 0; i < runs; i++) {
			if ((await run()) !== true) throw new Error("the rule should hold");
		}
		values.push((cpu_ns() - begin) / runs);
	}
	return middle(values);
};

const title = (about) => `${about.name} ${about.version}`;

const celJs = async () => {
	const { about, module } = await load("@marcbachmann/cel-js");
	const person = { person: { ...PERSON, age: BigInt(PERSON.age) } };
	const one = module.parse(ONE);
	const five = module.parse(FIVE);
	print(`${title(about)}: person.age >= 18`, measure(() => one(person), 20000), "ns");
	print(`${title(about)}: five clauses`, measure(() => five(person), 20000), "ns");
	const parse = measure(() => module.parse(FIVE) !== undefined, 500);
	print(`${title(about)}: parse of them`, parse / 1000, "us");
};

const bufbuild = async () => {
	const { about, module } = await load("@bufbuild/cel");
	const env = module.celEnv();
	const person = { person: { ...PERSON, age: BigInt(PERSON.age) } };
	const one = module.plan(env, module.parse(ONE));
	const five = module.plan(env, module.parse(FIVE));
	print(`${title(about)}: person.age >= 18`, measure(() => one(person), 5000), "ns");
	print(`${title(about)}: five clauses`, measure(() => five(person), 5000), "ns");
	const parse = measure(() => module.plan(env, module.parse(FIVE)) !== undefined, 50);
	print(`${title(about)}: parse and plan of them`, parse / 1000, "us");
};

const jsonRules = async () => {
	const { about, module } = await load("json-rules-engine");
	const Engine = module.Engine ?? module.default.Engine;
	const engineOf = (all) => {
		const engine = new Engine();
		engine.addRule({ conditions: { all }, event: { type: "eligible" } });
		return engine;
	};
	const fact = (name, operator, value) => ({ fact: name, operator, value });
	const one = engineOf([fact("age", "greaterThanInclusive", 18)]);
	const five = engineOf([
		fact("age", "greaterThanInclusive", 18),
		fact("age", "lessThan", 65),
		fact("area", "in", ["B1", "B2", "B7"]),
		fact("woman", "equal", true),
		fact("housing", "notIn", ["own", "family"]),
	]);
	const ask = async (engine) => (await engine.run(PERSON)).events.length === 1;
	const first = await measureLater(() => ask(one), 500);
	const second = await measureLater(() => ask(five), 500);
	print(`${title(about)}: person.age >= 18`, first, "ns");
	print(`${title(about)}: five clauses`, second, "ns");
};

await celJs();
await bufbuild();
await jsonRules();
