// After `trunk build`: compresses what the server will send (it never compresses by itself), and writes down
// the hashes of the inline scripts, which a strict Content-Security-Policy has to name.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const dist = process.argv[2] ?? "dist";
const COMPRESSED = /\.(wasm|js|mjs|css|html|svg|json|txt|webmanifest)$/;

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
const inline = [...html.matchAll(/<script(?![^>]*\ssrc\s*=)[^>]*>([\s\S]*?)<\/script>/gi)].map((match) => match[1]);
const hashes = inline.map((script) => `sha256-${createHash("sha256").update(script, "utf8").digest("base64")}`);
writeFileSync(join(dist, ".csp.json"), `${JSON.stringify({ "script-src": [...new Set(hashes)] }, null, 2)}\n`);

const kib = (bytes) => `${Math.round(bytes / 1024)} KiB`;
console.log(`${dist}: ${kib(before)} compressed to ${kib(after)}; ${hashes.length} inline script(s)`);
