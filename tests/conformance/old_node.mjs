// The suite imports `globSync` from `fs`, which Node has since version 22, for commands that are not used here. On an older
// Node this puts a function in its place that says so.
import { register } from 'node:module';

const instead = `
  export * from 'node:fs';
  export { default } from 'node:fs';
  export const globSync = () => { throw new Error('fs.globSync came with Node 22'); };`;
const asModule = (text) => `data:text/javascript,${encodeURIComponent(text)}`;
register(asModule(`
  export const resolve = (specifier, context, next) =>
    specifier === 'fs' && context.parentURL?.includes('/conformance/dist/')
      ? { url: ${JSON.stringify(asModule(instead))}, shortCircuit: true }
      : next(specifier, context);`));
