// Trunk's last step: brings the files of the lazy pages into the build, and names all that belongs together by one hash.
//
// The parts of a split module know each other by place in memory and table, so parts of two builds must never meet: every
// name carries the hash of all of them. Then they can be kept for ever, as everything with a hash in its name is.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { TRUNK_STAGING_DIR: dist, TRUNK_PROFILE: profile, CARGO_TARGET_DIR: target = "target" } = process.env;
const split = join(target, "wasm-bindgen", profile, "split");
const LINK = "__wasm_split.js";
const SHARED = "pages-shared.bin";
if (!existsSync(join(split, LINK))) {
  throw new Error(`${join(split, LINK)} is missing: tools/wasm has to come first on PATH, before wasm-bindgen`);
}

// As Trunk calls it for the main module, with the features that the main module says it uses.
const OPTIMISE = [
  "-Os", "--enable-bulk-memory", "--enable-bulk-memory-opt", "--enable-call-indirect-overlong", "--enable-multivalue",
  "--enable-mutable-globals", "--enable-nontrapping-float-to-int", "--enable-reference-types", "--enable-sign-ext",
];
const built = (name) => {
  const path = join(split, name);
  if (profile === "release") execFileSync("wasm-opt", [...OPTIMISE, path, "-o", path]);
  return readFileSync(path);
};
const modules = readdirSync(split).filter((name) => name.endsWith(".wasm"));
for (const name of modules.filter((name) => name.startsWith("split_"))) writeFileSync(join(dist, name), built(name));

// What several lazy pages have in common comes as a module for each set of pages: many, and small. They are fetched as one
// file, and each is taken from its place in it.
const parts = modules.filter((name) => name.startsWith("chunk_"));
const places = new Map();
let length = 0;
for (const name of parts) {
  const bytes = built(name);
  places.set(name, [length, length + bytes.length]);
  length += bytes.length;
  appendFileSync(join(dist, SHARED), bytes);
}
const FETCHED = /makeLoad\(\(\) => \{\s*const src = fetch\(new URL\("\.\/(chunk_\d+\.wasm)"[\s\S]*?\n\}\s*, \[\]\)/g;
let link = readFileSync(join(split, LINK), "utf8").replaceAll(FETCHED, (_, name) => `makeLoad(part(${places.get(name)}), [])`);
if (/chunk_\d+\.wasm/.test(link)) throw new Error(`${LINK} fetches the common parts in a way that is not known here`);
link += `
let shared;
function part(from, to) {
  return () => {
    shared ??= fetch(new URL("./${SHARED}", import.meta.url)).then((answer) => {
      if (!answer.ok) throw new Error(\`the pages' common part: \${answer.status}\`);
      return answer.arrayBuffer();
    });
    const bytes = shared;
    bytes.catch(() => { if (shared === bytes) shared = undefined; });
    return async (imports) => WebAssembly.instantiate((await bytes).slice(from, to), imports);
  };
}
`;

const names = readdirSync(dist);
const main = names.find((name) => /^app-[0-9a-f]+_bg\.wasm$/.test(name));
const glue = main.replace("_bg.wasm", ".js");
link = link.replaceAll('"./app.js"', `"./${glue}"`);
writeFileSync(join(dist, LINK), link);
const pages = names.filter((name) => /^split_.*\.wasm$/.test(name));
const all = [main, glue, LINK, SHARED, ...pages].filter((name) => existsSync(join(dist, name)));
const digest = createHash("sha256");
for (const name of all) digest.update(`${name}\0`).update(readFileSync(join(dist, name)));
const id = digest.digest("hex").slice(0, 16);
const named = (name) => {
  if (name === main) return `app-${id}_bg.wasm`;
  if (name === glue) return `app-${id}.js`;
  if (name === LINK) return `pages-${id}.js`;
  if (name === SHARED) return `pages-shared-${id}.bin`;
  return `page-${name.slice("split_".length, -".wasm".length)}-${id}.wasm`;
};
// The glue imports the pages' loader: named in the page, it does not wait for the glue.
const html = join(dist, "index.html");
const preload = `<link crossorigin href="/${LINK}" rel="modulepreload">`;
writeFileSync(html, readFileSync(html, "utf8").replace("</head>", `${preload}</head>`));
const rename = (text) => all.reduce((text, name) => text.replaceAll(name, named(name)), text);
for (const name of ["index.html", LINK]) {
  const path = join(dist, name);
  writeFileSync(path, rename(readFileSync(path, "utf8")));
}
// The module's own import goes by the splitter's name still: only where the glue gets it from is another.
const IMPORT = /(from\s*["']\.\/)__wasm_split\.js(?=["'])/g;
writeFileSync(join(dist, glue), readFileSync(join(dist, glue), "utf8").replaceAll(IMPORT, `$1${named(LINK)}`));
for (const name of all) renameSync(join(dist, name), join(dist, named(name)));
rmSync(split, { recursive: true });
