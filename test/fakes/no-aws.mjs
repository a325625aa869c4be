// Preloaded by a test (`node --import`): a process that loads an AWS client ends with an error.
import { register } from "node:module";

const hooks = `
  export async function resolve(specifier, context, next) {
    if (/^@(aws-sdk|smithy)\\//.test(specifier)) throw new Error("an AWS client was loaded");
    return next(specifier, context);
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
