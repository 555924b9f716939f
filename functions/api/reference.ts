import { createHash } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { html, type Markup, raw } from '../../support/markup.ts';

type Description = ReturnType<OpenAPIHono['getOpenAPI31Document']>;
type Operation = NonNullable<NonNullable<Description['paths']>[string]['get']>;
type Schemas = NonNullable<NonNullable<Description['components']>['schemas']>;
type Schema = Schemas[string];
type Content = NonNullable<Exclude<NonNullable<Operation['requestBody']>, { $ref: string }>['content']>;

const METHODS = ['get', 'post', 'put', 'delete'] as const;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid; }
h3 code { font-size: 1.1em; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .3rem .6rem .3rem 0; border-top: 1px solid #8884; }
th { font-weight: normal; white-space: nowrap; }
.type, .note { color: color-mix(in srgb, currentcolor 70%, transparent); }
@media (max-width: 40rem) { th, td { display: block; white-space: normal; } td { border-top: 0; } }
`;

/** The API's description as a page for people, without any script. */
export function renderReference(description: Description) {
  const { info, paths = {}, tags = [], components } = description;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ name: `${method.toUpperCase()} ${path}`, operation }] : [];
    }),
  );
  const sections = tags.map(({ name: tag }) => {
    const own = operations.filter(({ operation }) => operation.tags?.includes(tag));
    return html`<h2 id="${anchor(tag)}">${tag}</h2>${own.map(({ name, operation }) => section(name, operation))}`;
  });
  const schemas = Object.entries(components?.schemas ?? {}).map(
    ([name, schema]) => html`<h3 id="schema-${name}"><code>${name}</code></h3>${details(schema)}`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title}: reference</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${info.title} ${info.version}</h1>
${prose(info.description)}
<p>For programs: <a href="openapi.json">openapi.json</a>. To try it out: <a href="./">the page</a>.</p>
<nav aria-label="Operations"><ul>
${operations.map(({ name }) => html`<li><a href="#${anchor(name)}"><code>${name}</code></a></li>`)}
</ul></nav>
</header>
<main>
<h2 id="access">Access</h2>
<table>${Object.values(components?.securitySchemes ?? {}).map((scheme) =>
    '$ref' in scheme
      ? html``
      : row(scheme.name ? `Header ${scheme.name}` : 'Header Authorization: Bearer', '', scheme.description),
  )}</table>
${sections}
<h2 id="schemas">Schemas</h2>
${schemas}
</main>
</body>
</html>
`;
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return {
    html: page.toString(),
    headers: {
      'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'Cache-Control': 'no-cache',
    },
  };
}

const anchor = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-');

function section(
  name: string,
  { summary, description, security, parameters = [], requestBody, responses }: Operation,
) {
  return html`<section><h3 id="${anchor(name)}"><code>${name}</code></h3>
<p>${summary}. ${security?.length === 0 && html`<span class="note">Open to everyone.</span>`}</p>
${prose(description)}
${
  parameters.length > 0 &&
  html`<h4>Parameters</h4><table>${parameters.map((parameter) =>
    '$ref' in parameter
      ? html``
      : row(
          parameter.name,
          html`${parameter.in}${parameter.required === true && ', required'}, ${typeOf(parameter.schema)}`,
          parameter.description,
        ),
  )}</table>`
}
${requestBody && !('$ref' in requestBody) && html`<h4>Body</h4>${contents(requestBody.content)}`}
<h4>Responses</h4>
<table>${Object.entries(responses ?? {}).map(([status, response]) =>
    '$ref' in response ? html`` : row(status, contents(response.content ?? {}), response.description),
  )}</table>
</section>`;
}

const contents = (content: Content): Markup =>
  join(
    Object.entries(content).map(
      ([type, { schema }]) => html`<code>${type}</code> ${schema && typeOf(schema)}`,
    ),
    html`<br>`,
  );

/** Paragraphs, and code between backquotes. */
const prose = (text = ''): Markup =>
  join(
    text
      .split('\n\n')
      .filter(Boolean)
      .map((paragraph) => html`<p>${inline(paragraph)}</p>`),
    html``,
  );

const inline = (text = ''): Markup =>
  join(
    text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`)),
    html``,
  );

const row = (name: string, type: Markup | string, description?: string): Markup =>
  html`<tr><th scope="row"><code>${name}</code></th><td class="type">${type}</td><td>${inline(description)}</td></tr>`;

/** What a schema is, and its properties if it has any. */
function details(schema: Schema): Markup {
  if (typeof schema === 'boolean' || '$ref' in schema) return html``;
  const { properties, required = [], description } = schema;
  const rows = Object.entries(properties ?? {}).map(([name, property]) =>
    row(
      name,
      html`${typeOf(property)}${required.includes(name) && ', required'}`,
      'description' in property ? property.description : '',
    ),
  );
  return html`${prose(description)}${properties ? html`<table>${rows}</table>` : html`<p class="type">${typeOf(schema)}</p>`}`;
}

/** What a value is, in a few words, with links to the schemas that have a name. */
function typeOf(schema: Schema | undefined): Markup {
  if (schema === undefined || typeof schema === 'boolean') return html`anything`;
  if ('$ref' in schema) {
    const name = schema.$ref?.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const { type, enum: values, anyOf, items, properties: own, additionalProperties, format } = schema;
  if (values)
    return join(
      values.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      html` or `,
    );
  if (anyOf) return join(anyOf.map(typeOf), html` or `);
  if (type === 'array') return html`list of ${typeOf(items)}`;
  if (own) {
    return html`object of ${join(
      Object.entries(own).map(([name, property]) => html`<code>${name}</code>: ${typeOf(property)}`),
      html`, `,
    )}`;
  }
  if (typeof additionalProperties === 'object')
    return html`object with values of ${typeOf(additionalProperties)}`;
  const { minimum, maximum } = schema;
  const range =
    maximum === undefined ? minimum !== undefined && ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
  return html`${String(type ?? 'anything')}${format && ` (${format})`}${range}`;
}

const join = (parts: readonly Markup[], separator: Markup): Markup => raw(parts.join(separator.toString()));
