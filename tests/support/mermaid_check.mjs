// Parses Mermaid files with Mermaid's own parser; run in a folder whose node_modules has mermaid and jsdom.
import { readFileSync } from "fs";
import { createRequire } from "module";
import { pathToFileURL } from "url";

const require = createRequire(process.cwd() + "/");
const { JSDOM } = require("jsdom");
const dom = new JSDOM("");
globalThis.window = dom.window;
globalThis.document = dom.window.document;
const { default: mermaid } = await import(pathToFileURL(process.cwd() + "/node_modules/mermaid/dist/mermaid.core.mjs"));
mermaid.initialize({ startOnLoad: false });
for (const file of process.argv.slice(2)) await mermaid.parse(readFileSync(file, "utf8"));
