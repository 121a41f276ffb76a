import { assert } from 'chai';
import * as fc from 'fast-check';
import { widthOf } from '../../../../cli/live/width.ts';
import { render as html } from '../../../../cli/render/report/html.ts';
import { render as markdown } from '../../../../cli/render/report/markdown.ts';
import { TEXT_WIDTH, render as text } from '../../../../cli/render/report/text.ts';
import { assertGolden } from '../../../support/golden.ts';
import { longReport, reportNaming, sampleReport } from '../../../support/report-sample.ts';

/** What a file of the host may be called, and what it may not. */
const NAMES = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
const PRINTABLE = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 });
const ALL_SIGNS = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

for (const [form, render] of [['text', text], ['markdown', markdown], ['html', html]] as const) {
  describe(`a report as ${form}`, () => {
    it('is as it was looked at', () => assertGolden(`cli/report.${form === 'markdown' ? 'md' : form === 'text' ? 'txt' : 'html'}`, render(sampleReport())));

    it('holds nothing that moves or turns a line, whatever the names are', () => {
      fc.assert(fc.property(NAMES, (name) => assert.notMatch(render(reportNaming(name)), /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)), { numRuns: 30 });
    });
  });
}

describe('a report as text', () => {
  it('has no line of more than 100 columns, whatever the names are', () => {
    const widest = (report: string): number => Math.max(...report.split('\n').map(widthOf));
    assert.isAtMost(widest(text(longReport())), TEXT_WIDTH);
    fc.assert(fc.property(NAMES, (name) => assert.isAtMost(widest(text(reportNaming(name))), TEXT_WIDTH)), { numRuns: 30 });
  });

  it('cuts nothing off', () => {
    const name = 'x'.repeat(1_000);
    const path = text(reportNaming(name)).split('\n').filter((line) => /^ *x+/.test(line)).join('');
    assert.isAbove(path.length, name.length);
    assert.notInclude(text(reportNaming(name)), '…');
  });
});

/** Without what is escaped, and without what the form itself puts there. */
function bare(markdownText: string): string {
  return markdownText.replaceAll(/\\[!-/:-@[-`{-~]/g, '');
}

describe('a report as Markdown', () => {
  it('has as many columns in each row as in its heading, whatever the names are', () => {
    fc.assert(fc.property(fc.oneof(PRINTABLE, fc.constant(ALL_SIGNS)), (name) => {
      const [is, should] = [markdown(reportNaming(name)), markdown(reportNaming('x'))].map((report) => bare(report).split('\n').map((line) => line.split('|').length));
      assert.deepEqual(is, should);
    }), { numRuns: 50 });
  });

  it('lets no name be anything but a text', () => {
    fc.assert(fc.property(fc.oneof(PRINTABLE, fc.constant(ALL_SIGNS)), (name) => {
      const own = /^(#+ |---$|\| -)|\*\*(?=problem|unknown|expired)|\*\*(?= \|)|(?<= )_|_(?= \|)/gm;
      const marks = (report: string): number => bare(report).replaceAll(own, '').match(/[`*<>[\]]/g)?.length ?? 0;
      assert.equal(marks(markdown(reportNaming(name))), 0);
    }), { numRuns: 50 });
  });
});

describe('a report as HTML', () => {
  it('has the same elements, whatever the names are', () => {
    // Long texts have a class of their own.
    const tags = (report: string): readonly string[] => report.match(/<[^>]*>/g)?.map((tag) => tag.replaceAll(/ class="[^"]*"/g, '')) ?? [];
    fc.assert(fc.property(fc.oneof(PRINTABLE, fc.constant(ALL_SIGNS)), (name) => assert.deepEqual(tags(html(reportNaming(name))), tags(html(reportNaming('x'))))), { numRuns: 50 });
  });

  it('holds no script, and no address but of its own parts', () => {
    const report = html(sampleReport());
    assert.notMatch(report, /<script|<img|<link|<iframe|\son\w+=|url\(|@import/i);
    assert.deepEqual([...report.matchAll(/(?:href|src)="([^#"][^"]*)"/g)], []);
    assert.match(report, /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[\w+/]{43}=&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">/);
  });
});
