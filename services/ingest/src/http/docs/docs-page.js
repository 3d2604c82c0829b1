/* global SwaggerUIBundle */
// A classic script of the page at /docs: a policy that allows no inline script needs it as a file.
SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  // Webhooks must be signed, which a page without the secret cannot do: only what reads is tried from here.
  supportedSubmitMethods: ['get'],
  // Otherwise the document would be sent to a validator on the Internet.
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 2,
})
