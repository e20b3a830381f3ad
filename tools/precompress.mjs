// After `trunk build`: compresses what the server will send (it never compresses by itself), and writes down
// the hashes of the inline scripts, which a strict Content-Security-Policy has to name. Fails when a first visit would
// have to load more than the budget.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const dist = process.argv[2] ?? "dist";
// What a first visit loads: the page, WebAssembly, scripts, styles and the typeface, compressed. `make bench` measures the
// same on the wire, where the answers' heads and the first request to the API (some 10 kB) come on top, against 350 kB.
const BUDGET = 339_000;
const COMPRESSED = /\.(wasm|bin|js|mjs|css|html|svg|json|txt|webmanifest)$/;

const files = readdirSync(dist, { recursive: true })
  .map((name) => join(dist, name))
  .filter((path) => statSync(path).isFile() && !path.endsWith(".br"));

let before = 0;
let after = 0;
for (const path of files.filter((path) => COMPRESSED.test(path))) {
  const plain = readFileSync(path);
  const small = brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  });
  before += plain.length;
  after += small.length;
  writeFileSync(`${path}.br`, small);
}

const html = readFileSync(join(dist, "index.html"), "utf8");
// Every file that the page names, what those scripts import and the typeface of those styles; lazy pages are named by none.
const first = new Set(["index.html"]);
const imports = /\bfrom\s*["']\.\/([^"']+\.js)["']/g;
const typefaces = /\burl\(["']?\/([^"')]+\.woff2)/g;
const note = (name) => {
  if (first.has(name) || !/\.(wasm|js|css|woff2)$/.test(name)) return;
  first.add(name);
  const named = name.endsWith(".js") ? imports : name.endsWith(".css") ? typefaces : undefined;
  if (named) for (const [, other] of readFileSync(join(dist, name), "utf8").matchAll(named)) note(other);
};
const names = files.map((path) => relative(dist, path));
for (const name of names) if (html.includes(`/${name}`)) note(name);
// A typeface is compressed already.
const weigh = (name) => statSync(join(dist, name.endsWith(".woff2") ? name : `${name}.br`)).size;
const weight = [...first].reduce((sum, name) => sum + weigh(name), 0);

const inline = [...html.matchAll(/<script(?![^>]*\ssrc\s*=)[^>]*>([\s\S]*?)<\/script>/gi)].map((match) => match[1]);
const hashes = inline.map((script) => `sha256-${createHash("sha256").update(script, "utf8").digest("base64")}`);

const kib = (bytes) => `${Math.round(bytes / 1024)} KiB`;
console.log(`${dist}: ${kib(before)} compressed to ${kib(after)}; ${hashes.length} inline script(s)`);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
for (const name of [...first, ...names.filter((name) => /\.(wasm|bin)$/.test(name) && !first.has(name))]) {
  console.log(`${kb(weigh(name)).padStart(10)}  ${first.has(name) ? "first" : "lazy "}  ${name}`);
}
console.log(`A first visit loads ${kb(weight)} of ${kb(BUDGET)}.`);
if (weight > BUDGET) {
  console.error("That is too much: make a page lazy (docs/ARCHITECTURE.md, The console), or cut something.");
  process.exit(1);
}
// Last of all: a build without it is not whole.
writeFileSync(join(dist, ".csp.json"), `${JSON.stringify({ "script-src": [...new Set(hashes)] }, null, 2)}\n`);
