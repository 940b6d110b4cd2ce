// Runs a WASI program in node: the runner of the wasm step of test.sh.
//   node --no-warnings scripts/wasi.mjs PROGRAM.wasm [ARGUMENT...]
// Node's WebAssembly has simd128; the program sees the current folder, the arguments and the environment.
import { readFile } from "node:fs/promises";
import { argv, cwd, env } from "node:process";
import { WASI } from "node:wasi";

const [program, ...rest] = argv.slice(2);
const wasi = new WASI({ version: "preview1", args: [program, ...rest], env, preopens: { ".": cwd() } });
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
