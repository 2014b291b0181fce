// SPDX-License-Identifier: EUPL-1.2
// One visit by a real browser: logs in, reads, checks a line, changes the language, logs out. Settings come as one JSON
// argument; what was seen goes out as JSON, pictures into a folder.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const settings = JSON.parse(process.argv[2]);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: settings.chromium,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

const seen = { violations: [], complaints: [] };

// A second browser for the tester's own script: our pages let nobody's run. It carries the cookies over.
async function judged(context, name, url) {
  const own = await browser.newContext({ ignoreHTTPSErrors: true, bypassCSP: true, locale: 'nl-NL' });
  await own.addCookies(await context.cookies());
  const page = await own.newPage();
  await page.goto(url);
  await page.addScriptTag({ content: axe });
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await page.evaluate((values) => globalThis.axe.run({ runOnly: { type: 'tag', values } }), tags);
  for (const violation of found.violations) {
    seen.violations.push(`${name}: ${violation.id}: ${violation.nodes.map((node) => node.target).join(' ')}`);
  }
  await own.close();
  return found.passes.length;
}

async function picture(page, name, width) {
  await page.setViewportSize({ width, height: 900 });
  await page.screenshot({ path: `${settings.folder}/${name}-${width}.png`, fullPage: true });
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
  if (wide > 0) seen.complaints.push(`${name} is ${wide} pixels too wide at ${width}`);
}

const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: true, locale: 'nl-NL' });
const page = await context.newPage();
page.on('console', (message) => {
  if (['error', 'warning'].includes(message.type()) && page.url().startsWith(settings.console)) seen.complaints.push(message.text());
});

await page.goto(settings.console);
await picture(page, 'begin', 320);
await picture(page, 'begin', 1280);
seen.begin = await judged(context, 'begin', page.url());
await page.keyboard.press('Tab');
seen.firstStop = await page.evaluate(() => document.activeElement.className);
await page.getByRole('link', { name: 'Aanmelden' }).click();
await page.locator('input[name=login]').fill(settings.person);
await page.locator('input[name=password]').fill('x');
await page.locator('button[type=submit]').click();
await page.locator('button[type=submit]').click();
await page.waitForURL(`${settings.console}/`);
await picture(page, 'reden', 320);
await picture(page, 'reden', 1280);
seen.reason = await judged(context, 'reden', page.url());
await page.getByRole('radio', { name: 'Ik houd toezicht' }).check();
await page.getByRole('button', { name: 'Naar het logboek' }).click();

seen.heading = await page.getByRole('heading', { level: 1 }).innerText();
seen.language = await page.locator('html').getAttribute('lang');
seen.rows = await page.getByRole('row').count();
seen.sentence = await page.locator('.daad').first().innerText();
seen.reachable = await page.evaluate(() => document.cookie);
await picture(page, 'logboek', 320);
await picture(page, 'logboek', 1280);
seen.log = await judged(context, 'logboek', page.url());

await page.goto(`${settings.console}/inzageverslag`);
await picture(page, 'inzage', 320);
seen.inspection = await judged(context, 'inzage', page.url());
await page.goBack();
await page.getByRole('link', { name: 'Zoeken', exact: true }).click();
await picture(page, 'zoeken', 320);
await picture(page, 'zoeken', 1280);
seen.search = await judged(context, 'zoeken', page.url());
await page.getByRole('button', { name: 'Zoeken' }).click();
seen.unsearched = await page.getByRole('alert').innerText();
await picture(page, 'niet-gezocht', 320);
// The browser tells its console of an answer that says what is missing; of nothing else.
seen.complaints = seen.complaints.filter((text) => !text.endsWith('a status of 422 ()'));
await page.getByLabel('Waarom u zoekt').selectOption({ label: 'Ik houd toezicht' });
await page.getByLabel('Op welke regel').fill('SL-901');
await page.getByRole('button', { name: 'Zoeken' }).click();
seen.foundRows = await page.getByRole('row').count();
await picture(page, 'gevonden', 320);
await picture(page, 'gevonden', 1280);

await page.getByRole('link', { name: /^Controleer/ }).first().click();
seen.verdict = await page.locator('.oordeel').innerText();
await picture(page, 'controle', 320);
await picture(page, 'controle', 1280);
seen.check = await judged(context, 'controle', page.url());

await page.getByRole('link', { name: 'English' }).click();
seen.english = await page.getByRole('heading', { level: 1 }).innerText();
seen.englishLanguage = await page.locator('html').getAttribute('lang');
await page.getByRole('button', { name: 'Log out' }).click();
seen.after = await page.getByRole('heading', { level: 1 }).innerText();
await page.goto(settings.console);
seen.rowsAfter = await page.getByRole('row').count();

await browser.close();
console.log(JSON.stringify(seen));
