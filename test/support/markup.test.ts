import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, raw } from '../../support/markup.ts';

test('escapes text for the inside of elements and of quoted attributes', () => {
  const text = `<b title="it's">&`;
  assert.equal(
    html`<p title="${text}">${text}</p>`.toString(),
    '<p title="&lt;b title=&quot;it&#39;s&quot;&gt;&amp;">&lt;b title=&quot;it&#39;s&quot;&gt;&amp;</p>',
  );
});

test('takes markup as it is, one by one and in lists', () => {
  const items = ['<', '>'].map((text) => html`<li>${text}</li>`);
  assert.equal(html`<ul>${items}</ul>${raw('<hr>')}`.toString(), '<ul><li>&lt;</li><li>&gt;</li></ul><hr>');
});

test('leaves out what is false or undefined, and nothing else', () => {
  assert.equal(html`${false}${undefined}${0}${''}${Number.NaN}`.toString(), '0NaN');
});
