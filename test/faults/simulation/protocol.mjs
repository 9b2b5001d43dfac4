import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The real modules under test, from a copy of the built program (see workbench.mjs).
 * @param {string} root
 */
export async function loadProtocol(root) {
  const load = (path) => import(pathToFileURL(join(root, path)).href);
  const parts = await Promise.all([
    load('submit/submit.js'),
    load('submit/requeue.js'),
    load('collect/refresh.js'),
    load('service/retrying-service.js'),
    load('model/transition.js'),
    load('model/submission-state.js'),
    load('model/plan.js'),
    load('state/group-commit.js'),
    load('state/state-store.js'),
    load('state/load-state.js'),
  ]);
  return Object.assign({}, ...parts);
}

/** @typedef {Awaited<ReturnType<typeof loadProtocol>>} Protocol */
