/** The page in a real browser: what it asks for, what it says, whether it fits and can be read. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { renderReport } from '../../src/evaluation/report-files.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import { goldenInput } from './golden-input.ts';

const browserPath = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`).find(existsSync);

test('the report asks for nothing, logs nothing, fits 400, 1024 and 1280 pixels and is legible, light and dark', async (t) => {
  if (!oracleOrSkip(t, browserPath !== undefined, 'there is no Chromium: `apt-get install chromium`')) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-report-'));
  const file = path.join(folder, 'report.html');
  writeFileSync(file, renderReport(goldenInput()).html);
  const browser = await chromium.launch({ executablePath: browserPath!, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
  try {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [400, 1024, 1280]) {
        const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
        const requests: string[] = [];
        const words: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        page.on('console', (message) => words.push(message.text()));
        page.on('pageerror', (error) => words.push(error.message));
        await page.goto(pathToFileURL(file).href);
        assert.deepEqual(requests.filter((url) => !url.startsWith('data:')), [pathToFileURL(file).href]);
        assert.deepEqual(words, []);
        const seen = (await page.evaluate(inspection)) as Inspection;
        assert.equal(seen.width, width, `${colorScheme}, ${width} px`);
        assert.deepEqual(seen.unloadedPictures, []);
        assert.deepEqual(seen.paleTexts, [], `${colorScheme}, ${width} px`);
        if (width >= 1024) assert.deepEqual(seen.cutTables, [], 'tables fit without scrolling');
        await page.close();
      }
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

interface Inspection {
  readonly width: number;
  readonly unloadedPictures: readonly string[];
  /** Tables that are wider than the page and scroll inside it. */
  readonly cutTables: readonly string[];
  /** Texts whose contrast with the page is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
  readonly paleTexts: readonly string[];
}

/** Runs in the page, where TypeScript knows nothing; gives an Inspection. */
const inspection = `(() => {
  const luminance = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map((part) => {
      const share = Number(part) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
  const isPale = (element) => {
    const { color, fill } = getComputedStyle(element);
    const ink = luminance(element instanceof SVGElement ? fill : color);
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5;
  };
  return {
    width: document.documentElement.scrollWidth,
    unloadedPictures: [...document.images].filter((picture) => picture.naturalWidth === 0).map((picture) => picture.alt),
    cutTables: [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.getAttribute('aria-labelledby')),
    paleTexts: [...document.body.querySelectorAll('*')].filter((element) => hasText(element) && !element.closest('title, desc') && isPale(element)).map((element) => element.textContent),
  };
})()`;
