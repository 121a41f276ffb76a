import { assert } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { render } from '../../cli/render/report/html.ts';
import type { NodeReport } from '../../plugins/host-inspector/report/model.ts';
import { type Browser, type Page, type View, startBrowser, whyNoBrowser } from '../support/browser.ts';
import { type Folder, temporaryFolder } from '../support/eventually.ts';
import { longReport, reportNaming, sampleReport } from '../support/report-sample.ts';

const PHONE: View = { width: 360, scheme: 'light' };
const DESK: View = { width: 1_280, scheme: 'light' };
/** A4 between its margins, at the 96 pixels for an inch that CSS has. */
const PAPER: View = { width: 700, scheme: 'light', isPaper: true };

/** Where the pictures are to be looked at, if somebody wants to. */
const PICTURES = process.env['REPORT_PICTURES'];

/** Least contrast of any text with what is behind it, by WCAG 2.2, and the text. */
const LEAST_CONTRAST = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => { for (let at = element; at; at = at.parentElement) { const c = channels(getComputedStyle(at).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  let worst = { ratio: 21, text: '' };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    if (text === '') continue;
    const [a, b] = [luminance(channels(getComputedStyle(walker.currentNode.parentElement).color)), luminance(behind(walker.currentNode.parentElement))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text };
  }
  return worst;
})()`;

/** Boxes that would have to be scrolled sideways. */
const TOO_WIDE = `[...document.querySelectorAll('body *')].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).overflowX !== 'visible').map((e) => e.className)`;

describe(whyNoBrowser === undefined ? 'the report as HTML, in a browser' : `the report as HTML, in a browser (skipped: ${whyNoBrowser})`, function () {
  this.timeout(60_000);
  let browser: Browser;
  let folder: Folder;

  before(async function () {
    if (whyNoBrowser !== undefined) this.skip();
    browser = await startBrowser();
  });
  after(async () => {
    if (whyNoBrowser === undefined) await browser[Symbol.asyncDispose]();
  });
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder[Symbol.dispose]());

  async function shown(report: NodeReport, view: View): Promise<Page> {
    const path = folder.file('report.html');
    writeFileSync(path, render(report));
    return await browser.open(pathToFileURL(path).href, view);
  }

  async function keepPicture(page: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    writeFileSync(join(PICTURES, `${name}.png`), await page.picture());
  }

  for (const [name, view] of [['on a phone', PHONE], ['on a phone in the dark', { ...PHONE, scheme: 'dark' }], ['on a desk', DESK], ['on a desk in the dark', { ...DESK, scheme: 'dark' }]] as const) {
    for (const [kind, report] of [['a node', sampleReport()], ['a large node with long names', longReport()]] as const) {
      it(`fits ${name}, and every text can be read: ${kind}`, async () => {
        const page = await shown(report, view);
        await keepPicture(page, `${name} ${kind}`.replaceAll(' ', '-'));
        assert.deepEqual(await page.evaluate('[innerWidth, document.scrollingElement.scrollWidth <= innerWidth]'), [view.width, true]);
        const { ratio, text } = (await page.evaluate(LEAST_CONTRAST)) as { readonly ratio: number; readonly text: string };
        assert.isAtLeast(ratio, 4.5, text);
      });
    }
  }

  it('follows the scheme of the reader', async () => {
    const page = await shown(sampleReport(), DESK);
    const background = 'getComputedStyle(document.body).backgroundColor';
    const light = await page.evaluate(background);
    await page.look({ ...DESK, scheme: 'dark' });
    assert.notEqual(await page.evaluate(background), light);
  });

  it('asks for nothing, runs nothing, and is styled by its own style under its own policy', async () => {
    const page = await shown(sampleReport(), DESK);
    assert.lengthOf(page.requests, 1);
    assert.deepEqual(page.complaints, []);
    assert.equal(await page.evaluate('document.scripts.length'), 0);
    assert.notEqual(await page.evaluate('getComputedStyle(document.querySelector("section")).borderTopWidth'), '0px');
  });

  it('shows names as they are, whatever they are made of, and lets them do nothing', async () => {
    const signs = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    for (const name of [signs, '"><script>document.title="taken"</script>', '<img src=http://127.0.0.1:9/a.png onerror="document.title=1">', '</style><style>*{display:none}</style>', '&lt;b&gt; &amp;', "'--><!--"]) {
      const page = await shown(reportNaming(name), DESK);
      assert.equal(await page.evaluate('document.querySelector("h1").textContent'), name);
      assert.match(String(await page.evaluate('document.title')), /^Node .*: 2 problems/);
      assert.equal(await page.evaluate('document.querySelector("#filesystems tbody th").textContent'), name);
      assert.deepEqual(await page.evaluate('[document.scripts.length, document.images.length, document.querySelectorAll("style").length]'), [0, 0, 1]);
      assert.lengthOf(page.requests, 1);
      assert.deepEqual(page.complaints, []);
    }
  });

  it('can be heard: a language, a title, one heading above all, headed tables, regions with names', async () => {
    const page = await shown(sampleReport(), DESK);
    assert.deepEqual(await page.evaluate('[document.documentElement.lang, document.title, document.querySelectorAll("h1").length, document.querySelectorAll("main").length]'), [
      'en', 'Node worker-1.eu-central-1.compute.internal: 2 problems, 1 could not be told', 1, 1,
    ]);
    const levels = (await page.evaluate('[...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1]))')) as readonly number[];
    for (const [index, level] of levels.entries()) assert.isAtMost(level - (levels[index - 1] ?? 0), 1);
    assert.deepEqual(await page.evaluate('[...document.querySelectorAll("th")].filter((th) => !["row", "col"].includes(th.scope)).length'), 0);
    assert.deepEqual(await page.evaluate('[...document.querySelectorAll("[aria-labelledby]")].filter((e) => !document.getElementById(e.getAttribute("aria-labelledby"))?.textContent).length'), 0);
    assert.deepEqual(await page.evaluate('(() => { const ids = [...document.querySelectorAll("[id]")].map((e) => e.id); return ids.length - new Set(ids).size; })()'), 0);
    assert.deepEqual(await page.evaluate('[...document.querySelectorAll("nav a")].filter((a) => document.querySelector(a.getAttribute("href")) === null).length'), 0);
    // What a colour says stands beside it in words.
    assert.deepEqual(await page.evaluate('[...document.querySelectorAll("#status li")].map((li) => li.className + " " + li.querySelector(".word").textContent)'), [
      'problem problem', 'problem problem', 'unknown unknown', 'ok ok', 'ok ok', 'ok ok', 'ok ok',
    ]);
  });

  it('can be printed: all rows, nothing cut at the margin, no navigation', async () => {
    const page = await shown(longReport(), PAPER);
    await keepPicture(page, 'on-paper');
    assert.deepEqual(await page.evaluate(TOO_WIDE), []);
    assert.equal(await page.evaluate('document.scrollingElement.scrollWidth <= innerWidth'), true);
    assert.equal(await page.evaluate('getComputedStyle(document.querySelector("nav")).display'), 'none');
    assert.isTrue(await page.evaluate('document.querySelector("#network details tbody tr:last-child").getBoundingClientRect().height > 0'));
    const pdf = (await page.pdf()).toString('latin1');
    assert.match(pdf, /^%PDF-1/);
    assert.isAtLeast(pdf.match(/\/Type \/Page\b(?!s)/g)?.length ?? 0, 3);
  });
});
